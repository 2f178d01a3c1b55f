# `make demo` runs the whole pipeline offline; `make check` is the gate. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9

.PHONY: demo check test lint format types setup bench lock clean

demo: setup
	$(BIN)/bowerbird demo --out demo-out

setup: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

check: lint types test

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

test: setup
	$(BIN)/pytest -n auto

bench: setup
	$(BIN)/python -m benchmarks

lock: setup
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--all-extras --group dev --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .venv-sam .aws-sam .mypy_cache .pytest_cache .ruff_cache demo-out
