# The commands of the project. Each sets up the environment first, if need be; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := $(CURDIR)/.venv
STAMP := $(VENV)/.installed

# `python` in a stage command must be the environment's own.
export PATH := $(VENV)/bin:$(PATH)
# Threads that wait for others sleep: spinning, they slow a machine down that has other work.
export OMP_WAIT_POLICY := passive
# The matrices are small: threads of BLAS take a fifth of a backtest's time, and make nothing faster.
export OPENBLAS_NUM_THREADS := 1
# Without bytecode every DVC call takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PUBLISH = python -m clv publish $(if $(DRY_RUN),--dry-run) $(if $(WITH_CONTACTS),--with-contacts)

.PHONY: help setup repro retrain serve docs test check lint format lock publish push doctor s3 keep clean

help: ## List the commands
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Create .venv with the locked requirements

$(STAMP): requirements.txt
	@echo "setup: installing requirements.txt into .venv (about 2 minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is $$($(PYTHON) -V 2>&1 || echo missing); Python 3.11 or newer is needed; make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || \
	  { echo "error: $(PYTHON) cannot make an environment; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --compile -r requirements.txt
	@$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@python -m clv.reporting.front.plots_page
	@dvc config --local plots.html_template plots.html
	@touch $@

repro: $(STAMP) ## Run what is out of date, from raw data to the reports
	@python -m clv check
	@dvc repro

retrain: $(STAMP) ## Make a new run of new data, if one is due; DRY_RUN=1 only reports it, NOW=1 always, ACCEPT='RULE ...'
	@python -m clv retrain $(if $(DRY_RUN),--dry-run) $(if $(NOW),--now) $(if $(ACCEPT),--accept $(ACCEPT))

serve: $(STAMP) ## Serve what the last run made: the API and its pages, on http://127.0.0.1:8000
	@python -m clv serve

docs: $(STAMP) ## Build the manual as a site, in site/
	@NO_MKDOCS_2_WARNING=1 mkdocs build --quiet

keep: ## Keep the numbers of this run: what the next run is compared with
	@cp reports/metrics/summary.json reports/previous.json
	@echo "keep: reports/previous.json is this run now; commit it, add the new data, and call make repro"

test: $(STAMP) lint ## Run every check: lint, format, types, tests
	@python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# No cache: it does not notice that a module which others import has come or gone.
lint: $(STAMP)
	@ruff check --no-cache --quiet .
	@ruff format --quiet --check .
	@mypy --no-error-summary

check: $(STAMP) ## Rebuild HEAD in a clean clone, twice, and compare every byte
	@.ci/check

format: $(STAMP) ## Format the code and fix what ruff can fix
	@ruff format .
	@ruff check --fix .

lock: $(STAMP) ## Compile requirements.txt from pyproject.toml; UPGRADE=--upgrade takes the newest versions
	@python -m pip install --quiet uv
	@uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --no-header --quiet $(UPGRADE) --output-file requirements.txt

publish: $(STAMP) ## Send the reports of HEAD to the bucket; DRY_RUN=1 only lists, WITH_CONTACTS=1 takes lists of customers
	@$(PUBLISH)

push: $(STAMP) ## Send data and models to the DVC remote, and publish the reports
	@$(if $(DRY_RUN),dvc status --cloud,dvc push)
	@$(PUBLISH)

doctor: $(STAMP) ## Check what push and publish need, and name the fix
	@python -m clv doctor

# Without --auth-key it takes every signature, and browsers may read. It listens on this machine alone.
s3: $(STAMP) ## Serve a local S3 on port 9000, in .s3/, to try out push, pull and publish
	@mkdir -p .s3/clv-store
	@echo "serving s3://clv-store on http://127.0.0.1:9000; in another terminal:"
	@echo "  export AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local-secret"
	@echo "  export AWS_DEFAULT_REGION=us-east-1 AWS_RESPONSE_CHECKSUM_VALIDATION=when_required"
	@echo "  make push"
	@echo "then open http://127.0.0.1:9000/clv-store/reports/latest/index.html"
	@rclone serve s3 --addr 127.0.0.1:9000 .s3

clean: ## Remove the environment and the caches of tools, not the data
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
