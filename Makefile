# Stagedoor's commands. `make help` prints what stands behind `##`.

SHELL := /bin/sh
# Compiled modules are kept: the tests start hundreds of processes, and each would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8120
UP ?=
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help up test check fix docs judge fuzz bench lock clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(VENV)/.installed-server ## Install and start Stagedoor; prints an address and an access key (PORT=8120, UP="--empty")
	@exec $(BIN)/stagedoor up --port $(PORT) $(UP)

test: $(VENV)/.installed-tests ## Install what the tests need and run all of them
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(TESTS)

check: $(VENV)/.installed-dev ## Format, lint, types and import contracts
	$(BIN)/ruff format --check src tests examples bench docs
	$(BIN)/ruff check src tests examples bench docs
	$(BIN)/mypy
	$(BIN)/mypy tests/typing
	$(BIN)/lint-imports

fix: $(VENV)/.installed-dev ## Format and mend what the linter can
	$(BIN)/ruff check --fix src tests examples bench docs
	$(BIN)/ruff format src tests examples bench docs

docs: $(VENV)/.installed-dev ## Write the reference pages that follow from the code
	$(BIN)/python docs/generate.py

judge: $(VENV)/.installed-tests ## Ask every operation much, by the vendor's document beside this checkout (EXAMPLES=200)
	STAGEDOOR_JUDGE_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/python -m pytest tests/judge

fuzz: $(VENV)/.installed-tests ## Let atheris search for what breaks the query language (SECONDS=60; finds go to .fuzz)
	$(PIP) install --quiet --require-hashes -r requirements/fuzz.txt
	@mkdir -p .fuzz
	$(BIN)/python -m tests.fuzz.odata_target -max_total_time=$(or $(SECONDS),60) -artifact_prefix=.fuzz/ .fuzz

bench: $(VENV)/.installed-dev ## Measure the budgets and print the table (BENCH="peers --quick")
	$(BIN)/python -m bench $(BENCH)

lock: $(VENV)/.installed-dev ## Renew the lock files from pyproject.toml
	$(BIN)/uv pip compile -q pyproject.toml --extra server --extra postgres --extra s3 --group build --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements/server.txt
	$(BIN)/uv pip compile -q pyproject.toml --extra server --extra postgres --extra s3 --group dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements/dev.txt
	$(BIN)/uv pip compile -q --group fuzz --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements/fuzz.txt
	$(BIN)/uv pip compile -q --group bench --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements/bench.txt

clean: ## Remove what was installed and built; data in .stagedoor stays
	rm -rf $(VENV) .venv-bench .fuzz tests/strangers/node/node_modules bench/peers/node/node_modules bench/peers/cds/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Stagedoor needs Python 3.11 or later; set PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed-server: requirements/server.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements/server.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed-server

$(VENV)/.installed-tests: $(VENV)/.installed-dev tests/strangers/node/package-lock.json tests/strangers/install.sh
	sh tests/strangers/install.sh
	@touch $@
