# From a documentation website to a model that knows what it says, and a measurement that proves it.
#
#   website --crawl--> markdown/ --generate--> generated/ --train--> models/ --serve--> chat
#
# Every stage is a file that depends on its inputs, its script, its config and its arguments; the phony
# targets are short names for these files. `make help` lists what there is, README.md walks through it.
# Needs: GNU make, Python 3.11 or 3.12, gcc, g++, git, jq. Everything else goes into .venv.

SHELL := /bin/bash -eu -o pipefail
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.NOTPARALLEL:

# What a person changes at the prompt; knobs of the stages live in $(CONFIG).
CONFIG ?= config/embedded.yaml
START_URL ?= https://konflux-ci.dev/docs/
DATA   ?= generated
MODEL  ?= tuned
PORT   ?= 8000
PAGES  ?=
ENDPOINT ?=
Q      ?=
RAG    ?=
LIMIT  ?= 60
SELECTOR ?= article.doc
TORCH_BACKEND ?=

# A folder as the shell completes it, and a typing error that would mean the other model.
ifneq ($(filter %/,$(DATA)),)
override DATA := $(patsubst %/,%,$(DATA))
endif
$(if $(filter-out base tuned %.gguf,$(MODEL)),$(error MODEL is base, tuned or a .gguf file, not $(MODEL)))

# The setting named $1 as one word for the shell, whatever is in it.
quoted = '$(subst ','\'',$(value $1))'

VENV   := .venv
PYTHON := $(VENV)/bin/python
TUNED  := models/ggml-model-f16.gguf
BASE   := models/base/model.gguf
GGUF   := $(or $(filter %.gguf,$(MODEL)),$(if $(filter base,$(MODEL)),$(BASE),$(TUNED)))
INDEX  := build/rag/index.json

# ilab, its libraries and their caches stay inside this folder and off the network.
export PATH := $(abspath $(VENV)/bin):$(PATH)
export XDG_CONFIG_HOME := $(CURDIR)/build/xdg/config
export XDG_DATA_HOME   := $(CURDIR)/build/xdg/data
export XDG_CACHE_HOME  := $(CURDIR)/build/xdg/cache
export HF_HOME         := $(CURDIR)/build/xdg/huggingface
export MPLCONFIGDIR    := $(CURDIR)/build/xdg/matplotlib
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

## Setup ---------------------------------------------------------------------------------------------------

setup: $(VENV)/.done  ## make .venv from the lock (TORCH_BACKEND=cpu for the small build of torch)
$(VENV)/.done: requirements.lock scripts/setup.sh
	@scripts/setup.sh $(VENV) requirements.lock $(VENV)-uv $(TORCH_BACKEND)
	@touch $@

lock: setup  ## resolve requirements.in to requirements.lock anew
	$(VENV)-uv/bin/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --no-annotate --no-header \
		--override overrides.txt requirements.in --output-file requirements.lock

base: models/base/.done  ## unpack the embedded base model
models/base/.done: scripts/base_model.py $(VENV)/.done
	TQDM_DISABLE=1 $(PYTHON) $< --output models/base
	@touch $@

## Data ----------------------------------------------------------------------------------------------------

# markdown/manifest.json is what later stages depend on. It is committed, so it is an input and has no rule: a crawl
# rewrites it, and with it the pages, only when their bytes change, and then whatever is made of them is out of date.
crawl: $(VENV)/.done  ## website -> markdown/ (START_URL=https://..., SELECTOR="main" for where its pages have the text)
	$(PYTHON) crawl.py $(call quoted,START_URL) --output-dir markdown --content-selector '$(SELECTOR)'

crawl-sample: $(VENV)/.done  ## the bundled site/ -> markdown/, without network
	$(PYTHON) scripts/serve_site.py site -- $(PYTHON) crawl.py {} --output-dir markdown --delay 0

validate: $(VENV)/.done  ## check qna.yaml against InstructLab's schema
	@$(PYTHON) scripts/validate.py qna.yaml

generate: generated/train_konflux.jsonl  ## markdown/ -> generated/, asked by a teacher (PAGES="index mintmaker", ENDPOINT=)
GENERATE_CODE := $(addprefix scripts/,generate.py assemble.py common.py facts.py openings.py stage.py curate.py gap.py \
	student.py validate.py ilab_generate/sitecustomize.py)
# What all pages are made with: if one of these is newer, all pages are asked about again.
GENERATE_WITH := qna.yaml $(CONFIG) $(GENERATE_CODE) $(wildcard pipelines/*/*.yaml)
# Other arguments than last time, or rows of a page that is gone, are a changed input too.
GENERATE_ARGS := $(CONFIG) $(ENDPOINT) $(PAGES)
GONE := $(filter-out $(patsubst markdown/%.md,%,$(wildcard markdown/*.md)),$(patsubst generated/pages/%.jsonl,%,$(wildcard generated/pages/*.jsonl)))
OTHER_ARGS := $(shell [ "$$(cat generated/.generated-with 2>/dev/null)" = '$(GENERATE_ARGS)' ] || echo FORCE)
# But only `make generate` asks anew because of them: what a larger teacher made, in hours, `make train` and `make
# inspect` with other arguments take as it is, and they stop when a page has changed since. generated/.teacher says from
# its first page on who is asked, .generated-with is written at the end.
OTHER_TEACHER := $(shell f=generated/.teacher; [ ! -f $$f ] || [ "$$(cat $$f)" = '$(CONFIG) $(ENDPOINT)' ] || echo $$f)
KEEP := $(if $(filter generate,$(MAKECMDGOALS)),,$(or $(OTHER_TEACHER),\
	$(and $(OTHER_ARGS),$(wildcard generated/.generated-with))))
generated/train_konflux.jsonl: markdown/manifest.json $(wildcard markdown/*.md) $(if $(GONE),FORCE) \
		$(if $(KEEP),,$(GENERATE_WITH) models/base/.done $(OTHER_ARGS))
	@$(if $(KEEP),echo "generated/ does not fit the pages and was made with other arguments: $$(cat $(KEEP)); \
		run make generate with these (CONFIG ENDPOINT PAGES) or with new ones first" >&2; exit 1)
	$(PYTHON) $(firstword $(GENERATE_CODE)) --markdown markdown --qna qna.yaml --config $(CONFIG) --base models/base \
		--work build/generate --output generated --inputs $(GENERATE_WITH) --endpoint '$(ENDPOINT)' --pages $(PAGES)
	@echo '$(GENERATE_ARGS)' > generated/.generated-with

pre-generated: $(VENV)/.done  ## write pre-generated/ and the questions from evaluation/facts.yaml
	$(PYTHON) scripts/pregenerate.py --facts evaluation/facts.yaml --config $(CONFIG) --output pre-generated \
		--questions evaluation/questions.jsonl
	$(PYTHON) scripts/pregenerate.py --facts evaluation/facts.yaml --config $(CONFIG) --demo --output pre-generated/demo \
		--questions evaluation/questions-demo.jsonl

inspect: $(if $(wildcard $(DATA)/train_konflux.jsonl),,$(DATA)/train_konflux.jsonl)  ## look at the data: counts, lengths, what was dropped, five random rows
	@jq -rs -f scripts/inspect.jq $(DATA)/train_*.jsonl
	@if [ -f $(DATA)/rejected.jsonl ]; then jq -rs -f scripts/rejected.jq $(DATA)/rejected.jsonl; fi
	@echo; shuf -n 5 $(DATA)/train_konflux.jsonl | jq .

rag: $(INDEX)  ## index markdown/ for retrieval, for evaluate, and chat and ask with RAG=1
$(INDEX): $(addprefix scripts/,rag.py retrieval.py common.py) markdown/manifest.json $(wildcard markdown/*.md) $(CONFIG) $(VENV)/.done
	$(PYTHON) $< --manifest markdown/manifest.json --config $(CONFIG) --work build/rag/work --output $@

## Model ---------------------------------------------------------------------------------------------------

# glibc gives large blocks back to the kernel at once and gets them anew, zeroed, at every step of the training:
# keeping them, in huge pages, makes it a third faster. Other C libraries ignore the variable.
TRAIN_ENV := GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=100000000000 \
	PYTHONPATH=scripts/ilab_cpu

train: $(TUNED)  ## fine-tune the student on generated/ (DATA=pre-generated for the sample)
TRAIN_CODE := $(addprefix scripts/,train.py common.py student.py gguf_model.py ilab_cpu/sitecustomize.py)
# Other arguments than those of the last training are a changed input too.
TRAIN_ARGS := $(DATA) $(CONFIG)
RETRAIN := $(if $(filter-out $(shell cat models/.trained-with 2>/dev/null),$(TRAIN_ARGS)),FORCE)
$(TUNED): $(TRAIN_CODE) $(DATA)/train_konflux.jsonl $(CONFIG) models/base/.done $(RETRAIN)
	$(TRAIN_ENV) $(PYTHON) $< --data $(DATA)/train_konflux.jsonl --config $(CONFIG) --base models/base \
		--work build/train --output $@
	@echo '$(TRAIN_ARGS)' > models/.trained-with

# What is served or asked is the model as it stands: only `make train` makes a new one.
serve: models/base/.done  ## serve the model at http://127.0.0.1:8000/v1 (PORT=8001, MODEL=base or FILE.gguf)
	@$(PYTHON) scripts/serve.py --model $(GGUF) --config $(CONFIG) --port $(PORT)

# RAG=1 puts the passages of the documentation that are nearest to the question before it.
RAG_INDEX := $(if $(filter-out 0,$(RAG)),$(INDEX))

chat: models/base/.done $(RAG_INDEX)  ## chat with the model (MODEL=base or FILE.gguf, RAG=1 for retrieval)
	@$(PYTHON) scripts/chat.py --model $(GGUF) --config $(CONFIG) --port $(PORT) --work build/chat $(RAG_INDEX:%=--rag %)

ask: models/base/.done $(RAG_INDEX)  ## one answer: make ask Q="What is a Snapshot in Konflux?" (RAG=1 for retrieval)
	@$(PYTHON) scripts/ask.py --model $(GGUF) --config $(CONFIG) --port $(PORT) --question $(call quoted,Q) \
		$(RAG_INDEX:%=--rag %)

demo:  ## train on the small sample, pre-generated/demo, and ask base and tuned model three questions
	@$(MAKE) --no-print-directory train DATA=pre-generated/demo
	@$(PYTHON) scripts/demo.py --base $(BASE) --tuned $(TUNED) --config $(CONFIG)

## Measurement ---------------------------------------------------------------------------------------------

# Which model is evaluated: with DATA given the one that is trained on it, else the tuned model as it stands. That
# one is named by the file written after each training, as $(TUNED) would train one on other data. `make report` and
# `make chart` need none: there may be an evaluation of the base model alone.
STANDS := $(if $(filter file,$(origin DATA)),$(if $(filter evaluate,$(MAKECMDGOALS)),models/.trained-with,\
	$(wildcard models/.trained-with)),$(TUNED))
models/.trained-with:
	@echo "evaluate: no tuned model yet; run make train DATA=pre-generated, or make evaluate MODEL=base" >&2; exit 1
# A model that was trained on the demo's facts is asked about these.
TRAINED_ON := $(if $(filter demo,$(MAKECMDGOALS)),pre-generated/demo,\
	$(if $(filter train,$(MAKECMDGOALS))$(filter-out file,$(origin DATA)),$(DATA),\
	$(firstword $(shell cat models/.trained-with 2>/dev/null))))
QUESTIONS ?= evaluation/questions$(if $(filter pre-generated/demo,$(TRAINED_ON)),-demo).jsonl
EVALUATED := --model base=$(BASE) $(if $(filter base,$(MODEL)),,--model $(basename $(notdir $(MODEL)))=$(GGUF))
EVALUATE_ARGS := $(MODEL) $(LIMIT) $(CONFIG) $(QUESTIONS)
# Other arguments evaluate again, but not for `make report`, which shows the evaluation that is there.
REEVALUATE := $(if $(filter evaluate,$(MAKECMDGOALS)),\
	$(if $(filter-out $(shell cat models/.evaluated-with 2>/dev/null),$(EVALUATE_ARGS)),FORCE))

# Four models (base and tuned, closed-book and with retrieval), $(LIMIT) questions of each kind; LIMIT=0 asks all.
evaluate: models/evaluation.json  ## what do the models know: a table, and exit 1 under the recall of config/gate.yaml (QUESTIONS=FILE.jsonl)
	@$(PYTHON) scripts/gate.py --evaluation $< --gate config/gate.yaml --model tuned
models/evaluation.json: $(addprefix scripts/,evaluate.py scoring.py summarize.py student.py retrieval.py common.py) \
		$(QUESTIONS) $(CONFIG) models/base/.done $(if $(filter tuned,$(MODEL)),$(STANDS)) $(filter %.gguf,$(MODEL)) $(INDEX) $(REEVALUATE)
	$(PYTHON) $< --questions $(QUESTIONS) $(EVALUATED) --rag $(INDEX) --config $(CONFIG) --limit $(LIMIT) \
		--work build/evaluate --output $@
	@echo '$(EVALUATE_ARGS)' > models/.evaluated-with

REPORT_DATA = $(wildcard $(addsuffix /train_konflux.jsonl,$(firstword $(shell cat models/.trained-with 2>/dev/null))))
report: models/report.html  ## the evaluation as one page to look at: models/report.html
models/report.html: scripts/report.py scripts/report.html.j2 models/evaluation.json
	$(PYTHON) $< --evaluation models/evaluation.json --training models/training.jsonl $(REPORT_DATA:%=--data %) \
		--output $@

chart: models/evaluation.json  ## the evaluation as a picture: docs/results.svg
	$(PYTHON) scripts/chart.py --evaluation $< --output docs/results.svg

## Housekeeping --------------------------------------------------------------------------------------------

test: models/base/.done  ## run the tests
	$(PYTHON) -m pytest -q -rs -p no:cacheprovider tests

benchmark: models/base/.done  ## time the training against ilab's own
	$(PYTHON) tests/benchmarks/train_vs_stock.py --tuned $(TRAIN_ENV)

lint: $(VENV)/.done  ## check the style of the code
	$(VENV)/bin/ruff check --no-cache .
	$(VENV)/bin/ruff format --no-cache --check .

clean:  ## remove build/ and generated/
	rm -rf build generated

distclean: clean  ## remove the models and the environment too
	rm -rf $(VENV) $(VENV)-uv models

.PHONY: help setup lock base crawl crawl-sample validate generate pre-generated inspect rag train serve chat ask demo evaluate report chart test benchmark lint clean distclean FORCE
FORCE:
