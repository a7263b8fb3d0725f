# Two commands are enough: `make run` and `make test`. Everything is installed into $(VENV) on first use.
#
#   FILES="a.png b.srec"   what `make run` opens
#   PYTHON=/path/to/python the Python that the environment is made with (3.11 or newer)
#   VENV=folder            the environment (default .venv)
#   TORCH=cuda             the build of torch with CUDA instead of the one for the CPU
#   TORCH_INDEX_URL=…      a package index with the build of torch that is wanted
#   TESTS="tests/cli"      which tests `make test` runs (then without the coverage table)

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV ?= .venv
export VENV PYTHON TORCH TORCH_INDEX_URL
python := $(VENV)/bin/python
checked := srec_engine srec_gui scripts tests

.PHONY: help run test lint types unit bench screenshots install clean

help: ## this list
	@echo "SReC desktop: lossless image compression with a learned codec"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo
	@sed -n 's/^#   \([A-Z_]*=.*\)/  \1/p' $(MAKEFILE_LIST)

run: install ## open the window (FILES="a.png b.srec"); without a display, compress the sample photograph
	@$(python) scripts/start.py $(FILES)

test: install lint types unit ## lint, types, tests and the documents' examples

lint: install
	$(python) -m ruff check $(checked)
	$(python) -m ruff format --check $(checked)

types: install
	$(python) -m mypy

unit: install
ifdef TESTS
	$(python) -m pytest $(TESTS)
else
	$(python) -m pytest -m "not timing" -n logical --maxprocesses 4 --dist loadfile --cov --cov-report=term
	$(python) -m pytest -m timing || $(python) -m pytest -m timing --last-failed
endif

bench: install ## the table of sizes, speeds and memory beside other codecs
	$(python) -m srec_engine.cli.main bench

screenshots: install ## picture every state of the window into output/screenshots
	$(python) -m srec_gui.screenshots

install: ## make the environment and install the pinned set (done by all the others)
	@scripts/bootstrap.sh

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
