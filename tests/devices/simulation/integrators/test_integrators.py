"""Compiled integrators against the scalar functions, the waveforms and SciPy's integrators that they stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspice.devices import (
    DC,
    MTJ,
    VTEAM,
    AutoOscillator,
    DomainWallMagnet,
    LinearIonDrift,
    ParameterError,
    PhaseChangeMemory,
    PiecewiseLinear,
    Pulse,
    SimulationError,
    Sine,
    StanfordRRAM,
    Triangle,
    VortexOscillator,
    Waveform,
)
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.simulation.integrators import compiled_loops, compiled_trajectory
from synaspice.devices.simulation.integrators.drives import numbers_of
from synaspice.devices.simulation.integrators.loops import driven
from synaspice.devices.simulation.integrators.machine_code import machine_code
from synaspice.devices.simulation.machine.kinds import F64, I64, Array
from synaspice.devices.simulation.machine.program import compiled_function
from synaspice.devices.simulation.trajectories import trajectory

VALUE_AT = compiled_function(driven.value_at, Array(F64), I64, F64, F64)
TILTED = MTJ(initial_polar_angle=0.5, initial_azimuth=0.3)
MEMRISTOR = LinearIonDrift(mobility=1e-12, window="joglekar", window_exponent=2.0)


# --- machine code ---------------------------------------------------------------------------------


def _codes():
    for name in sorted(MODELS.own()):
        needed = ["rates", "conduction"]
        if compiled_trajectory.is_implicit(MODELS[name]()):
            needed += ["jacobian", "currents"]
        yield from ((name, what) for what in needed)


@pytest.mark.parametrize(("name", "what"), list(_codes()))
def test_machine_code_gives_what_the_scalar_functions_give(name, what):
    device = MODELS[name]()
    functions, p = compiled(device), parameter_vector(device)
    x, v = initial_state(device), [0.13 * (k + 1) for k in range(len(compiled(device).system.voltages))]
    for scale in (1.0, -3.0):
        voltages = [scale * voltage for voltage in v]
        expected = getattr(functions, what)(voltages, x, p)
        found = machine_code(*device.structure, what)([voltages, x, p], len(expected))
        # C's pow() for a quotient of products may differ in the last digit.
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=0)


# --- drives ---------------------------------------------------------------------------------------

TIMES = st.floats(-1.0, 20.0)
WAVEFORMS = [
    DC(0.7),
    Pulse(0.1, 1.0, delay=1.0, rise=0.5, fall=0.25, width=2.0),
    Pulse(0.0, -1.0, delay=0.3, rise=1e-3, fall=1e-3, width=1.0, period=2.5),
    Pulse(0.0, 1.0),
    Sine(0.2, 1.3, 0.37, delay=1.0, decay=0.05, phase=30.0),
    PiecewiseLinear((0.5, 1.0, 4.0), (1.0, -1.0, 2.0)),
    Triangle(1.5, 3.0, offset=0.1),
]


@pytest.mark.parametrize("waveform", WAVEFORMS, ids=lambda waveform: type(waveform).__name__)
@given(time=TIMES)
def test_compiled_drives_are_the_waveforms(waveform, time):
    numbers = np.array(numbers_of(waveform))
    assert VALUE_AT(numbers, 0, time, 0.0) == pytest.approx(float(waveform(time)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("waveform", WAVEFORMS, ids=lambda waveform: type(waveform).__name__)
@given(time=st.floats(0.0, 10.0), later=st.floats(0.0, 10.0))
def test_time_may_be_given_in_two_parts(waveform, time, later):
    numbers = np.array(numbers_of(waveform))
    # At the steepest edge, of 1 ms, a rounding of the time is some 1e-12.
    assert VALUE_AT(numbers, 0, time, later) == pytest.approx(float(waveform(time + later)), rel=1e-9, abs=1e-9)


class _Parabola(Waveform):
    """A waveform of a user's own, which has no compiled form."""

    def __call__(self, time):
        return 0.2 * (np.asarray(time) / 1e-9) ** 2


def test_a_waveform_without_a_compiled_form_goes_to_scipy():
    assert numbers_of(_Parabola()) is None
    ours = TILTED.simulate(_Parabola(), 1e-9, points=11)
    samples = 0.2 * np.linspace(0, 1, 2001) ** 2
    near = TILTED.simulate(samples, 1e-9, points=11)
    np.testing.assert_allclose(ours[["m_x", "m_y", "m_z"]], near[["m_x", "m_y", "m_z"]], rtol=0, atol=1e-6)


# --- trajectories ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "drive", "duration", "settings"),
    [
        (TILTED, 0.2, 2e-9, {}),
        (TILTED, Sine(0.0, 3e-5, 1e9), 2e-9, {"source": "current"}),
        (TILTED, Pulse(0.0, 0.3, delay=0.2e-9, width=0.5e-9), 2e-9, {"inputs": {"field_x": Sine(0.0, 2e3, 3e9)}}),
        (AutoOscillator(), 8e-3, 2e-8, {"source": "current"}),
        (VortexOscillator(), 5e-3, 2e-8, {"source": "current"}),
        (DomainWallMagnet(), Pulse(0.0, 1e-3, width=1e-9), 3e-9, {}),
        (MEMRISTOR, Sine(0.0, 1.0, 100.0), 1e-2, {}),
        (VTEAM(window="biolek"), Triangle(1.0, 3e-8), 6e-8, {}),
        (VTEAM(), Triangle(2.0, 3e-8), 6e-8, {"compliance": 1e-3}),
        (PhaseChangeMemory(), Pulse(0.0, 1.0, width=2e-8), 5e-8, {}),
        (PhaseChangeMemory(), Pulse(0.0, 1e-4, width=2e-8), 5e-8, {"source": "current"}),
        (StanfordRRAM(), Triangle(1.5, 1e-6), 1e-6, {}),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, dict) else "-".join(value) or "plain",
)
def test_trajectories_are_scipys(device, drive, duration, settings):
    """The explicit loop is DOP853 itself; of the implicit one the error is of the order of the tolerance."""
    spheres = bool(compiled(device).system.spheres)
    unbounded = all(state.bounds is None for state in device.state_declarations().values())
    explicit = spheres or unbounded
    common = {"points": 101, "rtol": 1e-9, "atol": 1e-12, **settings}
    ours = device.simulate(drive, duration, **common)
    reference = device.simulate(drive, duration, method="DOP853" if explicit else "Radau", **common)
    scales = {name: state.scale for name, state in device.state_declarations().items()}
    for name, scale in scales.items():
        np.testing.assert_allclose(ours[name], reference[name], rtol=0, atol=scale * (1e-9 if explicit else 1e-6))
    assert list(ours) == list(reference) and np.all(np.isfinite(ours["voltage"]))


@pytest.mark.parametrize("delay", [1e-3, 1.0, 100.0])
def test_short_pulses_may_come_late(delay):
    """Edges of a picosecond a second after the beginning: what they do does not depend on when they come."""
    device = VTEAM(window="biolek", initial_state=1.0)
    found = device.simulate(Pulse(0, -1, delay, width=1e-7), delay + 1e-6, points=2)["x"].iloc[-1]
    assert found == pytest.approx(1.1721e-8, rel=2e-3)


def test_many_corners_and_a_long_rest():
    times = tuple(1e-3 + 1e-9 * np.arange(1500))
    device = VTEAM(window="biolek")
    drive = PiecewiseLinear(times, tuple(np.sin(np.arange(1500))))
    late = device.simulate(drive, 1.1e-3, points=2)["x"].iloc[-1]
    soon = device.simulate(PiecewiseLinear(tuple(np.array(times) - 1e-3), drive.levels), 1e-4, points=2)["x"].iloc[-1]
    assert late == pytest.approx(soon, abs=1e-6)


@pytest.mark.parametrize("tolerance", [{"rtol": 1.0}, {"atol": 0.2}])
def test_a_tolerance_that_lets_everything_through_is_refused(tolerance):
    with pytest.raises(ParameterError, match="at most 0.1"):
        TILTED.simulate(-1.0, 1e-8, **tolerance)


def test_the_implicit_method_is_of_order_five():
    """Halved steps, with the tolerance out of the way; the drive changes with time."""
    device = MEMRISTOR.replace(window_exponent=1.0, initial_state=0.3)
    drive = Sine(0.0, 1.0, 100.0)
    exact = device.simulate(drive, 1e-2, points=3, method="DOP853", rtol=1e-13, atol=1e-15)["x"].to_numpy()
    errors = []
    for steps in (40, 80, 160):
        request = _request(device, drive, 1e-2)
        found = compiled_trajectory.integrate_compiled(
            request, np.array([0.3]), np.linspace(0, 1e-2, 3), np.array([0.0, 1e-2]),
            rtol=1e3, atol=1e3, max_step=1e-2 / steps,
        )  # fmt: skip
        errors.append(abs(found[0][-1, 0] - exact[-1]))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(orders > 4.5), (errors, orders)


def _request(device, drive, duration):
    from synaspice.devices.simulation.request import Request

    return Request.of(device, drive, duration, "voltage", {})


@pytest.mark.parametrize("device", [TILTED, MEMRISTOR], ids=["explicit", "implicit"])
def test_a_loop_that_pauses_goes_on_where_it_was(device, monkeypatch):
    drive, duration = (0.2, 1e-9) if device is TILTED else (Sine(0.0, 1.0, 100.0), 1e-2)
    whole = device.simulate(drive, duration, points=31)
    monkeypatch.setattr(compiled_trajectory, "STEPS_PER_CALL", 1)
    np.testing.assert_allclose(device.simulate(drive, duration, points=31), whole, rtol=1e-13, atol=1e-15)


def test_a_loop_for_any_number_of_states_gives_the_same(monkeypatch):
    """What is not written turn by turn does the same in the same order."""
    device = TILTED.replace(field_x=1e4)
    written = device.simulate(0.2, 1e-9, points=31)
    monkeypatch.setattr(compiled_loops, "MOST_UNROLLED", 0)
    pd.testing.assert_frame_equal(device.simulate(0.2, 1e-9, points=31), written, check_exact=True)


def test_a_loop_stops_after_so_many_steps():
    request, start = _request(TILTED, 0.2, 1.0), np.array([0.6, 0.0, 0.8])
    ends = np.array([0.0, 1.0])
    found = compiled_trajectory.march(request, start, ends[1:], ends, rtol=1e-9, atol=1e-12, most_steps=10)
    assert not found.finished and 0 < found.time < 1e-3
    assert np.linalg.norm(found.state) == pytest.approx(1, abs=1e-12) and np.all(np.isnan(found.samples))


def test_what_would_take_days_is_refused_on_the_way(monkeypatch):
    monkeypatch.setattr(compiled_trajectory, "STEPS_TO_JUDGE", compiled_trajectory.STEPS_PER_CALL)
    with pytest.raises(SimulationError, match=r"after 20000 steps .* of 1 s: ask for a weaker drive, a shorter"):
        TILTED.simulate(0.2, 1.0)


def test_what_the_explicit_loop_gives_up_is_not_tried_again(monkeypatch):
    def gives_up(*arguments, **settings):
        raise SimulationError("the integrator gave up")

    monkeypatch.setattr(trajectory, "integrate_compiled", gives_up)
    with pytest.raises(SimulationError, match="gave up"):
        TILTED.simulate(0.1, 1e-9)


def test_where_the_compiled_loop_gives_up_scipy_goes_on(monkeypatch):
    def gives_up(*arguments, **settings):
        raise SimulationError("the integrator gave up")

    expected = MEMRISTOR.simulate(1.0, 1e-3, points=5)
    monkeypatch.setattr(trajectory, "integrate_compiled", gives_up)
    np.testing.assert_allclose(MEMRISTOR.simulate(1.0, 1e-3, points=5), expected, rtol=1e-6)


# --- their place ----------------------------------------------------------------------------------
