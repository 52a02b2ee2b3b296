"""Periodic orbits against closed forms, trajectories and noisy ensembles."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import amplitude, orbit
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    ParameterError,
    SimulationError,
    UnknownNameError,
    ValidityWarning,
    VortexOscillator,
    periodic_orbit,
)
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.simulation.orbits.periodic_functions import differentiation, resampled, unresolved

DEVICE = AutoOscillator(resistance_swing=1e-3, action=1e-27)


def begun(model, preset):
    device = model.preset(preset)
    return device.replace(**device.protocol(Oscillation).overrides)


def test_derivatives_of_periodic_functions_are_exact():
    time = np.arange(33) / 33
    values = np.stack([np.sin(2 * np.pi * time), np.exp(np.cos(2 * np.pi * time))], axis=1)
    exact = 2 * np.pi * np.stack([np.cos(2 * np.pi * time), -np.sin(2 * np.pi * time) * values[:, 1]], axis=1)
    np.testing.assert_allclose(differentiation(33) @ values, exact, atol=1e-11)
    fine = np.arange(65) / 65 + 0.003
    np.testing.assert_allclose(resampled(values, 65, 0.003)[:, 1], np.exp(np.cos(2 * np.pi * fine)), atol=1e-13)
    assert unresolved(values) < 1e-12
    assert unresolved(np.sign(values[:, :1] + 0.1)) > 1e-2


@pytest.mark.parametrize("shift", [0.0, -5e9, -1.885e10])
@pytest.mark.parametrize("supercriticality", [1.02, 1.2, 2.0])
def test_an_auto_oscillators_orbit_is_that_of_slavin_and_tiberkevich(shift, supercriticality):
    """p0 = (zeta - 1) / zeta, omega = omega_0 + N p0, 2 Gamma_p = 2 Gamma_G (zeta - 1), and the linewidth
    (1 + nu^2) Gamma_+ k_B T / E / 2 pi (doi:10.1109/TMAG.2008.2009935)."""
    device = DEVICE.replace(nonlinear_frequency_shift=shift)
    current = supercriticality * device.threshold_current
    power = device.stationary_power(current)
    found = periodic_orbit(device, current)
    omega = device.angular_frequency + shift * power
    assert found.frequency == pytest.approx(omega / (2 * np.pi), rel=1e-11)
    assert found.stable
    assert found.relaxation_rate == pytest.approx(2 * device.damping_rate * (supercriticality - 1), rel=1e-6)
    np.testing.assert_allclose(found.values("power"), power, rtol=1e-9)
    nu = device.nonlinearity(current)
    theory = device.damping_rate * (1 + power) * codata.k * 300 / (device.action * omega * power) * (1 + nu**2)
    assert found.weak_linewidth(300.0)[0] == pytest.approx(theory / (2 * np.pi), rel=1e-8)


def test_noise_that_is_not_weak_is_warned_of():
    device = AutoOscillator()
    with pytest.warns(ValidityWarning, match="not weak"):
        periodic_orbit(device, 1.1 * device.threshold_current).linewidth(300.0)
    assert periodic_orbit(device, 2 * device.threshold_current).linewidth(300.0) > 0


@pytest.mark.parametrize(
    ("model", "preset", "current"),
    [
        (MTJ, "taniguchi2013-like", -2.4e-3),
        (MTJ, "kiselev2003-like", -1.4e-3),
        (VortexOscillator, "torrejon2017-like", 3.8e-3),
    ],
)
def test_an_orbit_is_where_trajectories_settle(model, preset, current):
    device = begun(model, preset)
    found = periodic_orbit(device, current)
    table = found.table(257)
    settled = device.simulate(current, 400 * found.period, source="current", points=3, rtol=1e-10, atol=1e-12)
    end = settled.iloc[-1]
    states = list(device.state_declarations())
    # the last state of the trajectory lies on the orbit, and one period later it is there again
    fine = np.stack([resampled(found.values(name), 2048) for name in states], axis=1)
    nearest = int(np.argmin(np.linalg.norm(fine - end[states].to_numpy(float), axis=1)))
    assert np.linalg.norm(fine[nearest] - end[states].to_numpy(float)) < 0.01 * np.ptp(fine, axis=0).max()
    np.testing.assert_allclose(table[states].iloc[0], table[states].iloc[-1], rtol=0, atol=1e-12)
    # the definition: the rates along the orbit are its derivative
    slopes = differentiation(len(found.values())) @ np.stack([found.values(name) for name in states], axis=1)
    rates = np.stack([found.values(f"d{name}/dt") for name in states], axis=1)
    np.testing.assert_allclose(slopes / found.period, rates, rtol=0, atol=1e-7 * np.abs(rates).max())
    measured = amplitude(device, current=[current], duration=60 * found.period)
    assert measured["frequency"].item() % found.frequency == pytest.approx(0, abs=2e-4 * found.frequency) or (
        measured["frequency"].item() % found.frequency == pytest.approx(found.frequency, rel=2e-4)
    )
    assert measured["amplitude"].item() == pytest.approx(math.sqrt(2) * np.std(found.values()), rel=2e-3)


def test_multipliers_are_those_of_deviations():
    """A deviation within the sphere, followed for a period by the integrator of trajectories."""
    device, current = begun(MTJ, "taniguchi2013-like"), -2.4e-3
    found = periodic_orbit(device, current)
    axes = ("m_x", "m_y", "m_z")
    start = np.array([found.values(name)[0] for name in axes])
    basis = np.linalg.svd(start[None, :])[2][1:]
    step = 1e-4

    def after(moved):
        moved = moved / np.linalg.norm(moved)
        polar, azimuth = math.acos(moved[2]), math.atan2(moved[1], moved[0])
        made = device.replace(initial_polar_angle=polar, initial_azimuth=azimuth)
        trace = made.simulate(current, found.period, source="current", points=2, rtol=1e-12, atol=1e-13)
        return trace.iloc[-1][list(axes)].to_numpy(float)

    columns = [(after(start + step * b) - after(start - step * b)) / (2 * step) for b in basis]
    multipliers = np.linalg.eigvals(np.array(columns) @ basis.T)
    multipliers = multipliers[np.argsort(np.abs(multipliers - 1))]
    assert multipliers[0] == pytest.approx(1, abs=1e-5)
    assert found.multipliers == pytest.approx(multipliers[1:], abs=1e-5)


@pytest.mark.parametrize(
    ("model", "preset", "current"), [(MTJ, "taniguchi2013-like", -3e-3), (VortexOscillator, "torrejon2017-like", 4e-3)]
)
def test_a_deviation_along_the_orbit_is_a_shift_in_time(model, preset, current):
    found = periodic_orbit(begun(model, preset), current)
    states = list(found.device.state_declarations())
    rates = np.stack([found.values(f"d{name}/dt") for name in states], axis=1)
    np.testing.assert_allclose(np.sum(found.sensitivity() * rates, axis=1), 1, rtol=1e-6)


@pytest.mark.slow
def test_the_linewidth_is_that_of_noisy_trajectories():
    device, current = VortexOscillator.preset("torrejon2017-like"), 4.25e-3
    width = orbit(device, current=[current], temperature=300.0)["linewidth"].item()
    measured = amplitude(device, current=[current], temperature=300.0, seed=1)["linewidth"].item()
    # eight records of 200 coherence times: 5 %, and a tenth for noise that is not quite weak
    assert measured == pytest.approx(width, rel=0.15)


def test_orbits_are_followed_from_current_to_current():
    device = begun(MTJ, "taniguchi2013-like")
    first = periodic_orbit(device, -3.2e-3)
    followed = periodic_orbit(device, -3.0e-3, near=first)
    alone = periodic_orbit(device, -3.0e-3)
    assert followed.frequency == pytest.approx(alone.frequency, rel=1e-9)
    assert followed.multipliers == pytest.approx(alone.multipliers, abs=1e-6)
    with pytest.raises(SimulationError, match="no periodic orbit near"):
        periodic_orbit(device, -1e-4, near=first)


def test_an_orbit_beyond_the_models_range_is_warned_of_however_it_was_found():
    device = begun(VortexOscillator, "torrejon2017-like")
    threshold = device.threshold_current
    inside = periodic_orbit(device, 2.0 * threshold)
    with pytest.warns(ValidityWarning, match="left the range"):
        outside = periodic_orbit(device, 3.0 * threshold)
    with pytest.warns(ValidityWarning, match="left the range"):
        followed = periodic_orbit(device, 3.0 * threshold, near=outside)
    assert followed.values("valid").max() == 0 and inside.values("valid").min() == 1


def test_harmonics_are_those_of_the_voltage():
    found = periodic_orbit(begun(VortexOscillator, "torrejon2017-like"), 4e-3)
    trace = found.table(65)["voltage"].to_numpy()[:-1]
    spectrum = np.fft.rfft(trace) / 64
    np.testing.assert_allclose(found.harmonics(count=2), [spectrum[0].real, *2 * np.abs(spectrum[1:3])], rtol=1e-9)


def test_the_bench_tells_where_there_is_no_orbit_and_where_noise_is_strong():
    device = AutoOscillator()
    threshold = device.threshold_current
    table = orbit(device, current=np.array([0.9, 1.1, 2.0]) * threshold)
    assert np.isnan(table["frequency"]).tolist() == [True, False, False]
    assert np.isnan(table["linewidth"]).tolist() == [True, True, False]
    assert table["harmonic_1"].iloc[2] == pytest.approx(
        amplitude(device, current=[2.0 * threshold])["amplitude"].item(), rel=1e-9
    )
    with pytest.raises(ParameterError, match="no periodic orbit at currents"):
        orbit(device, current=[0.5 * threshold])


@pytest.mark.parametrize(
    ("call", "error", "complaint"),
    [
        (lambda: periodic_orbit(DEVICE, 0.5 * DEVICE.threshold_current), SimulationError, "comes to rest"),
        (lambda: periodic_orbit(VTEAM(), 1.0, source="voltage"), ParameterError, "give frequency and settling"),
        (lambda: periodic_orbit(DEVICE, math.nan), ParameterError, "drive"),
        (lambda: periodic_orbit(DEVICE, 1e-3, frequency=-1.0), ParameterError, "frequency"),
        (lambda: periodic_orbit(DEVICE, 1e-3, near=3), ParameterError, "near must be"),
        (lambda: periodic_orbit(3, 1e-3), ParameterError, "device must be"),
        (
            lambda: periodic_orbit(DEVICE, 2e-3).values("nonsense"),
            UnknownNameError,
            "unknown quantity of the orbit 'nonsense'",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, error, complaint):
    with pytest.raises(error, match=complaint):
        call()
