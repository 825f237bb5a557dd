# Backstay. Two commands matter: `make demo` and `make test`; each sets itself up on a machine with Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
WORKERS ?= 2

.PHONY: demo test test-long bench check format schemas docs proofs clean help

help:
	@echo "make demo       the whole way on the embedded AWS, in under a minute"
	@echo "make test       every check: format, lint, types, walls, schemas, tests"
	@echo "make check      the checks without the tests"
	@echo "make test-long  the tests that take minutes"
	@echo "make docs       the pages of docs/ that follow from the code"
	@echo "make bench      the benchmarks, beside the peers that they name"

# One stamp per set-up: it is made again only when pyproject.toml changes.
$(VENV)/.demo: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[audit]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.demo
	@echo "setting up the test tools (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

# The stock AWS command line pins another botocore than we do, so it lives in an environment of its own.
$(PEERS)/awscli/.ready:
	@echo "setting up the stock AWS command line (once)"
	@$(PYTHON) -m venv $(PEERS)/awscli
	@$(PEERS)/awscli/bin/python -m pip install --quiet --disable-pip-version-check awscli
	@touch $@

# Microsoft's validator of SARIF, for one of the long tests. Without npm that test is left out.
SARIF_VALIDATOR := @microsoft/sarif-multitool-linux@5.7.0
NPM := $(shell command -v npm)
$(PEERS)/sarif-multitool/.ready:
ifeq ($(NPM),)
	@echo "!! npm is missing: Microsoft's validator of SARIF is left out"
else
	@echo "setting up Microsoft's validator of SARIF (once)"
	@mkdir -p $(PEERS)/sarif-multitool
	@npm install --silent --no-audit --no-fund --prefix $(PEERS)/sarif-multitool $(SARIF_VALIDATOR) && touch $@
endif

# NIST's OSCAL as IBM's compliance-trestle reads it, for one of the long tests; it pins what we do not.
$(PEERS)/oscal/.ready:
	@echo "setting up compliance-trestle (once)"
	@$(PYTHON) -m venv $(PEERS)/oscal
	@$(PEERS)/oscal/bin/python -m pip install --quiet --disable-pip-version-check 'compliance-trestle==5.2.0' && touch $@ || \
	  echo "!! compliance-trestle cannot be installed here: its test is left out"

# What lint is measured beside, from its own environment: it pins other versions than we do.
$(PEERS)/checkov/.ready:
	@echo "setting up checkov (once)"
	@$(PYTHON) -m venv $(PEERS)/checkov
	@$(PEERS)/checkov/bin/python -m pip install --quiet --disable-pip-version-check checkov && touch $@ || \
	  echo "!! checkov cannot be installed here: the benchmarks leave it out"

# What audits are measured beside, from its own environment: nothing of ours needs it.
$(PEERS)/polars/.ready:
	@echo "setting up Polars (once)"
	@$(PYTHON) -m venv $(PEERS)/polars
	@$(PEERS)/polars/bin/python -m pip install --quiet --disable-pip-version-check 'polars>=1.30,<3' && touch $@ || \
	  echo "!! Polars cannot be installed here: the benchmarks leave it out"

# moto's own tests of Backup and Organizations, from its source distribution, to be run against our server.
MOTO := 5.2.5
$(PEERS)/moto/.ready:
	@echo "setting up moto's own tests (once)"
	@$(PYTHON) -m venv $(PEERS)/moto
	@$(PEERS)/moto/bin/python -m pip install --quiet --disable-pip-version-check 'moto[all,server]==$(MOTO)' pytest freezegun
	@$(PEERS)/moto/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary moto \
	  --dest $(PEERS)/moto 'moto==$(MOTO)'
	@mkdir -p $(PEERS)/moto/suite
	@tar -xzf $(PEERS)/moto/moto-$(MOTO).tar.gz --strip-components=1 -C $(PEERS)/moto/suite && touch $@

# Clients of other people that read AWS Backup: their findings are one of the long tests.
$(PEERS)/custodian/.ready:
	@echo "setting up Cloud Custodian (once)"
	@$(PYTHON) -m venv $(PEERS)/custodian
	@$(PEERS)/custodian/bin/python -m pip install --quiet --disable-pip-version-check 'c7n==0.9.53' && touch $@

$(PEERS)/prowler/.ready:
	@echo "setting up Prowler (once; it is large)"
	@$(PYTHON) -m venv $(PEERS)/prowler
	@$(PEERS)/prowler/bin/python -m pip install --quiet --disable-pip-version-check 'prowler==5.46.0' && touch $@ || \
	  echo "!! Prowler cannot be installed here: its test is left out"

# The HTML report is opened in real Chromium. It is installed here where that may be done.
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.PHONY: chromium
chromium:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium (once)"; \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
	  echo "!! Chromium is missing and cannot be installed here (no root, or no apt-get):"; \
	  echo "!! the browser tests will fail; install a package 'chromium' and run again"; \
	fi
endif

# One of the walls around policy files. Where it cannot be had, the tests show that the others hold without it.
BWRAP := $(shell command -v bwrap)
.PHONY: bubblewrap
bubblewrap:
ifeq ($(BWRAP),)
	@if [ "$$(uname -s)" = Linux ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing bubblewrap (once)"; \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap >/dev/null || \
	  echo "!! bubblewrap could not be installed: its tests are left out"; \
	else \
	  echo "!! bubblewrap is missing and cannot be installed here (no Linux, no root, or no apt-get):"; \
	  echo "!! its tests are left out; install a package 'bubblewrap' to run them"; \
	fi
endif

# What the step that posts a review reads GitHub's answers with; the runners of GitHub have it.
JQ := $(shell command -v jq)
.PHONY: jq
jq:
ifeq ($(JQ),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing jq (once)"; \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq jq >/dev/null || \
	  echo "!! jq could not be installed: the tests of the posting step are left out"; \
	else \
	  echo "!! jq is missing and cannot be installed here (no root, or no apt-get):"; \
	  echo "!! the tests of the posting step are left out; install a package 'jq' to run them"; \
	fi
endif

demo: $(VENV)/.demo
	@$(BIN)/backstay demo

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m backstay_contract.schema --check

test: check $(PEERS)/awscli/.ready chromium bubblewrap jq
	$(BIN)/python -m pytest -m "not long" -n $(WORKERS) --dist loadfile

test-long: $(VENV)/.test $(PEERS)/awscli/.ready $(PEERS)/sarif-multitool/.ready $(PEERS)/moto/.ready \
  $(PEERS)/custodian/.ready $(PEERS)/prowler/.ready $(PEERS)/oscal/.ready chromium bubblewrap jq
	$(BIN)/python -m pytest -m "long" --durations=20
	BACKSTAY_EXAMPLES=new $(BIN)/python -m pytest -m "hypothesis and not long" -n $(WORKERS) --dist loadfile

bench: $(VENV)/.test $(PEERS)/checkov/.ready $(PEERS)/polars/.ready
	$(BIN)/python -m tests.benchmarks.run

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(VENV)/.test
	$(BIN)/python -m backstay_contract.schema

# The pages of docs/ that follow from the code; a test holds them in step.
docs: $(VENV)/.test
	@$(BIN)/python -m tests.local.proofs
	@$(BIN)/backstay rules --format markdown > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	@$(BIN)/backstay catalog --format markdown > docs/catalog.md.new && mv docs/catalog.md.new docs/catalog.md
	@$(BIN)/python -m backstay_local.operations tests/local/proofs.json > docs/operations.md.new && mv docs/operations.md.new docs/operations.md
	@$(BIN)/python -m backstay_agent.audit.tables.document > docs/audit-tables.md.new && mv docs/audit-tables.md.new docs/audit-tables.md
	@$(BIN)/python -m tests.precision

# Which test calls which operation of the embedded AWS, recorded anew; `make docs` does it when an operation is new.
proofs: $(VENV)/.test
	@$(BIN)/python -m tests.local.proofs --all

clean:
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
