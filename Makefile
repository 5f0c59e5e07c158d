# Needs Python 3.11 or later, make and git; `make lock` also needs uv.
PYTHON ?= python3
UV ?= uv
# e.g. `make lock UVFLAGS=--upgrade`
UVFLAGS ?=

VENV := .venv
BIN := $(VENV)/bin
# The stamps below are files: a target is redone only when its lock or pyproject.toml is newer.
CREATED := $(VENV)/.created
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
BENCH := $(VENV)/.bench-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q
PIP_LOCKED := $(PIP) --require-hashes --only-binary :all:
PIP_PROJECT := $(PIP) --no-deps --no-build-isolation -e .
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-header --only-binary :all: pyproject.toml --group build $(UVFLAGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test endure ui check bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUNTIME) ## Refresh the shipped companies
	@$(BIN)/valuenet refresh

ui: $(RUNTIME) ## Open the pipeline in Dagster's web interface
	@$(BIN)/valuenet ui

test: $(DEV) ## Run the tests
	@$(BIN)/pytest -n auto --dist loadfile

endure: $(DEV) ## Test readers and kills for long (about an hour)
	@VALUENET_READERS=8 VALUENET_REFRESHES=50 VALUENET_KILLS=200 $(BIN)/pytest -s tests/endurance

check: $(DEV) ## Check format, lint, import layers, types and known vulnerabilities
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports
	@$(BIN)/mypy valuenet_pipeline benchmarks
	@$(BIN)/python .ci/audit.py

bench: $(BENCH) ## Measure speed against the budgets (some minutes)
	@$(BIN)/python -m benchmarks

lock: ## Re-create the three lock files (needs uv)
	@echo "Locking the dependencies"
	@$(COMPILE) -o requirements.lock
	@$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --extra dev --extra bench -c requirements-dev.lock -o requirements-bench.lock

clean: ## Remove the environment, the caches and the derived warehouse
	@echo "Removing the environment, the caches and the derived warehouse"
	@rm -rf $(VENV) .dagster .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	@find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
	@find data/warehouse -mindepth 1 ! -name .gitkeep -delete

$(CREATED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# The development lock holds every pin of the runtime lock, so it satisfies both stamps.
$(RUNTIME): requirements.lock pyproject.toml | $(CREATED)
	@echo "Installing the runtime dependencies into $(VENV) (once per lock, about a minute)"
	@$(PIP_LOCKED) -r requirements.lock
	@$(PIP_PROJECT)
	@touch $@

$(DEV): requirements-dev.lock requirements.lock pyproject.toml | $(CREATED)
	@echo "Installing the development dependencies into $(VENV) (once per lock, about a minute)"
	@$(PIP_LOCKED) -r requirements-dev.lock
	@$(PIP_PROJECT)
	@touch $@ $(RUNTIME)

# What the benchmarks compare with may be missing: then they measure our side alone, and the next run tries again.
$(BENCH): requirements-bench.lock $(DEV)
	@echo "Installing FinanceToolkit into $(VENV), to measure beside it (once per lock)"
	@$(PIP_LOCKED) -r requirements-bench.lock && touch $@ || echo "FinanceToolkit cannot be installed here"
