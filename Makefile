# Needs python3 (3.11 or later), git and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.stamp
# The tests to run, or any other arguments for pytest: make test ARGS="tests/test_clean.py -x"
ARGS ?=

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export GX_ANALYTICS_ENABLED := false
export DVC_NO_ANALYTICS := true
# DVC's state stays in the project, and no setting of the user or the machine reaches a run.
export DVC_SITE_CACHE_DIR := $(CURDIR)/.dvc/tmp/site
export DVC_GLOBAL_CONFIG_DIR := $(CURDIR)/.dvc/tmp/config
export DVC_SYSTEM_CONFIG_DIR := $(CURDIR)/.dvc/tmp/config
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help setup run test lint bench peers clean
.DELETE_ON_ERROR:

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: $(STAMP) ## put the locked packages into .venv
	@:

run: setup ## raw/ → outputs/: every stage whose inputs have changed
	@test -e .git || printf '[core]\n    no_scm = true\n' > .dvc/config.local
	@if dvc status --quiet; then echo "nothing changed"; else dvc repro; fi
	@extract summary outputs

test: setup ## run the tests (ARGS="..." for pytest)
	@pytest $(ARGS)

lint: setup ## style, types and the direction of imports
	ruff check
	mypy
	lint-imports

bench: setup ## run the benchmarks of bench/ (ARGS="cleaning" for one)
	@python bench/run.py $(ARGS)

peers: setup ## hold the mentions to an annotated corpus beside EDS-NLP (ARGS="--errors 30")
	@python bench/peers.py $(ARGS)

clean: ## remove what runs, tests and linters made; keeps .venv
	rm -rf outputs build dist .dvc/tmp .dvc/cache .*_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp names the folder it was made for: the commands in .venv hold full paths, so a project
# that has moved is set up anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "setup: no $(PYTHON) here; install Python 3.11 or later, or name one: make PYTHON=/path/to/python setup" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "setup: needs Python 3.11 or later, not $$("$(PYTHON)" --version 2>&1); name another: make PYTHON=python3.12 setup" >&2; exit 1; }
	@if ! grep -qsF "$(CURDIR)/$(VENV)" $(VENV)/bin/activate || ! $(VENV)/bin/python -m pip --version >/dev/null 2>&1; then \
	  "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "setup: this Python cannot make virtual environments (no venv or ensurepip);" \
	      "on Debian or Ubuntu install the package python3-venv, elsewhere a full Python" >&2; exit 1; }; \
	  echo "setup: making $(VENV) with $$("$(PYTHON)" --version)"; \
	  "$(PYTHON)" -m venv --clear $(VENV) || exit 1; \
	fi
	@echo "setup: installing $$(grep -c == requirements.lock) locked packages; the first time takes about a minute"
	@$(VENV)/bin/python -m pip install -qq --no-compile --no-deps --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(VENV)/bin/python -m pip check -q
	@pwd -P > $@
	@echo "setup: done"
