"""Write and verify: it gets there, says what did not, and disturbs what it should."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.access import InSeries, Transistors
from synaspice.circuits.crossbars.crosspoints.crossings import Conductances, DeviceCells, chord_conductance
from synaspice.circuits.crossbars.crosspoints.stepping import Pulses
from synaspice.circuits.crossbars.programming import write_verify
from synaspice.devices import VTEAM, ParameterError, UnknownNameError
from synaspice.devices.core.variability import Normal

SHAPE = (4, 3)
#: A memristor with a threshold of 0.6 V either way; a positive voltage lowers its conductance.
MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)
TARGET = np.random.default_rng(1).uniform(2e-6, 5e-5, SHAPE)
WRITE = Pulses(-1.0, 1.0, 2e-9)
CLOSE = {"tolerance": 0.01 * TARGET, "most": 60}


def cells(**variability):
    states = np.random.default_rng(2).uniform(0.1, 0.9, SHAPE)
    return DeviceCells.of(MEMRISTOR, SHAPE, initial_state=states, variability=variability, seed=1)


@pytest.mark.parametrize("selection", ["isolated", "half", "third"])
@pytest.mark.parametrize("resistance", [0.0, 20.0])
def test_every_cell_gets_to_its_target(selection, resistance):
    scattered = cells(resistance_on=Normal(0.05, relative=True))
    crossbar = Crossbar(scattered, resistance, resistance)
    done = write_verify(crossbar, TARGET, Pulses(-1.0, 1.0, 2e-9, selection), **CLOSE)
    assert done.failed == [] and np.all(done.reached)
    found = chord_conductance(done.crossbar.cells, 0.1)
    np.testing.assert_allclose(found, TARGET, rtol=0.01)
    np.testing.assert_array_equal(done.conductance, found)
    assert 1 < done.pulses.max() <= 60
    assert done.table()["reached"].all() and done.table().attrs["units"]["target"] == "S"


def test_verifying_in_the_array_makes_up_for_the_wires():
    crossbar = Crossbar(cells(), 200.0, 200.0)
    vector = np.full(SHAPE[0], 0.1)
    plain = write_verify(crossbar, TARGET, WRITE, **CLOSE).crossbar.output(vector)
    done = write_verify(crossbar, TARGET, WRITE, verify="array", **CLOSE)
    assert done.failed == []
    errors = [np.max(np.abs(current / (vector @ TARGET) - 1)) for current in (plain, done.crossbar.output(vector))]
    assert errors[0] > 0.03 > 0.01 > errors[1]


def test_what_cannot_be_reached_is_reported():
    target = TARGET.copy()
    target[1, 2], target[3, 0] = 2e-4, 1e-7  # beyond the resistances of 10 kohm and 1 Mohm
    done = write_verify(Crossbar(cells()), target, WRITE, **CLOSE)
    assert done.failed == [(1, 2), (3, 0)]
    assert np.count_nonzero(done.reached) == target.size - 2
    few = write_verify(Crossbar(cells()), TARGET, WRITE, tolerance=0.01 * TARGET, most=1)
    assert few.failed and few.pulses.max() == 1


def test_half_selected_cells_are_disturbed_above_the_threshold_alone():
    """Half of 1.0 V is below the threshold of 0.6 V, half of 1.6 V above; a third of it is not."""
    target = chord_conductance(cells(), 0.1)
    target[1, 1] *= 1.5
    start = cells().state("x")
    tolerance = np.ones(SHAPE)  # S: the others are left as the disturbance leaves them
    tolerance[1, 1] = 1e-7
    for voltage, selection, disturbed in ((1.0, "half", False), (1.6, "half", True), (1.6, "third", False)):
        pulses = Pulses(-voltage, voltage, 2e-10, selection)
        done = write_verify(Crossbar(cells()), target, pulses, tolerance=tolerance, most=1)
        moved = done.crossbar.cells.state("x") != start
        assert moved[1, 1]
        moved[1, 1] = False
        assert np.any(moved) == disturbed
        if disturbed:  # the cells of both lines and no others
            expected = np.zeros(SHAPE, dtype=bool)
            expected[1], expected[:, 1], expected[1, 1] = True, True, False
            np.testing.assert_array_equal(moved, expected)


def test_the_lines_carry_the_scheme():
    words, bits = Pulses(-1.0, 1.2, 1e-9, "third").line_voltages(1, 2, (3, 4), 1.2)
    across = words[:, np.newaxis] - bits
    assert across[1, 2] == pytest.approx(1.2)
    others = np.delete(np.abs(across).ravel(), 1 * 4 + 2)
    np.testing.assert_allclose(others, 0.4)


def test_cells_behind_transistors_are_programmed_with_them():
    crossbar = Crossbar(InSeries(cells(), Transistors(3e3, np.full(SHAPE[0], True), SHAPE[1])), 10.0, 10.0)
    done = write_verify(crossbar, TARGET, WRITE, **CLOSE)
    assert done.failed == []
    np.testing.assert_allclose(chord_conductance(done.crossbar.cells, 0.1), TARGET, rtol=0.01)


def test_noisy_pulses_get_there_too_and_repeat_with_their_seed():
    noisy = DeviceCells.of(MEMRISTOR.replace(cycle_to_cycle=0.02), SHAPE)
    arguments = {"tolerance": 0.05 * TARGET, "most": 200, "temperature": 300.0, "seed": 4}
    done = write_verify(Crossbar(noisy), TARGET, WRITE, **arguments)
    assert done.failed == []
    again = write_verify(Crossbar(noisy), TARGET, WRITE, **arguments)
    np.testing.assert_array_equal(done.conductance, again.conductance)
    np.testing.assert_array_equal(done.pulses, again.pulses)


def test_impossible_programming_is_refused():
    crossbar = Crossbar(cells())
    with pytest.raises(ParameterError, match="opposite signs"):
        Pulses(1.0, 1.0, 1e-9)
    with pytest.raises(ParameterError, match="duration"):
        Pulses(-1.0, 1.0, 0.0)
    with pytest.raises(ParameterError, match="shortening"):
        Pulses(-1.0, 1.0, 1e-9, shortening=0.0)
    with pytest.raises(UnknownNameError, match="third"):
        Pulses(-1.0, 1.0, 1e-9, "quarter")
    with pytest.raises(ParameterError, match="cells that are devices"):
        write_verify(Crossbar(Conductances(TARGET)), TARGET, WRITE, **CLOSE)
    with pytest.raises(ParameterError, match="target must be positive"):
        write_verify(crossbar, -TARGET, WRITE, **CLOSE)
    with pytest.raises(ParameterError, match="tolerance"):
        write_verify(crossbar, TARGET, WRITE, tolerance=0.0)
    with pytest.raises(ParameterError, match="most"):
        write_verify(crossbar, TARGET, WRITE, tolerance=1e-6, most=0)
    with pytest.raises(ParameterError, match="target must be one number or a matrix"):
        write_verify(crossbar, TARGET[:2], WRITE, tolerance=1e-6)
    with pytest.raises(UnknownNameError, match="array"):
        write_verify(crossbar, TARGET, WRITE, verify="eye", **CLOSE)
    with pytest.raises(ParameterError, match="floating line"):
        write_verify(Crossbar(cells(), 1.0, 1.0, [0, 0, np.inf, 0]), TARGET, WRITE, **CLOSE)
    with pytest.raises(ParameterError, match="isolated"):
        write_verify(crossbar, TARGET, Pulses(-1.0, 1.0, 1e-9, "half"), temperature=300.0, seed=1, **CLOSE)
