# `make dev` runs the gateway, `make test` tests it; both install what they need.
# Needs python3 (3.11 or newer), make, and the network to the package registries.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
export PYTHONPATH := functions:.
# The CDK's command line and its Python library both look for `node` here.
export PATH := $(CURDIR)/$(BIN):$(PATH)
CDK := node node_modules/aws-cdk/bin/cdk
# The shell, not make, puts the values in: a quote in one of them stays a quote.
CDK_FLAGS = --no-notices --version-reporting=false -c "stage=$${STAGE:-dev}" \
  $${UPSTREAM_URL:+-c "upstream_url=$$UPSTREAM_URL"} \
  $${UPSTREAM_DIALECT:+-c "upstream_dialect=$$UPSTREAM_DIALECT"} \
  $${ALLOWED_ORIGINS:+-c "allowed_origins=$$ALLOWED_ORIGINS"} \
  $${ALARM_EMAIL:+-c "alarm_email=$$ALARM_EMAIL"} \
  $${DOMAIN:+-c "domain=$$DOMAIN"} $${CERTIFICATE:+-c "certificate=$$CERTIFICATE"}
export CDK_DISABLE_CLI_TELEMETRY := true
# Hypothesis draws these at random, so no branch may be covered by them alone.
LONG_TESTS := tests/reliability/simulation/test_machine.py tests/reliability/fuzz
# Twice the cores: some tests wait for a socket or a process.
export PYTEST_XDIST_AUTO_NUM_WORKERS := $(shell $(PYTHON) -c 'import os; print(min(8, 2 * os.cpu_count()))')
# pip and uv print only errors.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

define UNREACHABLE
The packages could not be installed: the message is above. Without a network or behind a proxy, set
HTTPS_PROXY, or another registry: PIP_INDEX_URL, UV_DEFAULT_INDEX, npm_config_registry.
endef
export UNREACHABLE
# One virtual environment from one lock file: $(call venv,DIRECTORY,LOCK).
define venv
	@$(PYTHON) -m venv --clear $(1)
	@$(UV) pip install --quiet --python $(1)/bin/python --require-hashes -r $(2) || { echo "$$UNREACHABLE" >&2; exit 1; }
	@touch $(1)/.installed
endef

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.installed: requirements/dev.txt package-lock.json
	@echo "[set-up] Python and Node packages into .venv and node_modules (once; hash-checked)" >&2
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.13 ...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear .venv
	@{ $(BIN)/pip install --quiet --quiet --retries 3 --require-hashes --only-binary :all: -r requirements/uv.txt && \
	  $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt && \
	  $(BIN)/npm ci --ignore-scripts --loglevel error --fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 2000 --no-audit --no-fund >/dev/null; } || { echo "$$UNREACHABLE" >&2; exit 1; }
	@touch $@

.venv-emulator/.installed: requirements/emulator.txt .venv/.installed
	@echo "[set-up] the emulator into .venv-emulator (once; hash-checked)" >&2
	$(call venv,.venv-emulator,requirements/emulator.txt)

.PHONY: setup
setup: .venv/.installed .venv-emulator/.installed ## Install everything (the other targets do it by themselves)

.PHONY: dev
dev: setup ## Run the gateway on this machine: [PORT=8080] [UPSTREAM_URL=... APP_ID=... APP_KEY=...] [UPSTREAM_DIALECT=v0.2]
	@exec $(BIN)/python -m local.dev

.PHONY: demo
demo: setup ## One verification through the whole gateway, shown as JSON; then stop
	@exec $(BIN)/python -m local.demo

.PHONY: synth
synth: .venv/.installed ## Synthesise the stack: STAGE=prod UPSTREAM_URL=https://... [ALLOWED_ORIGINS=...] [UPSTREAM_DIALECT=v0.2]
	@$(CDK) synth --quiet $(CDK_FLAGS)
	@echo "The template: cdk.out/liveness-gateway-$(or $(STAGE),dev).template.json; the functions' zips beside it"

.PHONY: bootstrap
bootstrap: .venv/.installed ## Prepare an AWS account and region for the CDK, once
	@place=$$($(BIN)/python -m cli.bootstrap) && mkdir -p .build/bootstrap && cd .build/bootstrap && \
	  node ../../node_modules/aws-cdk/bin/cdk bootstrap --no-notices "$$place"

.PHONY: deploy
deploy: .venv/.installed ## Deploy to AWS what stages/<stage>.toml says: STAGE=prod [UPSTREAM_URL=https://...] [ALLOWED_ORIGINS=...]
	@STAGE=$${STAGE:-dev} $(BIN)/python -m infra.stages
	@$(MAKE) --old-file=.venv/.installed ready STAGE=$${STAGE:-dev}
	@$(BIN)/python -m cli.destroy --leftovers --stage $${STAGE:-dev}
	@$(CDK) deploy $(CDK_FLAGS) --require-approval $$([ -t 0 ] && echo broadening || echo never)

.PHONY: ready
ready: .venv/.installed ## Ask the account whether a stage can be deployed, and change nothing: STAGE=prod
	@STAGE=$${STAGE:-dev} $(BIN)/python -m infra.bundling
	@$(BIN)/python -m cli.ready --stage $${STAGE:-dev} \
	  --reserved $$(STAGE=$${STAGE:-dev} $(BIN)/python -m infra.stages --show verify_concurrency)

.PHONY: diff
diff: .venv/.installed ## Say what a deployment would change, and change nothing: STAGE=prod
	@$(CDK) synth --quiet $(CDK_FLAGS)
	@$(BIN)/python -m cli.diff --stage $${STAGE:-dev} --template cdk.out/liveness-gateway-$${STAGE:-dev}.template.json

.PHONY: destroy
destroy: .venv/.installed ## Remove a stage from AWS, after asking: STAGE=dev [YES=1]
	@$(BIN)/python -m cli.destroy --stage $${STAGE:-dev} $(if $(YES),--yes)

.PHONY: redrive
redrive: .venv/.installed ## Announce again what is in the dead-letter queue: STAGE=prod [SINCE=...] [DRY_RUN=1]
	@$(BIN)/python -m cli.redrive --stage $(or $(STAGE),dev) $(if $(SINCE),--since $(SINCE)) $(if $(DRY_RUN),--dry-run)

.PHONY: check
check: .venv/.installed ## Lint, types, import contracts, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.contracts --check
	@$(BIN)/python -m tests.oracles

.PHONY: fmt
fmt: .venv/.installed ## Format and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: contracts
contracts: .venv/.installed ## Write the generated contracts and docs/errors.md
	@$(BIN)/python -m tools.contracts

.PHONY: browser
browser: .venv/.installed ## Find a Chromium for the browser tests, or install one
	@$(BIN)/python -m tests.browser.install

.PHONY: test
test: setup browser check ## Everything CI runs
	@echo "[1/3] units, adapters, API, every fault, contracts, infrastructure, local tools: every branch of functions/"
	@$(BIN)/pytest -m "not e2e and not browser" -n auto --cov --cov-report=term-missing $(addprefix --ignore=,$(LONG_TESTS))
	@echo "[2/3] the state machine, fuzzing"
	@$(BIN)/pytest -m "not e2e and not browser" -n auto $(LONG_TESTS)
	@echo "[3/3] the deployed stack: real clients, browser, killed processes"
	@$(BIN)/pytest -m "e2e or browser" -n 2 --dist loadgroup --no-loadscope-reorder tests/e2e tests/reliability/kill tests/browser

.PHONY: unit
unit: .venv/.installed ## The fast tests only
	@$(BIN)/pytest -m "not e2e and not browser" -n auto -q $(addprefix --ignore=,$(LONG_TESTS))

.PHONY: reliability
reliability: .venv/.installed ## Run every fault and write the table of docs/reliability.md
	@$(BIN)/python -m tests.reliability.fault_injection

.PHONY: load
load: setup ## Load the gateway until it refuses; write figures and chart of docs/reliability.md
	@$(BIN)/python -m tests.reliability.load

.venv-bench/.installed: requirements/bench.txt .venv/.installed
	@echo "[set-up] the peers into .venv-bench (once; hash-checked)" >&2
	$(call venv,.venv-bench,requirements/bench.txt)

.PHONY: bench
bench: setup .venv-bench/.installed ## Count and compare: our function, FastAPI, Flask, Chalice, Powertools; write docs/performance.md
	@$(BIN)/python -m bench

.PHONY: mutants
mutants: .venv/.installed ## Test the tests: every fault planted in a copy of the code must be noticed
	@$(BIN)/python -m mutants

.PHONY: soak
soak: .venv/.installed ## The long run of the state machine and the fuzzers
	@SOAK=1 $(BIN)/pytest tests/reliability/simulation tests/reliability/fuzz tests/unit/pictures/test_fuzz.py -n auto --dist worksteal

.venv-audit/.installed: requirements/audit.txt .venv/.installed
	@echo "[set-up] the auditors into .venv-audit (once; hash-checked)" >&2
	$(call venv,.venv-audit,requirements/audit.txt)

.PHONY: sbom
sbom: .venv-audit/.installed ## A bill of materials (CycloneDX) of each function's libraries, into .build/sbom
	@mkdir -p .build/sbom
	@for lock in functions verify; do \
	  .venv-audit/bin/cyclonedx-py requirements --output-reproducible --of JSON \
	    -o .build/sbom/$$lock.cdx.json requirements/$$lock.txt; \
	  echo ".build/sbom/$$lock.cdx.json"; done

.PHONY: audit
audit: sbom ## Ask for known vulnerabilities of everything that is locked
	@for lock in requirements/*.txt; do echo "$$lock" >&2; \
	  .venv-audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock; done
	@echo package-lock.json >&2
	@$(BIN)/npm audit --package-lock-only

.PHONY: lock
lock: .venv/.installed ## Write the lock files anew (no download address is recorded)
	@for lock in "pyproject.toml -o requirements/functions.txt" \
	  "-c requirements/functions.txt pyproject.toml --extra verify -o requirements/verify.txt" \
	  "-c requirements/verify.txt pyproject.toml --extra verify --group dev -o requirements/dev.txt" \
	  "-c requirements/dev.txt --group uv -o requirements/uv.txt" \
	  "-c requirements/dev.txt --group audit -o requirements/audit.txt" \
	  "-c requirements/verify.txt pyproject.toml --extra verify --group bench -o requirements/bench.txt" \
	  "--group emulator -o requirements/emulator.txt"; do \
	  $(UV) pip compile --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
	    --custom-compile-command "make lock" $$lock; done
	@$(BIN)/npm install --ignore-scripts --package-lock-only --omit-lockfile-registry-resolved --silent
