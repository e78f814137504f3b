# Clearstage: `make install`, `make run`, `make test`, `make check`.
# Needs Python 3.11 or newer, git, make and a package index. Everything is safe to repeat.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# The first Python that really runs, is new enough and can make an environment. `make install PYTHON=...` overrides.
PYTHON ?=
CANDIDATES := python3.13 python3.12 python3.11 python3
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# Checks and migrations look at the settings, never at the data of an installation.
SCRATCH := CLEARSTAGE_DATA=build/check DJANGO_SETTINGS_MODULE=clearstage.config.settings

.PHONY: help install dev run test check style types imports migrations lock bench screens clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -------------------------------------------------------------------------------------------------------- environment

install: $(VENV)/.installed  ## .venv with `clearstage` in it, from the locked versions

dev: $(VENV)/.installed $(VENV)/.dev  ## the same and the tools for tests and checks

$(VENV)/.made:
	@chosen=""; \
	for candidate in $(or $(PYTHON),$(CANDIDATES)); do \
		if "$$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then chosen="$$candidate"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then echo "No Python 3.11 or newer that can make an environment (tried: $(or $(PYTHON),$(CANDIDATES))). Set PYTHON=." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$("$$chosen" --version)"; \
	"$$chosen" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.locked: requirements.txt $(VENV)/.made
	@echo "Installing the locked packages"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

# Nothing is fetched here: the build backend came with the lock.
$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.locked | $(VENV)/.installed
	@echo "Installing the locked tools for tests and checks"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# ---------------------------------------------------------------------------------------------------------------- use

run: install  ## install, then everything in one process group with the demo firm (HOST=, PORT=, DATA=)
	@exec $(BIN)/clearstage up --demo $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)") $(if $(DATA),--data "$(DATA)")

bench: install  ## the benchmark, on a database of its own (JOBS=, JSON=)
	@exec $(BIN)/clearstage bench $(if $(JOBS),--jobs "$(JOBS)") $(if $(JSON),--json "$(JSON)")

# -------------------------------------------------------------------------------------------------- tests and checks

test: dev  ## install, then the whole suite; says what it left out (PYTEST_MARKS=, PYTEST_ARGS=)
	@PYTEST_MARKS="$(PYTEST_MARKS)" bash .ci/suite $(PYTEST_ARGS)

screens: dev  ## the browser tests alone; their screenshots are under build/screens/
	@PYTEST_MARKS=browser bash .ci/suite

check: style types imports migrations  ## linters, types, import rules, missing migrations (`make -k check` shows all)

style: dev
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .

types: dev
	@mkdir -p build/check
	$(SCRATCH) $(BIN)/mypy

imports: dev
	$(BIN)/lint-imports --no-logo --cache-dir build/import-linter

migrations: dev
	@mkdir -p build/check
	$(SCRATCH) $(BIN)/python -m django makemigrations --check --dry-run

# ------------------------------------------------------------------------------------------------------------ upkeep

LOCK = build/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: $(VENV)/.made  ## pins every dependency again (UPGRADE=1 takes the newest)
	@[ -x build/lock/bin/uv ] || { $(BIN)/python -m venv build/lock; build/lock/bin/python -m pip --disable-pip-version-check -qq install uv; }
	@$(LOCK) --group build --output-file requirements.txt
	@$(LOCK) --group build --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@echo "requirements.txt: $$(grep -c '^[a-z0-9]' requirements.txt) packages, requirements-dev.txt: $$(grep -c '^[a-z0-9]' requirements-dev.txt)"

clean:  ## removes what can be made again; keeps .venv and data/
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
