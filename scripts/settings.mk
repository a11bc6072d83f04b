# How the Makefile checks and quotes its settings, what follows from them, and what it finds out before it begins.

# make cannot name files with blanks or with marks of the shell; the other settings may hold anything.
override CONFIG := $(patsubst ./%,%,$(value CONFIG))
override DATA := $(patsubst ./%,%,$(patsubst %/,%,$(value DATA)))
MARKS := ' " ` \ $$ % * ? [ ] ; & | < > ( ) { } ! \# ~ : =
# End make at the first of the settings named $1 that holds a blank or a mark.
refuse-marks = $(foreach it,$1,$(if $(or $(word 2,$(value $(it))),$(strip $(foreach \
	mark,$(MARKS),$(findstring $(mark),$(value $(it)))))),$(error $(it)=$(value $(it)): take out blanks and $(MARKS))))

define NEWLINE :=


endef
# The setting named $1 as one word of the shell, whatever is in it.
quoted = '$(subst ','\'',$(subst $(NEWLINE), ,$(value $1)))'
# Each word of the setting named $1, quoted.
each = $(foreach word,$(value $1),'$(subst ','\'',$(word))')
# The option $1 with the setting named $2, if that has a value.
option = $(if $(value $2),$1 $(call quoted,$2))
# The path $1 as one name.
named = $(subst /,-,$(1:/%=%))

$(call refuse-marks,CONFIG DATA)
# The student of the config before training: its path without /hf, or a folder for a student that lies elsewhere.
BASE := $(or $(shell sed -nE 's,^[^\#]*\bpath[^:]*: *.?(models/[A-Za-z0-9_./-]+)/hf\b.*,\1,p' $(CONFIG) 2>/dev/null | head -n 1 \
	),models/students/$(basename $(notdir $(CONFIG))))

ROWS := $(DATA)/train_konflux.jsonl
NAME := $(call named,$(DATA))-$(basename $(notdir $(CONFIG)))
ENDPOINT_NAME := $(subst :,-,$(call named,$(value ENDPOINT_MODEL)))
$(call refuse-marks,MODEL QUESTIONS NAME PORT LIMIT FORMAT PARALLEL ENDPOINT_NAME NNODES NODE_RANK)
unexport Q START_URL SELECTOR INCLUDE EXCLUDE PAGES ENDPOINT ENDPOINT_MODEL TEACHER WORDINGS BUDGET PIPELINE SITES RDZV_ENDPOINT CHECKPOINTS
# Python keeps what it compiles: without that a start of ilab takes 12 s of CPU time and not 5.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# What of a website is crawled, and how.
CHOSEN = $(call option,--content-selector,SELECTOR) $(call option,--include,INCLUDE) $(call option,--exclude,EXCLUDE) \
	$(call option,--delay,DELAY) $(call option,--max-pages,MAX_PAGES) $(call option,--max-time,MAX_TIME)

# The model that is asked, measured or exported. In models/in-use the exported folder has the model's own name.
MODELS   := $(if $(filter base,$(MODEL)),$(BASE),models/$(MODEL))
GGUF     := $(or $(filter %.gguf,$(MODEL)),$(MODELS)/model.gguf)
EXPORT   := build/export/$(lastword $(notdir $(or $(realpath models/$(MODEL)),$(MODEL))))
EXPORTED := models/$(notdir $(EXPORT))
# The card is written anew when a GGUF file was measured.
MEASURED  = $(wildcard $(EXPORTED)/evaluation.json build/models/$(call named,$(EXPORT))-*.gguf/evaluation.json)

# What is measured of a model lies beside it, and of a file from elsewhere or an endpoint in build/models/. In
# `make generate train evaluate ENDPOINT=...` the endpoint is the teacher's, and the trained model is measured.
SERVER := $(if $(filter generate,$(MAKECMDGOALS)),,$(value ENDPOINT))
RESULT := $(if $(SERVER),build/models/endpoint-$(ENDPOINT_NAME),$(if \
	$(filter %.gguf,$(MODEL)),build/models/$(call named,$(MODEL)),$(MODELS)))

# Where answers come from the pages a server needs a model all the same: the base one where none was trained.
SITE_INDEX := --index build/rag/index.json --finder models/finder/model.safetensors
INDEX := $(if $(filter 0,$(RAG)),,build/rag/index.json)
SERVED = $(if $(and $(INDEX),$(filter in-use,$(MODEL))),$(or $(wildcard $(GGUF)),$(BASE)/model.gguf),$(GGUF))
ASKED  = --model $(SERVED) --config $(CONFIG) --port $(PORT) $(if $(INDEX),$(SITE_INDEX))

# Whether facts are made, by a teacher behind an endpoint.
ELSEWHERE := $(if $(value PIPELINE),,$(or \
	$(wildcard generated/facts.yaml),$(and $(filter generate,$(MAKECMDGOALS)),$(value ENDPOINT))))

# On GPUs of several machines, each runs `make train` with its number. Only machine 0 makes the model.
NODE  := $(if $(filter-out 0,$(NODE_RANK)),-node$(NODE_RANK))
NODES := $(if $(filter-out 1,$(NNODES)),--nnodes $(call quoted,NNODES) --node-rank $(call quoted,NODE_RANK) \
	$(call option,--rdzv-endpoint,RDZV_ENDPOINT) $(call option,--checkpoints,CHECKPOINTS))
MADE  := $(if $(NODE),weights.safetensors,model.gguf training.png)

# After a clock was set back, what was made before is of the future: newer than all that is made from now on.
$(shell find build generated models '$(VENV)/.done' '$(VENV).arguments' -maxdepth 3 -type f -newermt now \
	-exec touch -d now {} + 2>/dev/null)
