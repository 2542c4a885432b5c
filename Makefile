# What BattleScope can do, in one word each. `make help` lists it.

VENV := .venv
BIN := $(VENV)/bin
# The newest Python that will do; `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo "$$python" && break; done)
INSTALLED := $(VENV)/.installed
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install --quiet --quiet --no-cache-dir
TESTS := HYPOTHESIS_STORAGE_DIRECTORY=.hypothesis $(BIN)/pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install demo up doctor test test-deep check format bench evaluate quality openapi screenshots lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv with every dependency, as requirements.lock pins it

demo: $(INSTALLED) ## Serve 15 days of a simulated war; needs no network once installed
	@$(BIN)/battlescope demo

up: $(INSTALLED) ## Serve the real war: the last 7 days, then every day as it is published
	@$(BIN)/battlescope up

doctor: $(INSTALLED) ## Say what is wrong with this installation and how to mend it
	@$(BIN)/battlescope doctor

test: $(INSTALLED) browser ## Prove that it works, on a real PostgreSQL (under 20 minutes on 2 cores)
	@$(TESTS)

test-deep: $(INSTALLED) browser ## The same with full counts (tens of minutes)
	@HYPOTHESIS_PROFILE=deep $(TESTS) -m ""

check: $(INSTALLED) ## Lint, format, types, import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## Format the code and mend what can be mended mechanically
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

bench: $(INSTALLED) ## Measure speed against the limit found in the same run
	@$(BIN)/python -m benchmarks

evaluate: $(INSTALLED) ## Score battles and sides on wars with known truth; fails where an aim is missed (a minute)
	@$(BIN)/battlescope quality

quality: $(INSTALLED) ## The same beside other methods, and write docs/quality.md anew
	@$(BIN)/battlescope quality --report docs/quality.md

openapi: $(INSTALLED) ## Write tests/api/openapi.json anew, after a wanted change of the API
	@$(BIN)/python -m tests.api.openapi_snapshot

screenshots: $(INSTALLED) ## Picture every page into docs/screenshots/, while `make demo` runs in another terminal
	@$(BIN)/python -m tests.web.screenshots

lock: ## Resolve requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-strip-extras --no-annotate \
		--no-header --python-version 3.11 --group dev pyproject.toml --output-file requirements.lock

clean: ## Remove .venv and everything runs left behind, databases included
	rm -rf $(VENV) .battlescope build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The tests of pages need Chromium: the system's, or one installed here.
.PHONY: browser
browser: $(INSTALLED)
	@$(BIN)/python -m tests.web.browser

# uv is several times faster, where it is there and reaches the packages; pip does as well.
$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "BattleScope needs Python 3.11 to 3.13 with its venv module (Debian: apt-get install python3-venv)."; exit 1; }
	@rm -f $@
	@test -x $(BIN)/python || { echo "Making $(VENV) with $$($(PYTHON) --version) …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what requirements.lock pins; about a minute …"
	@{ command -v uv >/dev/null && uv pip install --quiet --no-cache --python $(BIN)/python --system-certs --compile-bytecode \
		--require-hashes --requirement requirements.lock; } || $(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@
