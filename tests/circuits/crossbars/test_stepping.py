"""Pulses that grow, and gates that limit the current: abrupt filaments behind transistors get to their targets."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.access import InSeries, SquareLawTransistors, Transistors
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.crossbars.crosspoints.stepping import REASONS, Course, Gate, Pulses
from synaspice.circuits.crossbars.programming import write_verify
from synaspice.devices import VTEAM, ParameterError, StanfordRRAM

FILAMENT = StanfordRRAM.preset("jiang2014")


def array(n, on_resistance, wire=0.0):
    cells = InSeries(DeviceCells.of(FILAMENT, (n, n)), Transistors(on_resistance, np.ones(n, bool), n))
    return Crossbar(cells, wire, wire)


def test_growing_pulses_program_abrupt_filaments_and_the_rest_has_its_reason():
    """Of pulses of one size 55 in 64 of these cells fail; growing ones reach what 4 V can drive through 5 kohm."""
    target = np.random.default_rng(1).uniform(1e-5, 4e-5, (3, 3))
    # A filament that has set itself is at its threshold of 1.1 to 1.4 V, and the transistor takes the rest of 4 V:
    # 90 uS would need more current. No filament of this model conducts 10 mS.
    target[1, 2], target[2, 0] = 9e-5, 1e-2
    pulses = Pulses(1.2, -1.0, 1e-8, step=0.2, largest=4.0)
    done = write_verify(array(3, 5e3, wire=2.0), target, pulses, tolerance=1e-6, most=60)
    assert done.failed == [(1, 2), (2, 0)]
    assert done.reasons[1, 2] == REASONS["voltage"] and done.reasons[2, 0] == REASONS["range"]
    assert (done.reasons == "").sum() == 7 and done.table()["reason"].iloc[5] == REASONS["voltage"]
    assert done.conductance[1, 2] == pytest.approx(41e-6, rel=0.02)  # as the documentation says
    within = np.abs(done.conductance - target)[done.reached]
    assert within.max() <= 1e-6
    fixed = write_verify(array(3, 5e3, wire=2.0), target, Pulses(2.5, -2.5, 1e-8), tolerance=1e-6, most=20)
    assert len(fixed.failed) > 6 and set(fixed.reasons[~fixed.reached]) <= set(REASONS.values())


def test_a_gate_that_opens_step_by_step_limits_the_current_of_the_set():
    target = np.array([[2e-5, 3e-5], [3.5e-5, 4.5e-5]])
    gate = Gate(full=3.0, threshold=0.5, start=0.9, step=0.1)
    pulses = Pulses(4.0, -1.0, 1e-8, step=0.1, largest=4.0, gate=gate)
    done = write_verify(array(2, 1e3), target, pulses, tolerance=3e-6, most=60)
    assert done.failed == []
    # At once with the gate fully on, 4 V set all of them far beyond their targets.
    once = write_verify(array(2, 1e3), target, Pulses(4.0, -1.0, 1e-8), tolerance=3e-6, most=1)
    assert (once.conductance > 1.5 * target).all()


def test_a_transistor_of_the_square_law():
    gate = Gate(full=2.5, threshold=0.5, start=1.0, step=0.1)
    gates = np.array([[2.5, 1.0, 0.4]])
    access = gate.transistors(Transistors(1e3, np.array([True]), 3), gates)
    assert isinstance(access, SquareLawTransistors) and access.shape == (1, 3) and access.ohmic is None
    _, slope = access.current(np.zeros((1, 3)))
    assert slope[0, 0] == pytest.approx(1e-3) and slope[0, 2] == 0
    current, slope = access.current(np.full((1, 3), 5.0))
    # (V_g - V_t)^2 / (2 R_on (V_full - V_t)): 1 mA fully on, a sixteenth at a quarter of the overdrive, none below V_t.
    assert current[0] == pytest.approx([1e-3, 6.25e-5, 0.0]) and not slope.any()
    assert access.most_current[0] == pytest.approx(current[0])
    np.testing.assert_allclose(access.current(np.full((1, 3), -0.3))[0], -access.current(np.full((1, 3), 0.3))[0])
    volts = np.full((1, 3), 0.2)
    assert (access.current(volts + 1e-6)[0] - access.current(volts - 1e-6)[0]) / 2e-6 == pytest.approx(
        access.current(volts)[1], abs=1e-12
    )


def test_sizes_grow_turn_back_by_a_step_and_grow_by_half_of_it():
    course = Course(Pulses(1.0, -0.8, 1e-8, step=0.2, largest=1.5), (1, 1))
    due, sizes = np.array([[True]]), []
    for direction in (1, 1, 1, 1, -1, -1, 1, 1):
        course.turn(np.array([[float(direction)]]), due)
        sizes.append(round(float(course.voltages[0, 0]), 3))
    assert sizes == [1.0, 1.2, 1.4, 1.5, -0.8, -1.0, 1.3, 1.4]
    assert course.lengths[0, 0] == 1e-8
    # The gate goes first; after a turn it is a step lower, and its steps are halved.
    gate = Gate(full=1.4, threshold=0.5, start=1.0, step=0.2)
    course = Course(Pulses(1.0, -0.8, 1e-8, step=0.2, gate=gate), (1, 1))
    seen = []
    for direction in (1, 1, 1, 1, -1, 1, 1):
        course.turn(np.array([[float(direction)]]), due)
        seen.append((round(float(course.gates[0, 0]), 3), round(float(course.voltages[0, 0]), 3)))
    assert seen == [(1.0, 1.0), (1.2, 1.0), (1.4, 1.0), (1.4, 1.2), (1.4, -0.8), (1.2, 1.0), (1.3, 1.0)]


def test_impossible_steps_are_refused():
    with pytest.raises(ParameterError, match="step must be finite"):
        Pulses(1.0, -1.0, 1e-8, step=-0.1)
    with pytest.raises(ParameterError, match="largest must be finite and no less"):
        Pulses(1.0, -1.2, 1e-8, step=0.1, largest=1.1)
    with pytest.raises(ParameterError, match="threshold < start <= full"):
        Gate(full=1.0, threshold=0.5, start=0.4, step=0.1)
    gate = Gate(full=1.0, threshold=0.4, start=0.5, step=0.1)
    with pytest.raises(ParameterError, match="isolated"):
        Pulses(1.0, -1.0, 1e-8, "half", gate=gate)
    bare = Crossbar(DeviceCells.of(VTEAM(), (2, 2)))
    with pytest.raises(ParameterError, match="cells behind transistors"):
        write_verify(bare, 1e-3, Pulses(-1.0, 1.0, 1e-9, gate=gate), tolerance=1e-4)
