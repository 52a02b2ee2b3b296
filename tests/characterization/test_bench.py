"""A bench is declared once: by the signature of its function."""

from __future__ import annotations

import inspect
from typing import Annotated

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import hysteresis, iv, velocity
from synaspice.characterization.arguments import SWEPT, Argument, Choice, Names, Quantity, Range, Switch, Whole, Wholes
from synaspice.characterization.bench import BENCHES, bench, bench_page, suitable_benches
from synaspice.characterization.cells.bench import CELL_BENCHES, cell_bench, simulate
from synaspice.circuits.cells.building.cell import CELLS, Cell
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.devices import (
    MTJ,
    VTEAM,
    CompactModel,
    DuplicateNameError,
    ParameterError,
    PhaseChangeMemory,
    UnknownNameError,
)
from synaspice.devices.core.protocols import Sweep, Switching
from synaspice.figures import plot
from synaspice.figures.drawing import FIGURES, draws


@pytest.fixture
def spare():
    """Names that a test may register, and that are gone after it."""
    yield "spare"
    for registry in (BENCHES, CELL_BENCHES, FIGURES, CELLS):
        registry.items()
        for name in ("spare", "spare-cell", "spare-variant"):
            registry._items.pop(name, None)
            registry._origins.pop(name, None)


def measure(
    device: CompactModel,
    voltage: Annotated[float, Quantity("V", "voltage across the device", positive=True)],
    *,
    form: Annotated[str, Choice(("sine", "triangle"), "form")] = "sine",
    count: Annotated[int, Whole("number", 1, 9)] = 1,
    loud: Annotated[bool, Switch("whether loud")] = False,
) -> pd.DataFrame:
    """Measure something.

    Returns
    -------
    pandas.DataFrame
        One row.
    """
    table = pd.DataFrame({"voltage": [voltage * count]})
    table.attrs = {"bench": "spare", "device": device.model_name(), "units": {"voltage": "V"}}
    return table


def test_the_signature_is_the_bench(spare):
    function = bench(needs=(Switching,), name=spare)(measure)
    there = BENCHES[spare]
    assert there.summary == "Measure something" and there.engines == ("numeric",) and not there.resumable
    assert list(there.settings) == ["voltage", "form", "count", "loud"]
    assert there.settings["voltage"].required and there.settings["voltage"].option == "--voltage"
    assert inspect.signature(function) == inspect.signature(measure)
    assert "voltage : float\n    Voltage across the device [V].\n" in function.__doc__
    assert "count : int, optional\n    Number; default: 1.\n" in function.__doc__
    assert function.__doc__.index("Parameters") < function.__doc__.index("Returns")
    page = bench_page(there)
    assert "## `spare`" in page and "`--loud`" in page and "`Switching`" in page
    assert function(MTJ(), 0.5, count=3)["voltage"].item() == there(MTJ(), voltage=1.5)["voltage"].item()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"voltage": -1.0}, ParameterError, "the voltage must be positive"),
        ({"voltage": 1.0, "form": "sin"}, UnknownNameError, "unknown form 'sin'; did you mean 'sine'"),
        ({"voltage": 1.0, "count": 10}, ParameterError, "count must be at most 9"),
        ({"voltage": 1.0, "count": 1.5}, ParameterError, "count must be a whole number"),
        ({"voltage": 1.0, "loud": "yes"}, ParameterError, "loud must be True or False"),
        ({}, TypeError, "voltage"),
        ({"voltage": 1.0, "colour": 1}, TypeError, "colour"),
    ],
)
def test_arguments_are_checked_by_what_is_declared(spare, arguments, error, message):
    function = bench(name=spare)(measure)
    with pytest.raises(error, match=message):
        function(MTJ(), **arguments)


def test_a_bench_that_does_not_say_what_it_takes_or_has_a_taken_name_is_refused(spare):
    def silent(device: CompactModel, voltage: float = 1.0) -> pd.DataFrame: ...

    with pytest.raises(ParameterError, match="argument 'voltage' of .*silent does not say what it is"):
        bench(name=spare)(silent)
    bench(name=spare)(measure)

    def another(device: CompactModel) -> pd.DataFrame: ...

    with pytest.raises(DuplicateNameError, match="there is a bench 'spare' already"):
        bench(name=spare)(another)
    with pytest.raises(DuplicateNameError, match="there is a bench 'iv' already"):
        bench(name="iv")(measure)


def test_benches_suit_the_devices_that_offer_what_they_need(spare):
    bench(needs=(Switching,), name=spare)(measure)
    assert spare in suitable_benches(MTJ.preset("ikeda2010")) and spare not in suitable_benches(VTEAM())
    assert "write-error" in suitable_benches(MTJ.preset("ikeda2010")), "which its preset names"
    assert "write-error" not in suitable_benches(MTJ()), "as it is long"


def test_the_unit_of_what_is_swept_is_that_of_the_device(spare):
    junction = MTJ.preset("ikeda2010")
    loops = BENCHES["hysteresis"]
    assert [loops.unit_of("amplitude", junction, q) for q in (None, "voltage", "field")] == ["A", "V", "A/m"]
    assert loops.unit_of("amplitude", VTEAM()) == "V" and loops.unit_of("period", VTEAM()) == "s"

    def lost(device: CompactModel, size: Annotated[float, Quantity(SWEPT, "size")] = 1.0) -> pd.DataFrame: ...

    bench(name=spare)(lost)
    with pytest.raises(ParameterError, match="does not name the quantity"):
        BENCHES[spare].unit_of("size", junction)


@pytest.mark.parametrize(
    ("argument", "text", "value"),
    [
        (Quantity("V", "x"), "20mV", 0.02),
        (Range("V", "x"), "-1:1:3", [-1.0, 0.0, 1.0]),
        (Range("V", "x"), "1m,2 mV", [1e-3, 2e-3]),
        (Whole("x"), "12", 12),
        (Wholes("x"), "-3,2", [-3, 2]),
        (Argument("x"), "any", "any"),
    ],
)
def test_a_command_line_is_read_as_it_is_meant(argument, text, value):
    assert np.all(argument.parse(text, argument.unit) == np.array(value))


@pytest.mark.parametrize(
    ("argument", "text"), [(Range("V", "x"), "1:2"), (Range("V", "x"), "1:2:0"), (Whole("x"), "1.5")]
)
def test_what_cannot_be_read_is_refused(argument, text):
    with pytest.raises(ParameterError):
        argument.parse(text, argument.unit)


@pytest.mark.parametrize("argument", [Range("V", "x"), Range("V", "x", positive=True), Wholes("x"), Names("x")])
@pytest.mark.parametrize("none", [[], (), np.array([])])
def test_an_argument_of_several_values_refuses_none(argument, none):
    with pytest.raises(ParameterError, match=r"widths must be at least one .*, and there is none"):
        argument.check("widths", none)


def test_every_bench_here_is_described_for_people():
    for there in [*BENCHES.own().values(), *CELL_BENCHES.own().values()]:
        assert there.summary and len(there.summary) < 130
        assert all(setting.argument.what for setting in there.settings.values())
    for function in (iv, hysteresis, velocity):
        assert function.__doc__.count("Parameters\n----------") == 1


def test_a_derived_cell_shares_bench_and_figure_unless_it_has_its_own(spare):
    class SpareCell(Inverter):
        """An inverter by another name."""

    class SpareVariant(SpareCell):
        """One that has its own bench."""

    @cell_bench(SpareVariant)
    def bench_spare(cell: Cell) -> pd.DataFrame:
        """Nothing."""
        table = pd.DataFrame({"x": [1.0]})
        table.attrs = {"bench": "cell", "cell": cell.model_name(), "technology": "generic", "corner": "typical"}
        table.attrs |= {"temperature": 300.15}
        return table

    drawn = []

    @draws(SpareCell)
    def draw_spare(table, left, right):
        drawn.append(table)

    table = simulate(SpareVariant())
    assert table["x"].item() == 1.0
    assert plot(table) is not None and len(drawn) == 1
    from synaspice.characterization.cells.bench import bench_of_cell

    assert bench_of_cell(SpareCell) is CELL_BENCHES["inverter"]


def test_figures_are_found_by_the_name_of_the_bench(spare):
    with pytest.raises(UnknownNameError, match="unknown standard figure 'spare'"):
        plot(measure(MTJ(), 1.0))
    draws(spare)(lambda table, left, right: left.plot(table["voltage"]))
    assert plot(measure(MTJ(), 1.0)).axes[0].lines
    with pytest.raises(DuplicateNameError, match="a standard figure 'iv' already"):
        draws("iv")(lambda table, left, right: None)


def test_the_gallery_runs_what_a_bench_declares():
    junction, memristor = MTJ.preset("ikeda2010"), VTEAM()
    loops = BENCHES["hysteresis"].gallery
    assert list(loops(junction)) == ["hysteresis", "field-loop"]
    assert memristor.protocol(Sweep).waveform == "sine", "whose first cycle depends on where it starts"
    assert loops(memristor) == {"hysteresis": {"quantity": None, "cycles": 2}}
    assert loops(PhaseChangeMemory())["hysteresis"]["cycles"] == 2, "a triangle may begin elsewhere too"
    # A junction that a voltage writes suggests the field by itself: one loop of it.
    assert list(loops(MTJ.preset("kang2017"))) == ["hysteresis"]
    for name, there in BENCHES.own().items():
        if there.suits(junction):
            for arguments in there.gallery(junction).values():
                assert set(arguments) <= set(there.settings), name
