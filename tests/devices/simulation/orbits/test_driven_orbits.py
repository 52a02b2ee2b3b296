"""Periodic steady states of driven devices against closed forms, and against trajectories that settle on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    DrivenOrbit,
    LinearIonDrift,
    ParameterError,
    PhaseChangeMemory,
    SimulationError,
    StanfordRRAM,
    VolatileMemristor,
    Yakopcic,
    periodic_orbit,
)
from synaspice.devices.core.protocols import Sweep
from synaspice.devices.language.declarations.declaration import Branch, Input, Parameter, State
from synaspice.devices.language.waveforms.shapes import DC, PiecewiseLinear, Pulse, Sine, Triangle
from synaspice.devices.model import CompactModel


class _Follower(CompactModel):
    """A state that follows the voltage, and an angle that the voltage turns."""

    time_scale = 1e-9
    voltage = Branch("p", "n", "voltage")
    relaxation = Parameter(1e-9, "s", "time constant", (1e-15, 1.0))
    speed = Parameter(0.0, "rad/(V*s)", "speed of the angle per volt", (-1e12, 1e12))
    bias = Input(0.0, "V", "added to the voltage", (-10.0, 10.0))
    x = State("1", "state", initial=lambda s: 0.3)
    angle = State("rad", "angle", initial=lambda s: 0.0)

    @classmethod
    def equations(cls, s):
        return {
            "current": 1e-3 * s.voltage * (1 + s.x),
            "dx/dt": (s.voltage + s.bias - s.x) / s.relaxation,
            "dangle/dt": s.speed * s.voltage,
        }


class _Parametric(CompactModel):
    """Mathieu's oscillator with a cubic spring and a cubic damping, whose stiffness the voltage modulates."""

    time_scale = 1.0
    voltage = Branch("p", "n", "voltage")
    damping = Parameter(0.02, "1", "damping", (0.0, 1.0))
    x = State("1", "displacement", initial=lambda s: 0.1)
    v = State("1", "velocity", initial=lambda s: 0.0)

    @classmethod
    def equations(cls, s):
        return {
            "current": 1e-3 * s.voltage,
            "dx/dt": s.v,
            "dv/dt": -s.damping * s.v * (1 + s.x**2) - (1 + s.voltage) * s.x - 0.5 * s.x**3,
        }


@pytest.mark.parametrize("delay", [0.0, 0.37e-9])
def test_a_linear_state_follows_a_sine_with_the_gain_and_the_delay_of_a_low_pass(delay):
    device, frequency = _Follower(), 1e9
    found = periodic_orbit(device, Sine(0.2, 0.5, frequency, delay=delay, phase=30.0), source="voltage")
    table = found.table(257)
    omega = 2 * math.pi * frequency
    gain = 1 / (1 + 1j * omega * device.relaxation)
    phase = omega * (table["time"] - delay) + math.radians(30)
    np.testing.assert_allclose(table["x"], 0.2 + 0.5 * abs(gain) * np.sin(phase + np.angle(gain)), atol=1e-9)
    np.testing.assert_allclose(table["voltage"], 0.2 + 0.5 * np.sin(phase), atol=1e-12)
    assert isinstance(found, DrivenOrbit) and found.period == 1e-9 and found.frequency == pytest.approx(frequency)
    # the angle stands still: nothing brings it back
    assert found.multipliers == pytest.approx([1, math.exp(-1)], abs=1e-8)
    assert found.harmonics("x", 2) == pytest.approx([0.2, 0.5 * abs(gain), 0], abs=1e-9)


def test_a_linear_state_follows_a_train_of_pulses_by_exponentials():
    device = _Follower(relaxation=2e-9)
    width, period, edge = 1e-9, 3e-9, 1e-15
    found = periodic_orbit(device, Pulse(0.0, 1.0, 0.0, edge, edge, width, period), source="voltage")
    low = (1 - math.exp(-width / 2e-9)) * math.exp(-(period - width) / 2e-9) / (1 - math.exp(-period / 2e-9))
    table = found.table(301)
    up = 1 - (1 - low) * np.exp(-table["time"] / 2e-9)
    top = 1 - (1 - low) * math.exp(-width / 2e-9)
    down = top * np.exp(-(table["time"] - width) / 2e-9)
    np.testing.assert_allclose(table["x"], np.where(table["time"] < width, up, down), atol=2e-6)
    assert found.multipliers[-1] == pytest.approx(math.exp(-period / 2e-9), abs=1e-7)


def test_an_angle_may_wind():
    device = _Follower(speed=2 * math.pi * 3e9)
    found = periodic_orbit(device, Sine(1.0, 0.3, 1e9), source="voltage")
    assert found.turns == {"angle": 3}
    table = found.table(9)
    assert np.ptp(table["angle"]) == pytest.approx(6 * math.pi, rel=1e-9)
    with pytest.raises(SimulationError, match="comes near no periodic orbit of the drive's period"):
        periodic_orbit(device.replace(speed=1.234e9), Sine(1.0, 0.3, 1e9), source="voltage")


def test_drives_together_repeat_themselves_with_their_common_period():
    device = _Follower()
    inputs = {"bias": Sine(0.0, 0.1, 1.5e9)}
    found = periodic_orbit(device, Sine(0.0, 0.5, 1e9), source="voltage", inputs=inputs)
    assert found.period == pytest.approx(2e-9, rel=1e-12)
    alone = periodic_orbit(device, 0.2, source="voltage", inputs=inputs)
    assert alone.frequency == pytest.approx(1.5e9)
    assert alone.harmonics("x", 1)[0] == pytest.approx(0.2, abs=1e-9)


@pytest.mark.parametrize("waveform", [Sine, Triangle])
@pytest.mark.parametrize("model", [VTEAM, Yakopcic, LinearIonDrift, PhaseChangeMemory, StanfordRRAM, VolatileMemristor])
def test_a_memristors_loop_is_that_of_its_two_hundredth_cycle(model, waveform):
    device = model()
    sweep = device.protocol(Sweep)
    if sweep.amplitude is None:
        sweep = device.default_sweep()
    drive = Sine(0, sweep.amplitude, 1 / sweep.period) if waveform is Sine else Triangle(sweep.amplitude, sweep.period)
    found = periodic_orbit(device, drive, source=sweep.quantity)
    table = found.table(65)
    times = (199 + np.arange(65) / 64) * found.period
    late = device.simulate(drive, times[-1], source=sweep.quantity, times=times, rtol=1e-9, atol=1e-11)
    for state in (*device.state_declarations(), "current"):
        scale = max(1.0 if state != "current" else 0.0, table[state].abs().max())
        np.testing.assert_allclose(table[state], late[state], rtol=0, atol=1e-6 * scale)


def test_a_junction_under_an_alternating_current():
    """Spin-torque ferromagnetic resonance: a small current near the resonance, from rest."""
    device = MTJ.preset("taniguchi2013-like")
    drive = Sine(-3e-4, 2e-4, 5e9)
    found = periodic_orbit(device, drive)
    assert found.stable
    table, times = found.table(33), (300 + np.arange(33) / 32) / 5e9
    late = device.simulate(drive, times[-1], source="current", times=times, rtol=1e-10, atol=1e-12)
    for axis in ("m_x", "m_y", "m_z", "voltage"):
        np.testing.assert_allclose(table[axis], late[axis], atol=1e-5)
        assert table[axis].iloc[0] == pytest.approx(table[axis].iloc[-1], abs=1e-8)


def locked(device, current, drive_current, omega, near=None):
    injection = Sine(0.0, drive_current, omega / 2 / math.pi)
    return periodic_orbit(device, current, inputs={"injection": injection}, near=near)


@pytest.mark.parametrize("shift", [0.0, -1e10])
def test_an_injection_locked_oscillator_is_adlers(shift):
    r"""Half range :math:`\sqrt{1 + \nu^2} F / \sqrt{p_0}`, :math:`F = \eta I_{rf} / 2`; the locked phase turns by
    :math:`\arcsin` of the detuning over it, deviations decay at the root of what is left of its square
    (R. Adler, Proc. IRE 34, 351 (1946), doi:10.1109/JRPROC.1946.229930; Slavin and Tiberkevich, section IX)."""
    device = AutoOscillator(frequency=4e9, nonlinear_frequency_shift=shift, resistance_swing=1e-3)
    current, amplitude = 1.5e-3, 5e-6
    power, nu = device.stationary_power(current), device.nonlinearity(current)
    free = device.angular_frequency + shift * power
    half = math.sqrt(1 + nu**2) * device.injection_efficiency * amplitude / 2 / math.sqrt(power)
    centre = locked(device, current, amplitude, free)
    assert centre.stable
    phases = []
    for part in (0.0, 0.5, 0.8):
        found = locked(device, current, amplitude, free + part * half, centre)
        assert found.relaxation_rate == pytest.approx(half * math.sqrt(1 - part**2), rel=0.03)
        start = found.cycle.states[0]
        phases.append(math.atan2(start[1], start[0]))
    turned = np.abs(np.unwrap(phases) - phases[0])
    np.testing.assert_allclose(turned, np.arcsin([0.0, 0.5, 0.8]), atol=3e-3)
    for side in (-1, 1):
        inside, outside, near = 0.0, 2.0, centre
        while outside - inside > 1e-4:
            middle = (inside + outside) / 2
            try:
                near, inside = locked(device, current, amplitude, free + side * middle * half, near), middle
            except SimulationError:
                outside = middle
        assert (inside + outside) / 2 == pytest.approx(1, abs=1e-3)


def test_a_subharmonic_takes_two_periods_of_the_drive():
    """Modulated at twice its frequency, the oscillator turns at once its frequency; its rest is unstable."""
    device = _Parametric()
    drive = Sine(0.0, 0.2, 2.0 / (2 * math.pi))
    with pytest.raises(SimulationError, match="no periodic orbit of the drive's period: .* more of them"):
        periodic_orbit(device, drive, source="voltage")
    found = periodic_orbit(device, drive, source="voltage", periods=2)
    assert found.periods == 2 and found.stable
    assert found.frequency == pytest.approx(1 / (2 * math.pi))
    sizes = found.harmonics("x", 3)
    assert sizes[1] > 0.1 and sizes[2] == pytest.approx(0, abs=1e-8)
    whole = periodic_orbit(_Follower(), Sine(0.0, 0.2, 1e9), source="voltage", periods=3)
    assert whole.periods == 1 and whole.period == 1e-9


def test_a_driven_orbit_has_no_phase_of_its_own():
    found = periodic_orbit(_Follower(), Sine(0.0, 0.2, 1e9), source="voltage")
    for ask in (found.sensitivity, lambda: found.linewidth(300.0), lambda: found.spectrum([1e9], 300.0)):
        with pytest.raises(ParameterError, match="has the phase of its drive"):
            ask()


@pytest.mark.parametrize(("call", "complaint"), [
    (lambda: periodic_orbit(VTEAM(), Sine(0, 1, 1e3, decay=1.0), source="voltage"), "does not repeat itself"),
    (lambda: periodic_orbit(VTEAM(), PiecewiseLinear((0.0, 1.0), (0.0, 1.0)), source="voltage"), "does not repeat"),
    (lambda: periodic_orbit(VTEAM(), Pulse(0.0, 1.0), source="voltage"), "a Pulse drive that does not repeat itself"),
    (lambda: periodic_orbit(VTEAM(), Sine(0, 1, 1e3), source="voltage", frequency=1.0), "leave them out"),
    (lambda: periodic_orbit(AutoOscillator(), DC(2e-3), periods=2), "all drives are constant"),
    (lambda: periodic_orbit(VTEAM(), Sine(0, 1, 1e3), source="voltage", periods=0), "periods"),
    (
        lambda: periodic_orbit(_Follower(), Sine(0, 1, 1e9), inputs={"bias": Sine(0, 1, math.pi * 1e9)}),
        "no common period",
    ),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(call, complaint):
    with pytest.raises(ParameterError, match=complaint):
        call()
