# What a developer or an operator does, by short names. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo venv dev test lint types imports pytest unit bench screenshots lock clean
BIN := .venv/bin

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: venv ## a conference to try out, on http://127.0.0.1:8000
	@$(BIN)/cfp demo

venv: ## .venv with what the program needs, and .venv/bin/cfp
	@sh scripts/venv.sh requirements.txt

dev: ## .venv with what the tests need as well
	@sh scripts/venv.sh requirements-dev.txt

test: lint types imports pytest ## everything that must hold before a commit

lint: dev ## ruff
	$(BIN)/ruff check .

types: dev ## mypy --strict
	$(BIN)/mypy

imports: dev ## which package may import which
	$(BIN)/lint-imports

pytest: dev ## all tests: SQLite, PostgreSQL and the browser
	$(BIN)/python -m pytest --numprocesses=auto --maxschedchunk=4

unit: dev ## the tests that need neither database nor browser
	$(BIN)/python -m pytest tests/unit tests/property

bench: dev ## processor time of each page on a large conference
	$(BIN)/python -m tests.benchmarks

screenshots: dev ## the README's pictures, from the demo
	$(BIN)/python -m tests.screenshots

# The index is the caller's; neither it nor the caller's folders get into the files.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --no-header --no-emit-index-url --no-annotate \
	pyproject.toml --extra postgres

lock: ## pin newer packages in requirements*.txt (needs uv)
	$(LOCK) --upgrade --group build --output-file requirements.txt
	$(LOCK) --upgrade --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove what can be made again (not instance/)
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
