# What has each stage run again: its settings, its sections of the config, its inputs and its code.
#
# `--set` names settings, `--section` sections of the config, `--file` inputs and `--code` scripts that decide what the
# stage makes. What only shows or checks something is not named: it makes nothing else.

# `+` has `make -n` and `make -q` write the file too, so that they tell the truth.
build/args/%: FORCE | $(VENV)/.done
	+@$(PYTHON) -m scripts.arguments $@ --config $(CONFIG) $(WITH)
# With other goals than the stage's own, its settings are those of the last time.
KEEP = $(if $(filter $1,$(MAKECMDGOALS)),,--keep)

build/args/base: WITH = --code scripts/setup/{base_model,tokenizer}.py
ifneq ($(BASE),models/base)
build/args/base-$(notdir $(BASE)): WITH = --section general models student \
	--code scripts/setup/student.py scripts/train/{gguf_file,folder}.py
endif
build/args/generate: WITH = $(call KEEP,generate) --section generate \
	--set $(foreach it,ENDPOINT TEACHER WORDINGS PIPELINE PAGES,$(it)=$(call quoted,$(it))) \
	--file 'markdown/*.md' qna.yaml 'pipelines/*/*.yaml' \
	--code scripts/generate/{pages,facts,openings,grammar,taxonomy,teacher,patch,parts,said,forms,tagged_lines,block,chat_patch}.py \
	scripts/generate/{full,full_patch}.py scripts/retrieve/pieces.py
# Rows of a teacher behind an endpoint are those that the search of the whole site lets pass.
SEARCHED := $(if $(ELSEWHERE),build/args/rag build/args/finder)
build/args/curate: | $(SEARCHED)
build/args/curate: WITH = --section general models --file qna.yaml evaluation/facts.yaml review.yaml $(SEARCHED) \
	--code scripts/generate/{rows,raw,curate,support,gap,after_verb,phrases,grammar,openings}.py \
	scripts/generate/{fact_rows,gather,entry,rules,copies,differs,findable,authored,facts_file,decisions,decisions_file}.py \
	scripts/retrieve/{search,opened}.py
build/args/pre-generated: WITH = --section general models --file evaluation/facts.yaml \
	--code scripts/generate/{authored,facts_file}.py
build/args/train-$(NAME): $(ROWS) | $(BASE)/record.json
build/args/train-$(NAME): WITH = --section general models train --file $(ROWS) $(BASE)/record.json \
	--code scripts/train/{weights,rows,patch,packing,adafactor,resume,accelerated,checkpoint}.py
build/args/gguf-$(NAME): WITH = --section gguf --code scripts/train/{gguf_file,folder,model}.py
build/args/finder: WITH = --file 'exercises/*.jsonl' \
	--code scripts/retrieve/{training,exercises,vectors,query,encoder,pieces}.py
build/args/reader: WITH = --code scripts/retrieve/reader.py scripts/embedded.py
build/args/rag: WITH = --file 'markdown/*.md' markdown/manifest.json \
	--code scripts/retrieve/{index,vectors,query,encoder,pieces}.py
build/args/evaluate-$(notdir $(RESULT)): | build/rag/index.json $(BASE)/record.json
build/args/evaluate-$(notdir $(RESULT)): WITH = $(call KEEP,evaluate) --section general models serve rag \
	--set LIMIT=$(LIMIT) QUESTIONS=$(QUESTIONS) \
	$(if $(SERVER),ENDPOINT=$(call quoted,ENDPOINT) ENDPOINT_MODEL=$(call quoted,ENDPOINT_MODEL)) \
	--file $(if $(SERVER),,$(or $(filter %.gguf,$(MODEL)),$(MODELS)/record.json)) $(QUESTIONS) $(BASE)/record.json \
	build/args/rag build/args/finder evaluation/questions.jsonl '*/questions.jsonl' '*/*/questions.jsonl' \
	--code scripts/measure/{answers,asking,asked,changes,endpoint,lookup,models,questions}.py \
	scripts/serve/{llama,forms,turns}.py scripts/retrieve/{answers,search,opened,query,reader}.py
build/args/export-$(notdir $(EXPORT)): WITH = --section serve --file $(EXPORTED)/record.json \
	--code scripts/export/{folder,modelfile}.py scripts/train/gguf_file.py

# After an interrupt make deletes a target that has changed. Ours are whole whenever they change.
.PRECIOUS: build/args/% generated/asked.json generated/train_konflux.jsonl models/base/record.json $(BASE)/record.json \
	models/finder/model.safetensors models/finder/reader.gguf build/rag/index.json \
	models/$(NAME)/weights.safetensors models/$(NAME)/model.gguf $(RESULT)/answers.json $(RESULT)/evaluation.json \
	$(EXPORT)/record.json $(EXPORT)/README.md
