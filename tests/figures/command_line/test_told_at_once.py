"""What is refused, or told, before any work: volatile devices, symbols of other simulators, long decks."""

from __future__ import annotations

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization.benches.crossbars.array_disturb import array_disturb
from synaspice.characterization.benches.memristors.half_select import half_select
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells, chord_conductance
from synaspice.circuits.crossbars.crosspoints.faults import FaultMap, with_faults
from synaspice.devices import VTEAM, MottSwitch, ParameterError
from synaspice.figures.command_line.exports import exporting_several


@pytest.mark.parametrize("program", ["aihwkit", "crosssim", "neurosim", "nvsim-cell"])
def test_a_volatile_device_is_no_weight(program):
    with pytest.raises(ParameterError, match="mott-switch is volatile"):
        MottSwitch().netlist(program)
    with pytest.raises(ParameterError, match="vteam has no two states of different conductance at 0.1 V"):
        VTEAM(resistance_on=1e4, resistance_off=1.0001e4).netlist(program)


@pytest.mark.parametrize(
    ("symbol", "dialect", "takes"), [("kicad", "spectre", "ngspice"), ("ltspice", "xyce", "ltspice")]
)
def test_a_symbol_is_for_the_netlist_of_its_simulator(symbol, dialect, takes, tmp_path):
    where = tmp_path / "vteam.net"
    ended = synaspice("export", "vteam", "--format", dialect, "--symbol", symbol, "-o", where)
    assert ended.returncode and f"take --format {takes}" in " ".join(ended.stderr.split()) and not where.exists()


def test_the_run_of_a_deck_s_bench_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting_several, "expected_with_error", lambda cell: (1.0, None))
    ended = synaspice("export", "inverter", "-o", tmp_path / "a.sub")
    assert ended.returncode == 0 and "--no-deck leaves it out" in " ".join(ended.stderr.split())


@pytest.mark.parametrize("bench", [array_disturb, half_select])
@pytest.mark.parametrize(("volts", "word"), [((0.4, None), "raise"), ((-0.4, -0.4), "lower")])
def test_writes_of_the_wrong_sign_are_refused(bench, volts, word):
    with pytest.raises(ParameterError, match=f"does not {word} the conductance"):
        bench(VTEAM(), amplitude=volts[0], depression=volts[1], width=1e-8)


def test_stuck_cells_keep_their_conductance_whatever_is_programmed():
    faults = FaultMap.of((2, 2), open=[(0, 0)], on=[(1, 1)])
    cells = with_faults(DeviceCells.of(VTEAM(), (2, 2)), faults, on_conductance=1e-2)
    free = 2e-3
    found = chord_conductance(cells.with_conductance(np.full((2, 2), free)), 0.0)
    np.testing.assert_allclose(found, [[0.0, free], [free, 1e-2]], rtol=1e-9)
    with pytest.raises(ParameterError, match=r"conductance\[0, 1\] .* outside the range"):
        cells.with_conductance(np.full((2, 2), 1.0))


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--corners"], "corners are of cells"), (["--mismatch"], "mismatch is of"), ([], '--measure "max current"')],
)
def test_a_sweep_of_a_device_tells_first_what_a_device_has_not(options, told):
    ended = synaspice("sweep", "mtj", "iv", "--sweep", "tmr=1,2", *options)
    assert ended.returncode and told in " ".join(ended.stderr.split())
