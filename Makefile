# Everything runs in .venv, which is made when it is missing or older than what it was made from.
# Needs Python 3.11 or newer and nothing else; another interpreter: make test PYTHON=/path/to/python

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
MADE_FROM := pyproject.toml constraints.txt Makefile

ifneq ($(wildcard ../shared/data),)
export ICONOMETRICS_TEST_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test test-slow lint bench docs

demo: .venv/.core
	$(BIN)/ico demo

test: .venv/.test
	$(PYTEST) -n 2 --dist loadfile -m "not slow"

test-slow: .venv/.test
	$(PYTEST) -n 2 --dist worksteal -m slow

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --exclude README.md .
	$(BIN)/mypy

bench: .venv/.test
	@for script in benchmarks/[a-z]*.py; do echo "$$script"; $(BIN)/python "$$script" || exit 1; done

docs: .venv/.docs
	$(BIN)/mkdocs build --strict

# A python counts when it is new enough and can make environments (Debian splits that off).
define make_venv
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version). The first time takes a minute or two."; \
	    exec $$python -m venv --clear .venv; \
	  fi; \
	done; \
	echo "iconometrics needs Python 3.11 or newer with its venv module, and none was found." >&2; \
	echo "Install it (python.org, or on Debian: apt install python3 python3-venv), then run make again." >&2; \
	exit 1; }
endef
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.venv/.core: $(MADE_FROM)
	$(make_venv)
	$(INSTALL) -e .
	@touch $@

.venv/.test: $(MADE_FROM)
	$(make_venv)
	$(INSTALL) -e '.[test]'
	@touch .venv/.core $@

.venv/.docs: $(MADE_FROM)
	$(make_venv)
	$(INSTALL) -e '.[docs]'
	@touch .venv/.core $@
