# The whole toolbox. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
UV_VERSION := 0.13.9
# What the checks need of the settings; nothing is opened with these.
CHECK_ENV := SECRET_KEY=only-for-checks-only-for-checks-only-for-checks-0123456789 DJANGO_SETTINGS_MODULE=config.settings \
	DATABASE_URL=postgresql:///none REDIS_URL=redis://none CELERY_BROKER_URL=redis://none

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check bench lock catalogue format screenshots

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/demo ## The circle with its demo data on http://localhost:8000 (PORT=8001 for another port)
	@$(BIN)/python -m kring.demo

demo-reset: .venv/demo ## The same, starting afresh
	@$(BIN)/python -m kring.demo --reset

test: .venv/dev ## The whole suite, on a real PostgreSQL, Valkey and browser
	@$(BIN)/python -m tools.catalogue compile
	@$(BIN)/python -m tests.browser || true
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: .venv/dev ## Style, types, layers, templates, migrations, translations, settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(CHECK_ENV) $(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --check --lint --quiet kring members offerings commitments
	$(BIN)/python -m tools.catalogue check
	@$(BIN)/python -m tools.catalogue compile
	$(CHECK_ENV) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(CHECK_ENV) SITE_URL=https://kring.example BEHIND_PROXY=1 $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/dev ## How fast it is, beside a bare Django view in the same run
	@$(BIN)/python -m tests.benchmarks $(ARGS)

format: .venv/dev ## Puts the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogue: .venv/dev ## Gathers the texts to translate
	$(BIN)/python -m tools.catalogue update

screenshots: .venv/dev ## Makes docs/screenshots anew
	@$(BIN)/python -m tests.screenshots

lock: .venv/uv ## Resolves the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade pyproject.toml --group embedded -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade pyproject.toml --group dev -o requirements-dev.lock

.venv/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; point PYTHON at one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install uv==$(UV_VERSION)
	@touch $@

.venv/demo: requirements.lock | .venv/uv
	@test -e .venv/dev && test .venv/dev -nt requirements.lock || \
		$(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -q config kring members offerings commitments || true
	@touch $@

.venv/dev: requirements-dev.lock | .venv/uv
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ .venv/demo
