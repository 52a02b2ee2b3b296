"""Vortex oscillator against the closed forms of its Thiele equation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import amplitude
from synaspice.devices import ParameterError, VortexOscillator


def orbit(device, current, duration, **options):
    return device.simulate(current, duration, source="current", method="DOP853", **options)


def test_the_gyrotropic_frequency_is_that_of_the_two_vortex_ansatz():
    """omega_0 = (20 / 9) gamma M_s L / R in Gaussian units, 4 pi M_s = mu_0 M_s in SI (doi:10.1063/1.1450816)."""
    device = VortexOscillator(initial_radius=0.01, damping=1e-4, nonlinear_stiffness=0.0, nonlinear_damping=0.0)
    gauss = device.saturation_magnetization * 1e-3  # emu/cm^3
    gaussian_gamma = device.gyromagnetic_ratio * 1e-4  # rad/(s Oe)
    formula = 20 / 9 * gaussian_gamma * gauss * device.thickness / device.radius
    assert device.gyrotropic_frequency == pytest.approx(formula, rel=1e-9)
    trace = orbit(device, 0.0, 10 * device.period, points=401)
    phase = np.unwrap(np.arctan2(trace["y"], trace["x"]))
    slope = np.polyfit(trace["time"], phase, 1)[0]
    assert slope == pytest.approx(formula / (1 + device.relative_damping**2), rel=1e-6)


@pytest.mark.parametrize("chirality", ["none", "positive", "negative"])
def test_gyration_begins_at_the_threshold(chirality):
    """a = d_0 omega: a small orbit shrinks at 0.99 and grows at 1.01 of the threshold current."""
    device = VortexOscillator(initial_radius=1e-3, chirality=chirality, resistance_swing=0.0)
    by_hand = 0.01 * (math.log(150 / 10) / 2 + 0.375)
    assert device.relative_damping == pytest.approx(by_hand, rel=1e-12)
    torque = (
        device.gyromagnetic_ratio
        * codata.hbar
        * device.polarization
        / (4 * codata.e * device.saturation_magnetization * device.thickness * math.pi * device.radius**2)
    )
    oersted = {"none": 0, "positive": 1, "negative": -1}[chirality] * 0.85 / (2 * math.pi)
    oersted *= device.gyromagnetic_ratio * codata.mu_0 / (math.pi * device.radius)
    threshold = by_hand * device.gyrotropic_frequency / (torque - by_hand * oersted)
    assert device.threshold_current == pytest.approx(threshold, rel=1e-9)
    growth = [
        orbit(device, factor * threshold, 50 * device.period, points=2)["envelope"].iloc[-1] / 1e-3
        for factor in (0.99, 1.01)
    ]
    assert growth[0] < 1 < growth[1]


@pytest.mark.parametrize("factor", [1.05, 1.3])
def test_the_orbit_grows_until_torque_and_damping_balance(factor):
    """a = d_0 (1 + xi s^2) omega_0 (1 + kappa' s^2)."""
    device = VortexOscillator(initial_radius=0.3, resistance_swing=0.0)
    xi, kappa = device.nonlinear_damping, device.nonlinear_stiffness
    # 1 + (xi + kappa) s^2 + xi kappa s^4 = factor
    square = (-(xi + kappa) + math.sqrt((xi + kappa) ** 2 + 4 * xi * kappa * (factor - 1))) / (2 * xi * kappa)
    rate = device.relative_damping * device.gyrotropic_frequency
    trace = orbit(device, factor * device.threshold_current, 15 / (rate * (factor - 1)), points=2)
    assert trace["envelope"].iloc[-1] == pytest.approx(math.sqrt(square), rel=1e-3)


def test_a_core_at_rest_fluctuates_by_equipartition():
    """<x^2> R^2 = k_B T / (G omega_0), the stiffness of the core."""
    device = VortexOscillator(initial_radius=0.0, damping=0.05, nonlinear_stiffness=0.0, nonlinear_damping=0.0)
    rate = device.relative_damping * device.gyrotropic_frequency
    final = device.simulate(0.0, 4 / rate, temperature=300.0, trajectories=1500, seed=6, time_step=device.period / 100)
    expected = codata.k * 300 / (device.gyrovector * device.gyrotropic_frequency * device.radius**2)
    both = np.concatenate([final["x"], final["y"]])
    # 3000 samples of a square: 2.6 %
    assert np.mean(both**2) == pytest.approx(expected, rel=0.1)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("preset", [None, *VortexOscillator.presets()])
def test_ngspice_gyrates_alike(preset):
    device = VortexOscillator.preset(preset) if preset else VortexOscillator()
    device = device.replace(initial_radius=0.5)
    current = 1.3 * device.threshold_current
    numeric, spice = (amplitude(device, current=current, engine=engine) for engine in ("numeric", "ngspice"))
    assert spice["frequency"].item() == pytest.approx(numeric["frequency"].item(), rel=5e-3)
    assert spice["amplitude"].item() == pytest.approx(numeric["amplitude"].item(), rel=1e-2)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"diameter": 30e-9}, "at least 8 exchange lengths"),
        ({"resistance_swing": 49.0}, "must not exceed"),
        ({"polarization": 0.0}, "bounds"),
        ({"thickness": "5 V"}, "unit"),
    ],
)
def test_discs_that_cannot_be_are_refused(values, complaint):
    with pytest.raises(ParameterError, match=complaint):
        VortexOscillator(**values)
