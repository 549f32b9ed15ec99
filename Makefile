# Everything a developer or an operator starts. `make help` lists it. Paths stay relative: folders may have spaces.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
# Two cores are what the suite is measured on; JOBS=0 runs it in one process.
JOBS ?= 2
DEMO := $(if $(filter 0,$(SNOVA_DEMO)),,--demo)
# PostgreSQL and Redis need their drivers; nobody else has to install them.
NEEDS := .venv/.run $(if $(DATABASE_URL)$(REDIS_URL),.venv/.scale)
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: $(NEEDS) ## Set up and serve on 127.0.0.1:8000, with the worker (PORT, SNOVA_DEMO=0, SNOVA_INSTANCE)
	@$(PY) -m flask --app wsgi setup $(DEMO)
	@exec $(PY) wsgi.py

.PHONY: test
test: .venv/.dev ## Run the tests, but for slow ones and the browser (TESTS=tests/trips for some, JOBS=2 side by side)
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not slow and not browser" $(TESTS)

.PHONY: test-all
test-all: .venv/.dev ## Run every test: Chromium, processes killed at work, a whole year, all that takes its time
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

.PHONY: browser
browser: .venv/.dev ## Run only the tests that need Chromium
	@$(PY) -m pytest -m browser

.PHONY: crash
crash: .venv/.dev ## Kill the worker thousands of times and count every letter; guess ten thousand codes; the ledger at full length
	@$(PY) -m bench.crash $(ARGS)
	@$(PY) -m bench.guessing
	@$(PY) -m bench.crash_points

.PHONY: bench
bench: .venv/.dev ## Measure, and print ratios against peers timed in the same run
	@$(PY) -m bench $(ARGS)

.PHONY: check
check: .venv/.dev ## Linters, types, the law of the house, translations, dependencies
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m pytest tests/test_house.py tests/test_routes.py tests/test_templates.py tests/test_translations.py
	@.venv/bin/lint-imports
	@.venv/bin/deptry .
	@$(PY) -m pip check

.PHONY: i18n
i18n: .venv/.dev ## List what still has no Russian, room by room
	@PYTHONPATH=. $(PY) tests/strings.py

.PHONY: routes
routes: .venv/.dev ## Write the list of addresses anew, after reading the difference
	@PYTHONPATH=. $(PY) tests/routes.py

.PHONY: migration
migration: .venv/.dev ## Write a migration for changed tables (NAME="what changed")
	@$(PY) -m webapp.migrations.make "$(NAME)"

.PHONY: demo
demo: $(NEEDS) ## Load the demo data into this instance
	@$(PY) -m flask --app wsgi setup
	@$(PY) -m flask --app wsgi demo load

.PHONY: clean
clean: ## Remove what was built; the data in instance/ stay
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find webapp/translations -name '*.mo' -delete

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Snova needs Python 3.11 or newer; name it with make PYTHON=/path/to/python3 …"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Snova needs Python 3.11 or newer, $(PYTHON) is older."; exit 1; }
	@echo "Making a Python environment in .venv …"
	@"$(PYTHON)" -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

.venv/.run: requirements.txt | .venv/bin/python
	@echo "Installing what Snova runs on …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.scale: requirements-scale.txt .venv/.run
	@echo "Installing the drivers of PostgreSQL and Redis …"
	@$(PIP) -r requirements-scale.txt
	@touch $@

# Tests and types speak of both servers' drivers, also where no server runs.
.venv/.dev: requirements-dev.txt .venv/.scale
	@echo "Installing what tests and linters need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@
