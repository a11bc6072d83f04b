# How the Makefile checks and quotes its settings, and what it finds out before it begins.

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

# After a clock was set back, what was made before is of the future: newer than all that is made from now on.
$(shell find build generated models '$(VENV)/.done' '$(VENV).arguments' -maxdepth 3 -type f -newermt now \
	-exec touch -d now {} + 2>/dev/null)
