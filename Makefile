# Each target builds what it needs on a machine with Python 3.11 and make; nothing is installed outside .venv.

VENV := .venv
BIN := $(VENV)/bin
CONFIG ?= config/monitor.yml
SOAK_MINUTES ?= 60
BENCH ?=
PROMETHEUS3 := github.com/prometheus/prometheus@v0.308.1
JSON_EXPORTER := github.com/prometheus-community/json_exporter@v0.7.0
OPERATOR := github.com/prometheus-operator/prometheus-operator@v0.85.0
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help demo run test fuzz soak bench check prometheus3 json-exporter operator format generate pictures clean

help:  ## Show the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.run  ## A simulated contact centre and the monitor on it
	$(BIN)/agentmon demo

run: $(VENV)/.run  ## The monitor on CONFIG (default config/monitor.yml)
	@test -f $(CONFIG) || { echo "$(CONFIG) is missing: copy config/monitor.example.yml and adapt it"; exit 1; }
	$(BIN)/agentmon run --config.file=$(CONFIG)

# Three workers on two cores: many tests wait for real servers. Hundreds start a command of their own, which takes longer
# where Python may not keep compiled modules. Measuring coverage makes the run half as long again, so only CI does it,
# where its floor is a gate.
test: $(VENV)/.dev  ## All tests (CI=true: with coverage, and no real part may be missing)
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n 3 --dist worksteal $(if $(CI),--cov --cov-report=term:skip-covered)

fuzz: $(VENV)/.dev  ## A minute of mutated payloads through every adapter
	$(BIN)/python tests/fuzz.py --seconds 60

soak: $(VENV)/.dev  ## SOAK_MINUTES (60) among failing vendors and many scrapers; fails if anything grows
	PYTHONPATH=tests $(BIN)/python -m soak --minutes $(SOAK_MINUTES)

bench: $(VENV)/.dev  ## Costs, latencies and memory against their budgets, beside other exporters (BENCH=--quick: rough)
	@! command -v go >/dev/null || $(MAKE) --no-print-directory json-exporter || echo "json_exporter is left out"
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(BENCH)

check: $(VENV)/.dev  ## Linters, types, import direction, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m monitor.reference --check
	$(BIN)/python grafana/generate.py --check

folder_of_module = $$(go mod download -json $(1) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')

prometheus3: .prometheus3/promtool  ## Prometheus 3, built with Go, on which the rules are tried as well

.prometheus3/promtool:
	go build -C "$(call folder_of_module,$(PROMETHEUS3))" \
		-tags remove_all_sd -o "$(CURDIR)/.prometheus3/" ./cmd/prometheus ./cmd/promtool

json-exporter: .json_exporter/json_exporter  ## prometheus-community's json_exporter, built with Go, for the bench

.json_exporter/json_exporter:
	go build -C "$(call folder_of_module,$(JSON_EXPORTER))" -o "$(CURDIR)/$@" .

operator: .operator/stamp  ## The schemas of the Prometheus operator, fetched with Go, that the Kubernetes manifests are held against

.operator/stamp:
	mkdir -p .operator
	install -m 644 "$(call folder_of_module,$(OPERATOR))"/example/prometheus-operator-crd/*.yaml .operator/
	@touch $@

format: $(VENV)/.dev  ## Format the code, mend what linters can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(VENV)/.dev  ## Write the generated files again
	$(BIN)/python -m monitor.reference
	$(BIN)/python grafana/generate.py

# Not generated files: they show a run, and no two runs are alike.
pictures: $(VENV)/.dev  ## New pictures of the dashboards (needs prometheus, chromium, node and npm)
	PYTHONPATH=tests $(BIN)/python tests/grafana/pictures.py

clean:  ## Remove what the targets built
	rm -rf $(VENV) .prometheus3 .json_exporter .operator tests/grafana/preview/node_modules tests/grafana/preview/build
	rm -rf .bench .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# pip of Python 3.11 knows no dependency groups yet, so it is renewed first. Each step leaves a stamp when it is done.
$(VENV)/.pip:
	@test -n "$(PYTHON)" || { echo "agentmon needs Python 3.11 or later; set PYTHON to one"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/.pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[speed]"
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@
