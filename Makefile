# From a documentation website to a language model that answers from what the site says, and measurements of it.
#
#   website --crawl--> markdown/ --generate--> generated/ --train--> models/NAME/ --\
#                          \------------- rag ----> build/rag/index.json -----------serve--> ask, chat
#
# A stage is a file that depends on build/args/STAGE, its arguments file: that holds its settings, its sections of the
# config and hashes of its inputs and code, as scripts/stages.mk lists them, and is rewritten only when one of them
# differs. Every script writes beside its output and renames. scripts/settings.mk checks the settings and says what
# follows from them. Needs GNU make 4, Python 3.11 or 3.12, gcc, g++, git and jq. README.md is the tour.

SHELL := /bin/bash -eu -o pipefail
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:

# Settings, for the command line: make train DATA=pre-generated. The environment does not change them.
CONFIG    := config/embedded.yaml
START_URL := https://konflux-ci.dev/docs/
DATA      := generated
MODEL     := in-use
PORT      := 8000
LIMIT     := 60
FORMAT    := messages
PARALLEL  := 8
NNODES    := 1
NODE_RANK := 0
VENV      := .venv
UNSET     := SELECTOR INCLUDE EXCLUDE DELAY MAX_PAGES MAX_TIME PAGES ENDPOINT ENDPOINT_MODEL TEACHER WORDINGS BUDGET PIPELINE \
	QUESTIONS Q RAG SITES FAST RDZV_ENDPOINT CHECKPOINTS TORCH_BACKEND
$(foreach it,$(UNSET),$(eval $(it) :=))
PYTHON := $(VENV)/bin/python
include scripts/settings.mk
include scripts/stages.mk

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# Setup ----------------------------------------------------------------------------------------------------------------

setup: $(VENV)/.done  ## make .venv from the lock (TORCH_BACKEND=cpu for the small build of torch)
$(VENV).arguments: FORCE
	+@scripts/setup/arguments.sh $@ requirements.lock $(call quoted,TORCH_BACKEND)
$(VENV)/.done: $(VENV).arguments
	@scripts/setup/environment.sh $(VENV) requirements.lock $<
lock: setup  ## resolve requirements.in to requirements.lock anew
	@scripts/setup/lock.sh $(VENV)-uv/bin/uv

base: $(BASE)/record.json  ## make the student of the config ready: unpack the embedded one, or fetch and convert another
models/base/record.json: build/args/base
	$(PYTHON) -m scripts.setup.base_model --output models/base
ifneq ($(BASE),models/base)
$(BASE)/record.json: build/args/base-$(notdir $(BASE))
	$(PYTHON) -m scripts.setup.student --config $(CONFIG) --output $(BASE)
endif

# Crawl ----------------------------------------------------------------------------------------------------------------

crawl: | $(VENV)/.done  ## website or folder -> markdown/ (START_URL=, SELECTOR="main" if the text is not found, INCLUDE=, EXCLUDE=)
	$(PYTHON) crawl.py $(call quoted,START_URL) --output-dir markdown $(CHOSEN)
crawl-sample: | $(VENV)/.done  ## the bundled site/ -> markdown/, without network
	$(PYTHON) -m scripts.crawl.serve_site site -- $(PYTHON) crawl.py {} --output-dir markdown --delay 0

# Generate -------------------------------------------------------------------------------------------------------------

validate: | $(VENV)/.done  ## check qna.yaml against InstructLab's schema
	@$(PYTHON) -m scripts.generate.validate qna.yaml

# What a teacher said of a page is kept, and asked for again only when the page, a prompt or the teacher changes.
# A teacher behind an endpoint is asked what no page answers too, so the whole site is searched: that takes its index,
# which is made when the endpoint answers.
generate: generated/train_konflux.jsonl  ## markdown/ -> generated/, asked by a teacher (PAGES="index mintmaker", ENDPOINT=, TEACHER=, BUDGET=, PIPELINE=full)
generated/asked.json: build/args/generate | models/base/record.json
	$(if $(ELSEWHERE),@$(PYTHON) -m scripts.generate.probe --arguments $< --config $(CONFIG))
	$(if $(ELSEWHERE),@$(MAKE) --no-print-directory build/rag/index.json)
	$(PYTHON) -m scripts.generate.ask --arguments $< --markdown markdown --qna qna.yaml --config $(CONFIG) \
		--base models/base --work build/work/generate $(call option,--budget,BUDGET) $(SITE_INDEX) --output $@
generated/train_konflux.jsonl: generated/asked.json build/args/curate
	$(if $(ELSEWHERE),@$(MAKE) --no-print-directory build/rag/index.json)
	$(PYTHON) -m scripts.generate.rows --asked $< --qna qna.yaml --config $(CONFIG) --authored evaluation/facts.yaml \
		--review review.yaml $(SITE_INDEX) --output $@

pre-generated: build/pre-generated  ## evaluation/facts.yaml -> pre-generated/ and the questions that measure a model
build/pre-generated: build/args/pre-generated
	$(PYTHON) -m scripts.generate.authored --facts evaluation/facts.yaml --config $(CONFIG) --done $@
pre-generated/train_konflux.jsonl pre-generated/demo/train_konflux.jsonl: build/pre-generated ;
%/train_konflux.jsonl:
	@echo "make: no rows in $*/; DATA is a folder with train_konflux.jsonl, such as pre-generated" >&2; exit 1

inspect: $(ROWS)  ## look at the rows: counts, lengths, what was dropped, five random ones
	@scripts/generate/inspect.sh $(DATA)

review: | $(VENV)/.done  ## look at the facts of a teacher in a browser; accept, edit, reject them into review.yaml (PORT=)
	@$(PYTHON) -m scripts.review.server --gathered generated/gathered.json --decisions review.yaml --port $(PORT)

export-data: $(ROWS)  ## the rows for other trainers, in build/export/ (FORMAT=messages, alpaca, sharegpt or chatml)
	@$(PYTHON) -m scripts.generate.export --data $(DATA) --format $(call quoted,FORMAT) \
		--output build/export/$(call named,$(DATA))-$(FORMAT)

# Train ----------------------------------------------------------------------------------------------------------------

train: $(MADE:%=models/$(NAME)/%)  ## fine-tune on generated/ (DATA=pre-generated), use the model
	@$(if $(NODE),,$(PYTHON) -m scripts.train.use $(NAME))
models/$(NAME)/weights.safetensors: build/args/train-$(NAME)
	$(PYTHON) -m scripts.train.weights --arguments $< --data $(ROWS) --config $(CONFIG) --base $(BASE) \
		--work build/work/train-$(NAME)$(NODE) --output $@ $(NODES)
models/$(NAME)/model.gguf: models/$(NAME)/weights.safetensors build/args/gguf-$(NAME)
	$(PYTHON) -m scripts.train.model --weights $< --config $(CONFIG) --base $(BASE) --output $@
models/$(NAME)/training.png: models/$(NAME)/weights.safetensors
	@$(PYTHON) -m scripts.train.curve --training models/$(NAME)/training.jsonl --output $@

models: | $(VENV)/.done  ## list the trained models with their scores
	@$(PYTHON) -m scripts.train.models
use: | $(VENV)/.done  ## use another trained model: make use MODEL=NAME
	@$(PYTHON) -m scripts.train.use $(MODEL)

# Ask ------------------------------------------------------------------------------------------------------------------

# What finds answers in pages is trained once, on exercises about invented products: no site needs a training of its own.
finder: models/finder/model.safetensors models/finder/reader.gguf  ## train what finds answers in the pages of any site (10 min on 2 cores)
models/finder/model.safetensors: build/args/finder
	$(PYTHON) -m scripts.retrieve.training --exercises exercises --output $@
# What reads the best of what was found: the embedded model, which is trained for nothing.
models/finder/reader.gguf: build/args/reader
	@$(PYTHON) -m scripts.retrieve.reader --output $@
rag: build/rag/index.json  ## index markdown/, for answers from its pages
build/rag/index.json: build/args/rag models/finder/model.safetensors | models/finder/reader.gguf
	$(PYTHON) -m scripts.retrieve.index --arguments $< --markdown markdown --finder models/finder/model.safetensors --output $@

# Answers come from the pages unless RAG=0.
serve: $(INDEX) | $(BASE)/record.json  ## a page to ask at http://127.0.0.1:8000, an API at /v1 (PORT=8001, MODEL=NAME, base or FILE.gguf)
	@$(PYTHON) -m scripts.serve.server $(ASKED) --base $(BASE)/model.gguf
chat: $(INDEX) | $(BASE)/record.json  ## chat: answers from the pages, or with RAG=0 from the model alone (MODEL=)
	@$(PYTHON) -m scripts.serve.chat $(ASKED) --work build/work/chat
ask: $(INDEX) | $(if $(INDEX),,$(BASE)/record.json)  ## one answer: make ask Q="What is a Snapshot in Konflux?" (RAG=0, MODEL=)
	@$(PYTHON) -m scripts.serve.ask $(ASKED) --question $(call quoted,Q)
demo:  ## train on the small sample, pre-generated/demo, and ask base and tuned model three questions
	@$(MAKE) --no-print-directory train DATA=pre-generated/demo
	@$(PYTHON) -m scripts.serve.demo --base $(BASE)/model.gguf --tuned models/in-use/model.gguf --config $(CONFIG)

# Measure --------------------------------------------------------------------------------------------------------------

# Base model, tuned model and pages, LIMIT questions of each kind; LIMIT=0 asks all. ENDPOINT= and ENDPOINT_MODEL= name
# a model on another server, which is asked PARALLEL questions at once.
evaluate: $(RESULT)/evaluation.json  ## what do models and pages answer; exit 1 under the recall of config/gate.yaml (MODEL=, ENDPOINT=)
	@$(PYTHON) -m scripts.measure.gate --evaluation $< --gate config/gate.yaml
$(RESULT)/answers.json: build/args/evaluate-$(notdir $(RESULT))
	$(PYTHON) -m scripts.measure.answers --arguments $< $(if \
		$(SERVER),--parallel $(PARALLEL),--model $(GGUF)) --base $(BASE)/model.gguf \
		$(SITE_INDEX) --config $(CONFIG) --work build/work/evaluate --output $@
$(RESULT)/evaluation.json: $(RESULT)/answers.json $(wildcard scripts/measure/*.py)
	@$(PYTHON) -m scripts.measure.evaluation --answers $< --output $@
evaluate-foreign: build/args/rag models/finder/model.safetensors models/finder/reader.gguf  ## what pages answer of sites that nobody prepared (SITES="beets mkdocs")
	@$(PYTHON) -m scripts.measure.foreign --sites evaluation/foreign --only $(call each,SITES) --config $(CONFIG) \
		--arguments build/args/rag --finder models/finder/model.safetensors --work build/foreign
report: $(RESULT)/report.html  ## the evaluation as one page to look at
$(RESULT)/report.html: $(RESULT)/evaluation.json scripts/measure/report.py scripts/measure/report.html.j2
	@$(PYTHON) -m scripts.measure.report --evaluation $< --output $@
chart: $(RESULT)/evaluation.json  ## the evaluation as a picture, chart.svg beside it
	@$(PYTHON) -m scripts.measure.chart --evaluation $< --output $(RESULT)/chart.svg

# Export ---------------------------------------------------------------------------------------------------------------

export: $(EXPORT)/README.md  ## the model in use for Hugging Face, llama.cpp and Ollama, in build/export/ (MODEL=NAME)
$(EXPORT)/record.json: build/args/export-$(notdir $(EXPORT)) | $(BASE)/record.json
	$(PYTHON) -m scripts.export.folder --model $(EXPORTED) --config $(CONFIG) --base $(BASE) --output $(EXPORT)
$(EXPORT)/README.md: $(EXPORT)/record.json scripts/export/card.py $(MEASURED)
	@$(PYTHON) -m scripts.export.card --folder $(EXPORT) --base $(BASE) --evaluations $(MEASURED)

# Housekeeping ---------------------------------------------------------------------------------------------------------

test: | models/base/record.json  ## run the tests (FAST=1 for those that take seconds)
	$(PYTHON) -m pytest -q -rs -p no:cacheprovider -n 2 --dist loadgroup --no-loadscope-reorder $(if $(FAST),-m "not slow") tests
benchmark: | models/base/record.json  ## time the training against ilab's own
	$(PYTHON) -m tests.benchmarks.train_vs_stock
lint: | $(VENV)/.done  ## check the style and the types of the code
	$(VENV)/bin/ruff check --no-cache . && $(VENV)/bin/ruff format --no-cache --check .
	$(VENV)/bin/mypy --cache-dir build/work/mypy scripts crawl.py
doctor:  ## what this machine and this folder have and lack, with a remedy for each fault
	@python3 -B -m scripts.setup.doctor --venv $(VENV) --port $(PORT) --start-url $(call quoted,START_URL)
clean:  ## remove scratch files, also of a stopped training; what was made stays
	rm -rf build/work
distclean:  ## remove all that was made here: models, generated rows, environment
	rm -rf build generated models $(VENV) $(VENV)-uv

.PHONY: help setup lock base crawl crawl-sample validate generate pre-generated inspect review export-data train models use finder rag serve \
	chat ask demo evaluate evaluate-foreign report chart export test benchmark lint doctor clean distclean FORCE
FORCE:
