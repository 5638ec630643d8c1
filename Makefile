# The house in ten words: install demo test check bench soak fmt docs lock clean.
# Each target can be repeated; what is up to date is not done again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8765
WORKERS ?= 2

BIN := .venv/bin
UV := .tools/bin/uv
STAMPS := .work/stamps

# The console is part of an installation wherever its workspace is there.
ifneq ($(wildcard web/package.json),)
WEB_STAMPS := $(STAMPS)/web-build
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print)
endif

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export NO_MKDOCS_2_WARNING := 1

.PHONY: help install demo test check bench soak fmt docs lock clean

help: ## Show what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

install: debian $(STAMPS)/project $(WEB_STAMPS) $(STAMPS)/clients ## Set up everything: tools, Python, browser, database, console

demo: debian-core $(STAMPS)/project ## Make up a bank of 20,000 customers and open its console (PORT=8765)
	@exec scripts/demo $(BIN)/tiexin $(PORT) $(WEB_STAMPS)

test: install ## Run the whole suite, short fault loops (WORKERS=2)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

soak: install ## Run the long fault loops
	@$(BIN)/python -m pytest -m soak

check: install ## Format, lint, types, borders, generated files, console
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/regenerate.py --check
	$(BIN)/mkdocs build --strict --quiet --site-dir .work/site
	$(if $(WEB_STAMPS),cd web && npm run --silent check && npm run --silent test)

bench: install ## Run every benchmark beside its peer; one JSON line a claim
	@failed=0; for file in benchmarks/bench_*.py; do $(BIN)/python $$file || failed=1; done; exit $$failed

fmt: install ## Format and repair what can be repaired, regenerate what is generated
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/python scripts/regenerate.py
	$(if $(WEB_STAMPS),cd web && npm run --silent fmt)

docs: install ## Build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

lock: $(STAMPS)/tools ## Resolve the requirements again, hash-pinned, without naming a registry
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --output-file requirements/run.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --extra spark --extra chain --group dev --output-file requirements/dev.txt
	$(UV) pip compile --quiet --python-platform linux --python-version 3.12 --generate-hashes --no-emit-index-url \
		--no-header requirements/clients.in --output-file requirements/clients.txt

clean: ## Remove everything that install, test and docs made
	rm -rf .venv .tools .clients .work site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf web/node_modules web/dist src/tiexin/app/web tests/clients/node_modules

# Looks every time (it costs 50 ms), so a package that went missing is named again; it makes nothing else stale.
.PHONY: debian debian-core
debian:
	@PYTHON=$(PYTHON) scripts/debian-packages
debian-core:
	@PYTHON=$(PYTHON) scripts/debian-packages core

$(STAMPS)/tools: requirements/tools.txt | debian-core
	@mkdir -p $(@D)
	@$(PYTHON) -c 'import sys; sys.exit("Tiexin needs Python 3.11 or newer; PYTHON=… names another one") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/tools.txt
	@touch $@

$(STAMPS)/python: requirements/dev.txt $(STAMPS)/tools
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/python
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Programs none of us wrote that must accept the log (tests/trust/clients), each in an environment of its own.
# pip, because one of them declares a newer Python than it needs and uv cannot be told so.
$(STAMPS)/clients: requirements/clients.txt tests/clients/package-lock.json | debian-core $(STAMPS)/tools
	@$(PYTHON) -m venv --clear .clients
	@.clients/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
		--require-hashes --requirement requirements/clients.txt
	@cd tests/clients && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web-packages: web/package-lock.json | debian-core
	@mkdir -p $(@D)
	@node -e 'if (parseInt(process.versions.node) < 20) { console.error("The console is built with Node 20 or newer; this is " + process.version); process.exit(1) }'
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web-build: $(STAMPS)/web-packages $(WEB_SOURCES)
	@cd web && npm run --silent build
	@touch $@
