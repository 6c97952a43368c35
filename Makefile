# `make run` and `make test` work on a fresh clone with Python 3.11+, make and a package registry.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
IR ?= ../shared/ir
DATA ?= ../shared/data
KILLS ?= 1000
FUZZ ?= 60
MINUTES ?= 10
SHOTS ?= .shots

.DEFAULT_GOAL := help

run: .venv/installed  ## load the starter corpus and serve it on http://127.0.0.1:8000 (PORT= for another)
	$(BIN)/lessonry --home .lessonry import corpus/starter
	$(BIN)/lessonry --home .lessonry serve --port $(PORT)

setup: .venv/installed .venv/installed-test tests/node_modules/.package-lock.json browser  ## install everything, run nothing

test: setup check  ## run every test, the browser and the real model included
	$(BIN)/pytest -m "slow or not slow"

fast: .venv/installed-test tests/node_modules/.package-lock.json  ## the quick tests only, on all cores: the default while working
	$(BIN)/pytest -n auto --dist loadfile

check: .venv/installed-test  ## linters and types; known faults of the dependencies, where the network allows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python deploy/audit.py

fix: .venv/installed-test  ## format, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: .venv/installed  ## relevance on the judged sets at hand (IR= for another folder), held against its floors
	$(BIN)/python benchmarks/relevance/lessonry.py $(IR)

peers: .venv/installed .venv-peers/installed  ## the same beside other search software, in an environment of its own
	.venv-peers/bin/python benchmarks/relevance/peers.py $(IR) > .venv-peers/report.json
	$(BIN)/python benchmarks/relevance/lessonry.py $(IR) --peers .venv-peers/report.json

.venv-peers/installed: benchmarks/relevance/requirements.txt benchmarks/scale/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/scale/requirements.txt
	touch $@

torture: .venv/installed-test  ## kill a process a thousand times (KILLS=), then live an hour in ten minutes (MINUTES=): nothing is lost
	$(BIN)/python -m tests.crash.torture $(KILLS)
	$(BIN)/python -m tests.crash.life $(MINUTES)

fuzz: .venv/installed-test  ## much more made-up input than `make test` has (FUZZ= seconds for each reader)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check atheris
	for reader in $$($(BIN)/python -c "from tests.fuzz.targets import TARGETS; print(*TARGETS)"); do \
		$(BIN)/python -m tests.fuzz.guided $$reader $(FUZZ) || exit 1; done
	$(BIN)/pytest -m slow --hypothesis-profile=long tests/fuzz tests/api/test_described.py

bench: .venv/installed  ## speed against a baseline in the same run, extraction against known texts
	$(BIN)/python benchmarks/query_start.py
	$(BIN)/python benchmarks/extraction $(DATA)
	$(BIN)/python benchmarks/taking_in.py $(DATA)
	$(BIN)/python benchmarks/scale/importing.py $(DATA)
	$(BIN)/lessonry --home .lessonry/donor add $(DATA)
	$(BIN)/python benchmarks/scale/measure.py .lessonry/scale --from .lessonry/donor --sizes 10000

bench-full: bench .venv-peers/installed  ## the same at 100,000 and a million passages, and beside other search software: an hour or two
	$(BIN)/python benchmarks/scale/measure.py .lessonry/scale --from .lessonry/donor --sizes 100000 1000000
	for size in 100000 1000000; do \
		.venv-peers/bin/python benchmarks/scale/peers.py .lessonry/scale/made$$size --out .lessonry/scale/peers$$size.json || exit 1; done
	.venv-peers/bin/python benchmarks/scale/report.py .lessonry/scale --pictures docs/images

bench-load: .venv/installed  ## 200 clients at once at 100,000 passages made of DATA, for MINUTES=
	$(BIN)/lessonry --home .lessonry/donor add $(DATA)
	test -d .lessonry/made || $(BIN)/python benchmarks/scale/made.py .lessonry/made --passages 100000 --from .lessonry/donor
	$(BIN)/python benchmarks/load.py .lessonry/made --minutes $(MINUTES)

shots: .venv/installed-test  ## pictures of every page in three widths, light and dark (SHOTS= for another folder)
	$(BIN)/lessonry --home .lessonry import corpus/starter
	$(BIN)/python -m tests.browser.shots .lessonry $(SHOTS)

store: .venv/installed-test  ## pictures of the browser extension at work, for the stores, into extension/docs/
	$(BIN)/lessonry --home .lessonry import corpus/starter
	$(BIN)/python -m tests.extension.shots .lessonry extension/docs

extension: .venv/installed  ## zip the browser extension, for Chromium and for Firefox, into build/
	$(BIN)/python extension/zipped.py build

sbom: .venv/installed-test  ## a bill of materials of what is installed, CycloneDX, into build/
	mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json $(BIN)/python

licences: .venv/installed-test  ## write docs/licences.md from what the packages state
	$(BIN)/python deploy/licences.py > docs/licences.md

lock: .venv/installed-test  ## write constraints.txt from what is installed
	@{ head -1 constraints.txt; { $(BIN)/pip freeze --exclude-editable | grep -viE "^(setuptools|atheris)=" | sed "s/+cpu//"; grep -E "^(setuptools|atheris)=" constraints.txt; } | sort -f; } > constraints.new
	mv constraints.new constraints.txt

help:  ## this list
	@grep -E "^[a-z-]+:.*## " $(MAKEFILE_LIST) | sed -E "s/^([a-z-]+):.*## /\1\t/" | expand -t 10

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq chromium; }

tests/node_modules/.package-lock.json: tests/package.json tests/package-lock.json
	@command -v npm >/dev/null || { $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq nodejs npm; }
	npm --prefix tests ci --silent --no-audit --no-fund
	touch $@

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/pip pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/installed-test: .venv/installed
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@

.PHONY: run setup test fast check fix eval peers torture fuzz bench bench-full bench-load shots store extension sbom licences lock help browser
