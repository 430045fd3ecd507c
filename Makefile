# Forecourt. `make help` lists the targets; each is one documented line of work.
.DEFAULT_GOAL := help
.PHONY: help run upgrade demo demo-reset test test-full check lint form types layers lock assets bench clean

PYTHON ?= $(or $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done),python3)
VENDOR := app/static/vendor/icons.svg
BIN := .venv/bin
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready $(VENDOR) ## make everything ready and run Forecourt until Ctrl-C
	@exec $(BIN)/python run.py

upgrade: .venv/ready $(VENDOR) ## after a new version: stop, back up, upgrade, start; on failure all stays as it was
	@exec $(BIN)/python run.py upgrade $(UPGRADE)

demo: .venv/ready ## load a year of life into an empty installation; DEMO="--seed 7 --scale 1" chooses another
	@$(BIN)/python run.py demo load $(DEMO)

demo-reset: .venv/ready ## drop a demo installation and load it again; refuses real data
	@$(BIN)/python run.py demo reset $(DEMO)

test: .venv/ready-dev $(VENDOR) ## the tests, those over ten seconds each left out
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-full: .venv/ready-dev $(VENDOR) ## all tests: long faults, fuzz and soak too
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint form types layers ## lint, form, types and layers; with -k all of them, whatever fails

lint: .venv/ready-dev
	$(BIN)/ruff check .

form: .venv/ready-dev
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/python -m mypy

layers: .venv/ready-dev
	$(BIN)/lint-imports

lock: .venv/ready-dev ## compile requirements*.in and package.json into their pinned forms (needs uv)
	uv $(COMPILE) requirements.in --output-file requirements.txt
	uv $(COMPILE) requirements-dev.in --output-file requirements-dev.txt
	$(BIN)/npm install --package-lock-only

assets: .venv/ready ## install the front-end packages and copy what pages load
	$(BIN)/python tools/assets.py

bench: .venv/ready-dev $(VENDOR) ## measure what is fast, beside stock Flask-AppBuilder
	$(BIN)/python -m bench

clean: ## remove what can be made again; data in instance/ stays
	rm -rf .venv node_modules app/static/vendor build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready: requirements.txt tools/environment.py
	@$(PYTHON) tools/environment.py run
	@touch $@

.venv/ready-dev: requirements-dev.txt .venv/ready
	@$(PYTHON) tools/environment.py dev
	@touch $@

$(VENDOR): package.json package-lock.json app/static/icons.txt tools/assets.py | .venv/ready
	@$(BIN)/python tools/assets.py
