"""The worked examples of CONTRIBUTING.md: one file each, within the package and in a package of somebody else's."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import worked_examples

from synaspice.characterization import hysteresis, iv, read_table
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.cells.bench import CELL_BENCHES
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.cmos import TECHNOLOGIES
from synaspice.circuits.engine.analyses import OperatingPoint
from synaspice.circuits.engine.ngspice import run
from synaspice.devices import Pulse
from synaspice.devices.catalog import models
from synaspice.devices.core.base import MODELS
from synaspice.devices.language.presets.preset_folders import PRESETS
from synaspice.devices.targets.formats import FORMATS
from synaspice.devices.targets.frameworks.framework import FRAMEWORKS
from synaspice.figures.drawing import FIGURES

DEVICE = "devices/models/memristors/leaky_memristor.py"


@pytest.fixture(scope="module")
def example():
    code = worked_examples.examples()[DEVICE]
    assert len([line for line in code.splitlines() if line.strip()]) < 40
    scope: dict = {"__name__": "worked_example"}
    exec(compile(code, "CONTRIBUTING.md", "exec"), scope)
    yield scope["LeakyMemristor"]
    MODELS._items.pop("leaky-memristor")


def test_it_is_known_by_its_name(example):
    assert models()["leaky-memristor"] is example


def test_it_follows_its_closed_form(example):
    device = example(drift=1e5)
    table = device.simulate(0.5, 3e-5)
    # dx/dt = k v - x / tau from 0: x = k v tau (1 - exp(-t / tau))
    exact = 1e5 * 0.5 * 1e-5 * (1 - np.exp(-table["time"] / 1e-5))
    # the error of ten local steps at the default tolerance of 1e-9
    assert np.max(np.abs(table["x"] - exact)) < 1e-8


def test_its_state_stays_in_its_bounds(example):
    table = example(drift=1e7).simulate(Pulse(0.0, 1.0, width=1e-5), 3e-5)
    assert table["x"].max() > 0.98
    assert table["x"].between(0, 1).all()


@pytest.mark.ngspice
def test_both_engines_agree(example):
    device = example(initial_state=0.3)
    numeric, spice = iv(device), iv(device, engine="ngspice")
    np.testing.assert_allclose(numeric["current"], spice["current"], rtol=1e-9, atol=1e-20)
    loops = [hysteresis(device, amplitude=1.0, period=2e-5, engine=engine) for engine in ("numeric", "ngspice")]
    # What is promised for states at ngspice's default tolerances; where the state runs into its bound they cost 2e-3.
    assert np.max(np.abs(loops[0]["x"] - loops[1]["x"])) < 1e-2


# --- every example where it belongs, and in another package ---------------------------------


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    place = worked_examples.inside(tmp_path_factory.mktemp("inside"))
    yield place
    place.close()


@pytest.fixture(scope="module", params=["inside", "outside"])
def place(request, tmp_path_factory):
    if request.param == "inside":
        yield request.getfixturevalue("inside")
    else:
        place = worked_examples.outside(tmp_path_factory.mktemp("outside"))
        yield place
        place.close()


MADE = "from synaspice.devices.catalog import find_model; device = find_model('leaky-memristor').preset('doe2025');"


def test_the_device_and_its_preset(place):
    assert place.python(MADE + "print(repr(device), device.conductance_on, device.source_of('decay_time'))") == (
        "LeakyMemristor.preset('doe2025') 0.0002 short enough to see in a loop"
    )
    listed, parameters, _ = place.shell(
        "devices",
        "parameters leaky-memristor --preset doe2025",
        "characterize leaky-memristor hysteresis --preset doe2025 -o loop.csv",
    )
    assert "leaky-memristor\n    Memristor whose state" in listed and "doe2025 " in listed
    assert "conductance_on = 200 µS" in parameters
    table = pd.read_csv(place.folder / "loop.csv", comment="#")
    assert 0.5 < table["x"].max() <= 1 and table["voltage"].max() == pytest.approx(1.0, rel=1e-3)


def test_the_technology(place):
    listed, cell = place.shell("formats", "export inverter --technology textbook --corner slow")
    assert "textbook     Square-law" in listed
    assert ".model textbook_nmos nmos level=1 vto=0.8 " in cell


@pytest.mark.ngspice
def test_the_cell_in_the_technology(place):
    listed, cell = place.shell("cells", "export read-out --technology textbook")
    assert "read-out\n    Memristor in series" in listed
    found = "from synaspice.circuits.cells.building.cell import CELLS"
    code = f"{found}; print(CELLS['read-out'](technology='textbook').netlist())"
    assert place.python(code) == cell.strip()
    assert re.search(r"^\.subckt read_out (.*?)(?: params:.*)?$", cell, re.M).group(1) == "gate output supply ground"
    for gate, expected in ((0.0, 0.0), (3.3, 3.3)):
        # shut: no current, the middle node is high, the inverter's output low; open: it pulls the middle node down
        deck = ["* read-out", cell, "V1 supply 0 3.3", f"V2 gate 0 {gate}", "X1 gate output supply 0 read_out"]
        found = run("\n".join(deck), OperatingPoint())
        assert found["v(output)"].item() == pytest.approx(expected, abs=0.1)


@pytest.mark.ngspice
def test_the_bench_of_the_cell_and_its_figure(place):
    (shown,) = place.shell("simulate read-out --help")
    assert "--points INTEGER" in shown and "Points of the transfer curve; default: 21." in shown
    place.shell("simulate read-out --technology textbook --points 12 -o read-out.csv --plot read-out.png")
    (spent,) = place.shell("costs read-out --technology textbook")
    assert "read-out: no costs: its bench measures none (costs= of cell_table)" in spent
    table = read_table(place.folder / "read-out.csv")
    assert len(table) == 12 and table.attrs["works"] and table.attrs["technology"] == "textbook"
    assert table["output"].iloc[-1] == pytest.approx(3.3, abs=0.1)
    assert (place.folder / "read-out.png").read_bytes().startswith(b"\x89PNG")


def test_the_bench_and_its_figure(place):
    suitable, shown, _ = place.shell(
        "characterize leaky-memristor --help",
        "characterize leaky-memristor forgetting --help",
        "characterize leaky-memristor forgetting --preset doe2025 --set initial_state=0.8 --duration 6u --points 31 "
        "-o forgetting.csv --plot forgetting.svg",
    )
    assert re.search("^  forgetting +Watch the states change by themselves", suitable, re.M)
    assert "--duration NUMBER" in shown and "How long to watch [s]; default: ten time scales." in shown
    table = read_table(place.folder / "forgetting.csv")
    # without a voltage x decays with the preset's time constant of 2 us
    assert np.max(np.abs(table["x"] - 0.8 * np.exp(-table["time"] / 2e-6))) < 1e-6
    assert "<svg" in (place.folder / "forgetting.svg").read_text()
    refused = place.run("-m", "synaspice", "characterize", "leaky-memristor", "forgetting", "--duration", "1V")
    assert refused.returncode == 2 and "--duration: '1V' ends in 'V', but the unit 's' is expected" in refused.stderr
    code = (
        "from synaspice.characterization.bench import suitable_benches as found; print('forgetting' in found(device))"
    )
    assert place.python(MADE + code) == "True"


def test_the_dialect(place):
    code = (
        "from synaspice.devices.library import write_library;"
        "print(device.netlist(), device.netlist('in-house'), write_library({'one': device}, 'in-house'), sep='@')"
    )
    ours, theirs, library = place.python(MADE + code).split("@")
    body = [line for line in ours.splitlines() if not line.startswith("*")]
    assert body == [line for line in theirs.splitlines() if not line.startswith("**")]
    assert "** Generated for in-house SPICE" in theirs
    assert library.startswith("** Library of 1 subcircuits for in-house")
    place.shell("export leaky-memristor --preset doe2025 --format in-house -o leaky.inc")
    assert (place.folder / "leaky.inc").read_text() == theirs
    assert '.include "leaky.inc"' in (place.folder / "leaky-test.ckt").read_text()


def test_the_other_format(place):
    (text,) = place.shell("export leaky-memristor --preset doe2025 --format parameters")
    assert text.strip() == place.python(MADE + "print(device.netlist('parameters'))")
    assert "conductance_on,0.0002,S,conductance at x = 1,assumed,twice the default" in text
    refused = (
        "from synaspice.devices import UnknownNameError\n"
        "try: device.subcircuit(dialect='parameters')\n"
        "except UnknownNameError as error: print(error)"
    )
    assert "unknown netlist dialect 'parameters'" in place.python(MADE + "\n" + refused)


def test_the_framework(place):
    code = (
        "from scipy.integrate import solve_ivp;"
        "made = device.replace(drift=1e5).to('scipy', lambda time: 0.5);"
        "print(solve_ivp(made, (0, 1e-6), [0.0], rtol=1e-9, atol=1e-12).y[0, -1])"
    )
    # the closed form above, with the preset's decay time of 2 us
    assert float(place.python(MADE + code)) == pytest.approx(1e5 * 0.5 * 2e-6 * (1 - np.exp(-0.5)), rel=1e-7)
    (listed,) = place.shell("formats")
    assert "scipy        The rates of a device's states" in listed


def test_within_the_package_classes_get_their_public_names(inside):
    code = (
        "from synaspice import LeakyMemristor as a; from synaspice.devices import LeakyMemristor as b;"
        "from synaspice.circuits import ReadOut; print(a is b, ReadOut.__module__)"
    )
    assert inside.python(code) == "True synaspice.circuits.cells.logic.read_out"


def test_every_group_of_entry_points_is_shown():
    """A registry that nobody can read about is open to nobody."""
    text = (worked_examples.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    registries = (MODELS, PRESETS, CELLS, BENCHES, CELL_BENCHES, FIGURES, TECHNOLOGIES, FORMATS, FRAMEWORKS)
    assert [registry.group for registry in registries if f'entry-points."{registry.group}"' not in text] == []
