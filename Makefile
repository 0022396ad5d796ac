# Everything a developer needs. Each target sets up what it needs by itself; `make` alone lists them.

VENV := .venv
PY := $(VENV)/bin/python
LOCK := requirements/test.txt
LOCKED := --quiet --disable-pip-version-check --require-hashes --only-binary :all:
PEERS := .venv-peers
PLATFORM := .venv-platform
# The first that runs and that TensorFlow has wheels for; a version manager's shim may do neither.
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
    $$p -c '$(SUITS)' 2>/dev/null && command -v $$p && break; done)
# Written last, so that a set-up that was interrupted is done again.
STAMP := $(VENV)/.installed
EXAMPLES ?= 3000
# The tests wait as much as they compute. Those of one file stay together, with what they set up.
PARALLEL ?= -n auto --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all up check format bench compose-test lock words clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

install: $(STAMP)  ## set up everything in .venv

# By content and not by time: a checkout gives every file a new one.
KEY := $(shell cat $(LOCK) pyproject.toml 2>/dev/null | cksum | tr " " -)
ifneq ($(KEY),$(shell cat $(STAMP) 2>/dev/null))
.PHONY: $(STAMP)
endif

$(STAMP):
	@"$(PYTHON)" -c '$(SUITS)' 2>/dev/null || { echo >&2 \
	    "make: Python 3.11, 3.12 or 3.13 is needed, with its venv module; name one with PYTHON=…"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON): a few minutes, once."
	@$(PY) -c '$(SUITS)' 2>/dev/null || \
	    $(PYTHON) -m venv --clear $(VENV)
	@rm -f $(STAMP)
	$(PY) -m pip install $(LOCKED) -r $(LOCK)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@echo "$(KEY)" > $(STAMP)

demo: install  ## train and predict on the embedded stack, from start to finish
	@$(VENV)/bin/fittingroom demo

up: install  ## run the embedded stack until Ctrl-C
	@$(VENV)/bin/fittingroom up

test: install $(PLATFORM)/.installed  ## the tests, with property tests and fault runs on a seeded sample
	$(PY) -m pytest $(PARALLEL) $(ARGS)

test-all: install $(PLATFORM)/.installed  ## the tests with thousands of examples for each property: an hour or more
	FITTINGROOM_EXAMPLES=$(EXAMPLES) $(PY) -m pytest -o timeout=7200 $(PARALLEL) $(ARGS)

check: install $(PLATFORM)/.installed  ## what CI checks: format, lint, types, import rules, tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest $(PARALLEL) $(ARGS)

format: install  ## put the code into its form
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: install $(PEERS)/.installed  ## the benchmarks: tables, and JSON in benchmarks/results
	$(PY) -m benchmarks $(ARGS)

# What training is compared with. PyTorch for Linux cannot be had everywhere: that is told in the table, and
# stops nothing.
$(PEERS)/.installed: requirements/peers.txt requirements/peers-linux.txt
	@echo "Setting up $(PEERS), for comparisons: a few minutes, once."
	@$(PEERS)/bin/python -c '$(SUITS)' 2>/dev/null || $(PY) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install $(LOCKED) --no-deps -r requirements/peers.txt
	-$(PEERS)/bin/python -m pip install $(LOCKED) --no-deps -r requirements/peers-linux.txt
	@touch $@

# The learning platform that tests/platform runs.
$(PLATFORM)/.installed: requirements/platform.txt
	@echo "Setting up $(PLATFORM), for tests: half a minute, once."
	@$(PLATFORM)/bin/python -c '$(SUITS)' 2>/dev/null || $(PY) -m venv --clear $(PLATFORM)
	$(PLATFORM)/bin/python -m pip install $(LOCKED) --no-deps -r $<
	@touch $@

compose-test: install  ## the containers, built, used, hurt and removed; skipped without a Docker engine
	$(PY) -m tests.compose $(ARGS)

lock:  ## write requirements/*.txt anew from pyproject.toml; UPGRADE=1 moves to the newest versions
	PYTHON=$(PYTHON) requirements/compile

words: install  ## take the texts of the pages into their translations, to be translated
	$(VENV)/bin/pybabel -q extract -F service/translations/mapping.ini --sort-by-file \
	    --add-location=file -o service/translations/messages.pot service
	$(VENV)/bin/pybabel -q update -i service/translations/messages.pot -d service/translations \
	    --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	rm service/translations/messages.pot

clean:  ## remove what the other targets made, but for the data in var
	rm -rf $(VENV) $(PEERS) $(PLATFORM) .*_cache .hypothesis .import_linter_cache dist
