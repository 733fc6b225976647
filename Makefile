# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PORT ?= 8501
# the first interpreter that is new enough; `make PYTHON=/path/to/python run` chooses another
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3 python,$(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
export DO_NOT_TRACK := 1

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# A lock counts as installed only when its last package is: an interrupted installation starts again.
define install
	@if ! $(BIN)/python -c '' 2>/dev/null; then \
	  if [ -z "$(PYTHON)" ]; then echo "Solvent needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: make PYTHON=… $@" >&2; exit 1; fi; \
	  echo "Making the environment in .venv/ with $(PYTHON) …" >&2; rm -rf .venv; $(PYTHON) -m venv .venv; fi
	@echo "Installing $(1) …" >&2; \
	if command -v uv >/dev/null 2>&1; then uv=uv; \
	elif $(BIN)/python -m pip install --quiet uv==0.13.9 2>/dev/null; then uv=$(BIN)/uv; else uv=; fi; \
	if [ -n "$$uv" ]; then "$$uv" pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r $(1); \
	else $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r $(1); fi
	@$(BIN)/python -c 'import lightgbm' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then apt-get update -qq && apt-get install -y -qq libgomp1 >/dev/null; fi; \
	  $(BIN)/python -c 'import lightgbm' || { echo "LightGBM does not load: install the system library libgomp1 (Debian, Ubuntu: apt-get install libgomp1; macOS: brew install libomp)." >&2; exit 1; }; }
	@touch $(2)
endef

.venv/run.stamp: requirements.txt
	$(call install,requirements.txt,$@)

.venv/dev.stamp: requirements.txt requirements-dev.txt
	$(call install,requirements-dev.txt,$@)
	@touch .venv/run.stamp

setup: .venv/run.stamp  ## environment, demo portfolio and model, where they are missing
	@$(BIN)/python -m core setup

run: setup  ## set up what is missing, then serve on http://localhost:8501 (PORT=… for another)
	@$(BIN)/python -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("", $(PORT)))' 2>/dev/null \
	  || { echo "Port $(PORT) cannot be used, or another program has it already; choose another one: make run PORT=8502" >&2; exit 1; }
	@exec $(BIN)/streamlit run app.py --server.port $(PORT)

# Tests drive a real browser: installed where that is possible, else the tests say why they skip (CI: fail).
browser:
	@if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1 \
	  && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser tests …" >&2; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; fi
	@if ! PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing nginx for the test of the proxy example …" >&2; apt-get update -qq && apt-get install -y -qq nginx-light >/dev/null; fi

test: .venv/dev.stamp browser  ## every test: unit, app, browser, and real data where it lies beside the project
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-unit: .venv/dev.stamp  ## the quick part, under two minutes
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/unit

check: .venv/dev.stamp  ## lint, format, types, import order, Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile

bench: .venv/dev.stamp setup  ## figures side by side in one run, as ratios
	@$(BIN)/python -m tests.bench

bench-full: .venv/dev.stamp  ## the same for a portfolio of 307,511 applicants (about half an hour)
	@$(BIN)/python -m tests.bench --full

faults: .venv/dev.stamp  ## the ledger killed, cut, flipped, filled up and tampered with, 1,000 times (under half an hour)
	@$(BIN)/python -m tests.faults

proofs: .venv/dev.stamp  ## the tests that take minutes and run in a smaller form in `make test`
	@$(BIN)/python -m pytest -m proof

lock: requirements.in requirements-dev.in  ## write both locks anew from the .in files
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -c requirements.txt -o requirements-dev.txt

demo-reset:  ## forget the demo portfolio, its models and its record, and make them again
	@$(MAKE) --no-print-directory .venv/run.stamp
	@$(BIN)/python -m core setup --reset

.PHONY: help setup run browser test test-unit check bench bench-full faults proofs lock demo-reset
