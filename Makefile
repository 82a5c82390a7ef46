# The whole toolbox; `make help` lists it. Needs Python 3.11 or newer and make, nothing else.

BIN := .venv/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
# Else uv fetches a Python of its own where it finds none that it likes.
export UV_PYTHON_DOWNLOADS := never

PO := kring/site/locale/en/LC_MESSAGES/django.po
MO := $(PO:.po=.mo)
CODE := config kring members offerings commitments
WORKERS ?= auto
ARGS ?=

# What the checks need of the settings; nothing is opened with these, and no warning of a database that is not there.
CHECK_ENV := DJANGO_SETTINGS_MODULE=config.settings DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
	CELERY_BROKER_URL=redis://none SECRET_KEY=only-for-checks-only-for-checks-only-for-checks-0123456789
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header $(ARGS) pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-reset test check bench format catalogue screenshots mail-pictures lock clean

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/demo $(MO) ## The circle with its demo data on http://localhost:8000 (PORT=8001 for another port)
	@$(BIN)/python -m kring.demo

demo-reset: .venv/demo $(MO) ## The same, starting afresh
	@$(BIN)/python -m kring.demo --reset

test: .venv/dev $(MO) ## The whole suite, on a real PostgreSQL, Valkey and browser (ARGS=tests/mail for a part)
	@$(BIN)/python -m tests.browser || true
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadgroup $(ARGS)

check: .venv/dev $(MO) ## Style, types, layers, templates, migrations, translations, settings
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(CHECK_ENV) $(BIN)/python -m mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m djlint --check --lint --quiet $(CODE)
	$(CHECK_ENV) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(CHECK_ENV) SITE_URL=https://kring.example BEHIND_PROXY=1 $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tools.catalogue check

bench: .venv/dev $(MO) ## How fast it is, beside a bare Django view in the same run
	@$(BIN)/python -m tests.benchmarks $(ARGS)

format: .venv/dev ## Puts code and templates in shape
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .
	$(BIN)/python -m djlint --reformat --quiet $(CODE)

catalogue: .venv/dev ## Gathers the texts to translate
	$(BIN)/python -m tools.catalogue update

screenshots: .venv/dev $(MO) ## Makes docs/screenshots anew
	@$(BIN)/python -m tests.screenshots

mail-pictures: .venv/dev $(MO) ## Every mail at two widths, light and dark, in .local/mail-pictures
	@$(BIN)/python -m tests.mail_pictures

lock: .venv/uv ## Resolves the dependencies anew (ARGS=--upgrade takes the newest that fit)
	$(LOCK) -o requirements.lock
	$(LOCK) --group embedded -c requirements.lock -o requirements-demo.lock
	$(LOCK) --group dev -c requirements-demo.lock -o requirements-dev.lock

clean: ## Takes away all that was made here, the demo's data too
	rm -rf .venv .local .mypy_cache .pytest_cache .ruff_cache .hypothesis $(MO)

# --- What the targets stand on. Each stamp is written once its step is whole, so that a killed one is done again. ------

.venv/uv:
	@test "$$(df -Pk . | awk 'NR == 2 { print $$4 }')" -gt 1000000 || \
		{ echo "The disk is full: make 1 GB of room and start again."; exit 1; }
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done || { echo "Python 3.11 or newer is needed; say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python"; exit 1; }; \
	"$$python" -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)
	@touch $@

# What the demo needs is part of what the tests need.
.venv/demo: requirements-demo.lock | .venv/uv
	@test .venv/dev -nt requirements-dev.lock || $(UV) pip install --quiet --require-hashes -r requirements-demo.lock
	@$(BIN)/python -m compileall -q $(CODE) || true
	@touch $@

.venv/dev: requirements-dev.lock | .venv/uv
	@$(UV) pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ .venv/demo

$(MO): $(PO) | .venv/demo
	@$(BIN)/python -m tools.catalogue compile
