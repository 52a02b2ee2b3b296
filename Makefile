# Each target does its own set-up: system packages, virtual environment, Python packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready

.PHONY: demo test check bench docs format frameworks wheel-test clean setup ngspice-osdi

demo: setup  ## characterise every device and preset: tables, figures, netlists in out/
	$(BIN)/synaspice gallery -o out

test: setup  ## all tests
	$(BIN)/python -m pytest -n auto

check: setup  ## formatting, lint, stubs, import contracts, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python tools/stubs.py --check
	$(BIN)/python tools/import_cycles.py
	$(BIN)/python tools/typing_tree.py
	cd build/types && ../../$(BIN)/lint-imports ../../setup.cfg
	$(BIN)/mypy -p synaspice

wheel-test: setup  ## the wheel in an environment of its own: a selection of the tests
	sh tools/wheel-test.sh

bench: setup  ## every benchmark, in its quick form
	$(BIN)/python benchmarks/run_all.py --quick

docs: setup  ## HTML documentation in docs/_build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[docs]"
	$(BIN)/python tools/agreement_table.py docs/agreement.md
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build

ngspice-osdi: setup  ## an ngspice that loads native devices, from the distribution's source package into the user's cache
	@sh tools/build-ngspice-osdi.sh "$$($(BIN)/python -m synaspice.circuits.engine.osdi_library)"

frameworks: setup  ## PyTorch, JAX, Brian 2 and reservoirpy, for the tests of what is exported to them
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,frameworks]" -c tools/constraints.txt

format: setup  ## formatting, and the stubs in which public names and parameters stand
	$(BIN)/python tools/stubs.py
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(SETUP)
	@sh tools/install-ngspice.sh

$(SETUP): setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "python3 lacks the venv module: installing python3-venv"; \
	  sh tools/as-root.sh apt-get install -y -q python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip setuptools wheel
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@# its plots want pycairo, which wants cairo's headers; its solver does not
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps badcrossbar==1.1.0
	@touch $@

clean:
	rm -rf $(VENV) out build docs/_build docs/api docs/agreement.md
