# Each target does its own set-up: system packages, virtual environment, Python packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready
TESTS := $(VENV)/.tests
CHECKS := $(VENV)/.checks
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What tools would keep in the user's home stays in the clone, where "make clean" finds it.
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export MPLCONFIGDIR ?= $(CURDIR)/.cache/matplotlib
# Compiled modules are kept, in the clone: the tests start some thousand programs.
unexport PYTHONDONTWRITEBYTECODE

# Several processes at once share the cores: threads of linear algebra would wait for each other.
test coverage docs: export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test coverage check bench docs format frameworks fuzz mutation wheel-test wheel-oldest oldest clean setup ngspice-osdi

demo: setup  ## characterise every device and preset: a page, tables, figures, netlists in out/
	$(BIN)/synaspice gallery -o out

test: $(TESTS)  ## all tests
	$(BIN)/python -m pytest -n auto --dist worksteal

coverage: $(TESTS)  ## all tests, with the lines that they run; compiled loops and other processes are not seen
	$(PIP) pytest-cov
	$(BIN)/python -m pytest -n auto --dist worksteal --cov=synaspice --cov-report=term:skip-covered

check: $(CHECKS)  ## formatting, lint, stubs, import contracts, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python tools/stubs.py --check
	$(BIN)/python tools/notebooks.py --check
	$(BIN)/python tools/import_cycles.py
	$(BIN)/python tools/typing_tree.py
	cd build/types && ../../$(BIN)/lint-imports ../../setup.cfg
	$(BIN)/mypy -p synaspice

fuzz: $(TESTS)  ## random input for whatever reads what a user wrote: some hours; FUZZ="--seed 7 --commands 100" for less
	nice $(BIN)/python tools/fuzz.py $(FUZZ)

mutation: $(TESTS)  ## changes of the laws in devices/physics, which a test must notice: half an hour; MUTATION="tunnelling" for one module
	nice $(BIN)/python tools/mutation.py $(MUTATION)

wheel-test: $(TESTS)  ## the wheel in an environment of its own: a selection of the tests
	PYTHON=$(PYTHON) sh tools/wheel-test.sh

wheel-oldest: $(TESTS)  ## the same with the oldest dependencies that setup.cfg allows
	PYTHON=$(PYTHON) sh tools/wheel-test.sh --oldest

oldest: $(TESTS)  ## an environment of the oldest versions that setup.cfg allows: the tests that are not slow
	PYTHON=$(PYTHON) sh tools/oldest.sh

bench: $(TESTS)  ## every benchmark, in its quick form; docs/accuracy/speed.md
	$(BIN)/python benchmarks/run_all.py --quick --page docs/accuracy/speed.md

docs: setup  ## HTML documentation in docs/_build; what has not changed is kept
	$(PIP) -e . --group docs
	$(BIN)/python tools/documentation.py

ngspice-osdi: setup  ## where ngspice loads no native devices, one that does: the distribution's source, in the user's cache
	@$(BIN)/python -c "from synaspice.circuits.engine.osdi_library import find_osdi_library as find; print(find())" 2>/dev/null || \
	  sh tools/build-ngspice-osdi.sh "$$($(BIN)/python -m synaspice.circuits.engine.osdi_library)"

frameworks: $(TESTS)  ## PyTorch, JAX, Brian 2 and reservoirpy, for the tests of what is exported to them
	$(PIP) -e ".[frameworks]" -c tools/constraints.txt

format: $(CHECKS)  ## formatting, and the stubs in which public names and parameters stand
	$(BIN)/python tools/stubs.py
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(SETUP)
	@sh tools/install-ngspice.sh

$(SETUP): setup.cfg pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -c "import ensurepip" 2>/dev/null || sh tools/apt-install.sh $(notdir $(PYTHON))-venv
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) -e ".[ngspice]"
	@touch $@

$(TESTS): $(SETUP) tools/install_peers.py tools/install-compiler.sh
	@sh tools/install-ngspice.sh
	@sh tools/install-compiler.sh
	$(PIP) -e . --group test
	@$(BIN)/python tools/install_peers.py
	@touch $@

$(CHECKS): $(TESTS)
	$(PIP) -e . --group dev
	@touch $@

clean:  ## everything that the targets above made, here and in the user's cache; what apt installed stays
	@[ ! -x $(BIN)/synaspice ] || $(BIN)/synaspice cache --clear
	rm -rf $(VENV) .cache out build docs/_build docs/api docs/devices docs/cells docs/accuracy/agreement.md docs/accuracy/published.md docs/accuracy/reliability-table.md docs/project/licences.md docs/guides/characterise/bench-options.md docs/accuracy/checks.md docs/accuracy/checks-*.md *.egg-info
	rm -rf .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
