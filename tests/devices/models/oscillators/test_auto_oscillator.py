"""Universal auto-oscillator against the theory of Slavin and Tiberkevich (doi:10.1109/TMAG.2008.2009935)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.signal import hilbert

from synaspice.characterization import amplitude
from synaspice.characterization.benches.oscillators.amplitude import linewidth
from synaspice.devices import AutoOscillator, ParameterError, Sine

DEVICE = AutoOscillator(resistance_swing=1e-3)  # the rf voltage does not act back under a current drive anyway


def envelope(device, current, duration, **options):
    return device.simulate(current, duration, source="current", **options)


@pytest.mark.parametrize("supercriticality", [0.9, 1.1])
def test_the_amplitude_grows_beyond_the_threshold_and_decays_below(supercriticality):
    """|c| ~ exp[Gamma_G (zeta - 1) t] while it is small."""
    device = DEVICE.replace(initial_power=1e-10)
    trace = envelope(device, supercriticality * device.threshold_current, 2e-8, points=2)
    rate = math.log(trace["envelope"].iloc[-1] / trace["envelope"].iloc[0]) / 2e-8
    assert rate == pytest.approx(device.damping_rate * (supercriticality - 1), rel=1e-4)


@pytest.mark.parametrize("damping", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("supercriticality", [1.2, 2.0])
def test_power_and_frequency_are_those_of_the_limit_cycle(damping, supercriticality):
    """p0 = (zeta - 1) / (zeta + Q), omega = omega_0 + N p0."""
    device = DEVICE.replace(nonlinear_damping=damping, initial_power=0.1)
    power = (supercriticality - 1) / (supercriticality + damping)
    current = supercriticality * device.threshold_current
    assert device.stationary_power(current) == pytest.approx(power, rel=1e-12)
    settled = envelope(device, current, 60e-9 / (supercriticality - 1), points=2)["power"].iloc[-1]
    assert settled == pytest.approx(power, rel=1e-6)
    expected = device.frequency + device.nonlinear_frequency_shift * power / (2 * math.pi)
    measured = amplitude(device.replace(resistance_swing=1.0), current=current)
    assert measured["frequency"].item() == pytest.approx(expected, rel=1e-5)
    # whole periods are not cut out: a part of one in forty
    assert measured["amplitude"].item() == pytest.approx(current * math.sqrt(power), rel=5e-3)


def test_the_power_relaxes_at_twice_gamma_p():
    """delta p ~ exp(-2 Gamma_p t), Gamma_p = Gamma_G (zeta - 1)."""
    current = 1.5 * DEVICE.threshold_current
    power = DEVICE.stationary_power(current)
    trace = envelope(DEVICE.replace(initial_power=power * 1.001), current, 2e-9, points=21)
    slope = np.polyfit(trace["time"], np.log(trace["power"] - power), 1)[0]
    assert slope == pytest.approx(-2 * DEVICE.damping_rate * 0.5, rel=2e-3)


def noisy_signals(device, supercriticality, duration, count, seed, temperature=300.0):
    period = device.period
    points = round(4 * duration / period) + 1  # a quarter of a turn each
    table = device.simulate(
        supercriticality * device.threshold_current,
        duration,
        source="current",
        temperature=temperature,
        trajectories=count,
        seed=seed,
        points=points,
        time_step=period / 128,
    )
    amplitude = (table["c_re"] - 1j * table["c_im"]).to_numpy().reshape(count, points)
    return amplitude, duration / (points - 1)


@pytest.mark.slow
def test_the_linewidth_below_the_threshold_is_that_of_a_damped_resonator():
    """Full width 2 Gamma_G (1 - zeta) / 2 pi."""
    device = DEVICE.replace(action=1e-26, initial_power=0.0)  # little noise, so that p stays small
    signals, interval = noisy_signals(device, 0.5, 1.2e-6, 16, 3)
    settled = signals[:, signals.shape[1] // 20 :]
    measured = linewidth(np.conj(settled), interval)
    # 16 records of 600 coherence times each: about 2 %
    assert measured == pytest.approx(2 * device.damping_rate * 0.5 / (2 * math.pi), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "damping"), [(0.0, 1e9), (-1.885e10, 3e9)])
def test_the_linewidth_above_the_threshold_has_its_nonlinear_factor(shift, damping):
    """Full width (1 + nu^2) Gamma_+(p0) k_B T / (lambda omega(p0) p0) / 2 pi, from the variance of the phase.

    The last case oscillates at 0.8 of its linear frequency, which widens the line by 25 %.
    """
    zeta = 2.0
    device = DEVICE.replace(action=1e-27, nonlinear_frequency_shift=shift, damping_rate=damping)
    current = zeta * device.threshold_current
    power = device.stationary_power(current)
    device = device.replace(initial_power=power)
    signals, interval = noisy_signals(device, zeta, 4e-7, 512, 5)
    phase = np.unwrap(np.angle(signals), axis=1)
    # From 20 relaxation times on; the nonlinear part of the phase follows the power with the delay 1 / 2 Gamma_p.
    first = round(20 / (2 * device.damping_rate) / interval)
    variance = phase.var(axis=0)
    gain = np.polyfit(interval * np.arange(variance.size - first), variance[first:], 1)[0]
    lag = round(1e-7 / interval)
    steps = phase[:, first + lag :: lag] - phase[:, first:-lag:lag]
    spread = np.mean((steps - steps.mean()) ** 2)
    nu = device.nonlinearity(current)
    assert nu == pytest.approx(shift / (device.damping_rate * (zeta + 1)), rel=1e-12)
    energy = device.action * (device.angular_frequency + shift * power) * power
    theory = device.damping_rate * (1 + power) * codata.k * 300 / energy * (1 + nu**2)
    # Var[phi(t + tau) - phi(t)] = theory (tau - the delays), here 100 relaxation times or more long.
    corrected = theory * (1e-7 - nu**2 / (1 + nu**2) / device.damping_rate)
    # 512 trajectories of four steps: standard error sqrt(2 / 2048) = 3.1 %; three of them.
    assert spread == pytest.approx(corrected, rel=0.1)
    assert gain > 0
    assert linewidth(signals[:, first:], interval) == pytest.approx(theory / (2 * math.pi), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("shift", [0.0, -5e9])
def test_injection_locks_within_adlers_range(shift):
    """|omega_e - omega| < sqrt(1 + nu^2) F / sqrt(p0), F half the amplitude of a linearly polarised drive."""
    device = AutoOscillator(nonlinear_frequency_shift=shift, resistance_swing=1e-3)
    current = 1.5 * device.threshold_current
    power, nu = device.stationary_power(current), device.nonlinearity(current)
    omega = device.angular_frequency + shift * power
    strength = 0.004 * device.damping_rate
    injected = 2 * strength / device.injection_efficiency
    half_range = math.sqrt(1 + nu**2) * strength / math.sqrt(power)
    started = device.replace(initial_power=power)

    def drift(detuning):
        """Phase slips against the drive over the last part of a long run [cycles]."""
        frequency = (omega + detuning) / (2 * math.pi)
        duration = 35 / half_range
        drive = {"injection": Sine(0.0, injected, frequency)}
        trace = started.simulate(current, duration, source="current", inputs=drive, points=20001).iloc[6000:]
        phase = np.unwrap(
            -np.arctan2(trace["c_im"], trace["c_re"]) - 2 * math.pi * frequency * trace["time"].to_numpy()
        )
        return abs(phase[-1] - phase[0]) / (2 * math.pi)

    for side in (-1, 1):
        assert drift(side * 0.95 * half_range) < 0.1
        assert drift(side * 1.05 * half_range) > 0.25


@pytest.mark.ngspice
@pytest.mark.slow
def test_ngspice_oscillates_alike():
    device = AutoOscillator()
    current = 1.5 * device.threshold_current
    numeric, spice = (amplitude(device, current=current, engine=engine) for engine in ("numeric", "ngspice"))
    assert list(numeric.columns) == list(spice.columns)
    assert spice["frequency"].item() == pytest.approx(numeric["frequency"].item(), rel=5e-3)
    assert spice["amplitude"].item() == pytest.approx(numeric["amplitude"].item(), rel=1e-2)


def test_the_benchs_linewidth_is_that_of_a_known_phase_walk():
    """A signal whose phase diffuses with Var = 2 pi df tau has the full width df."""
    generator = np.random.default_rng(4)
    width, interval, count = 2e6, 1e-9, 200_000
    steps = math.sqrt(2 * math.pi * width * interval) * generator.standard_normal((4, count))
    signal = hilbert(np.cos(2 * math.pi * 5e7 * interval * np.arange(count) + np.cumsum(steps, axis=1)), axis=1)
    # 4 records of 1200 coherence times each: 3 % and a little for the lags in use
    assert linewidth(signal, interval) == pytest.approx(width, rel=0.1)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"resistance_swing": 40.0}, "must not exceed"),
        ({"frequency": -1.0}, "bounds"),
        ({"threshold_current": math.nan}, "expected a number"),
        ({"damping_rate": "1 V"}, "unit"),
    ],
)
def test_oscillators_that_cannot_be_are_refused(values, complaint):
    with pytest.raises(ParameterError, match=complaint):
        AutoOscillator(**values)


def test_the_bench_refuses_what_does_not_oscillate():
    from synaspice.devices import VTEAM

    with pytest.raises(ParameterError, match="offers no Oscillation"):
        amplitude(VTEAM())
    with pytest.raises(ParameterError, match="finite"):
        amplitude(DEVICE, current=[math.inf])
    with pytest.raises(ParameterError, match="numeric engine"):
        amplitude(DEVICE, engine="ngspice", temperature=300.0)
