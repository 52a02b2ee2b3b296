"""Domain walls at finite temperature: diffusion, equilibrium, depinning."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.devices import DomainWallMagnet


def wall(**values):
    """A wall far from the ends."""
    return DomainWallMagnet(**{"length": 1e-3, "end_width": 1e-6, "magnetoresistance": 0.0} | values)


def spread(device, duration, **more):
    arguments = {"temperature": 300.0, "trajectories": 2000, "seed": 4} | more
    final = device.simulate(0.0, duration, **arguments)["wall_position"]
    return np.mean((final - device.length / 2) ** 2)


# A variance from 2000 samples has a relative standard deviation of sqrt(2 / 2000) = 3.2 %.
@pytest.mark.parametrize("temperature", [100.0, 300.0])
def test_a_free_wall_diffuses_as_the_fluctuation_dissipation_theorem_says(temperature):
    """<q^2> = 2 D t, D = k_B T / [zeta (1 + 1 / alpha^2)], zeta = 2 alpha mu0 M_s w t / (gamma_0 Delta).

    zeta is the friction of q at a fixed angle; with H_K = 0 the angle turns freely, and the gyrotropic coupling
    deflects all but 1 / (1 + 1 / alpha^2) of the motion.
    """
    device = wall(transverse_anisotropy_field=0.0, damping=0.2)
    friction = 2 * 0.2 * codata.mu_0 * 8e5 * device.magnet_area / (device.gamma_0 * device.wall_width)
    diffusion = codata.k * temperature / friction / (1 + 1 / 0.2**2)
    measured = spread(device, 1e-8, temperature=temperature, time_step=1e-11)
    assert measured == pytest.approx(2 * diffusion * 1e-8, rel=0.1)


def test_a_wall_with_a_stiff_angle_diffuses_by_einsteins_relation():
    """D = k_B T mu with the mobility mu = 1 / zeta of a force, once the angle has relaxed (R. A. Duine et al. 2007)."""
    device = wall(transverse_anisotropy_field=3e5, damping=0.2)
    friction = 2 * 0.2 * codata.mu_0 * 8e5 * device.magnet_area / (device.gamma_0 * device.wall_width)
    measured = spread(device, 4e-9, time_step=2e-12)
    # The angle relaxes in some 1/(alpha gamma_0 H_K) = 0.1 ns, 2 % of the run.
    assert measured == pytest.approx(2 * codata.k * 300 / friction * 4e-9, rel=0.12)


def test_angle_and_notch_are_in_thermal_equilibrium():
    """Boltzmann: p(phi) ~ exp(-E / k_B T), E = mu0 M_s H_K Delta w t sin^2 phi; V_n / w_n^2 <(q - q_n)^2> = k_B T."""
    device = wall(transverse_anisotropy_field=3e5, damping=0.5, notch_energy=4e-19, notch_width=30e-9)
    final = device.simulate(0.0, 2e-8, temperature=300.0, trajectories=1500, seed=2, time_step=4e-12)
    barrier = codata.mu_0 * 8e5 * 3e5 * device.wall_width * device.magnet_area / (codata.k * 300)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 2001)
    density = np.exp(-barrier * np.sin(angle) ** 2)
    expected = np.sum(density * np.sin(angle) ** 2) / np.sum(density)
    assert np.mean(np.sin(final["angle"]) ** 2) == pytest.approx(expected, rel=0.12)
    offset = final["wall_position"] - device.length / 2
    assert np.mean(offset**2) == pytest.approx(codata.k * 300 * (30e-9) ** 2 / 4e-19, rel=0.12)


def test_the_depinning_current_falls_with_temperature():
    """A wall in a notch of 10 k_B T at 300 K, at 0.6 of its depinning current: it leaves the earlier the hotter."""
    # A stiff angle, or the adiabatic torque alone would depin the wall.
    device = wall(
        notch_energy=4e-20, notch_width=20e-9, damping=0.5, nonadiabaticity=0.5, transverse_anisotropy_field=2e5
    )
    force = 4e-20 / (20e-9 * math.sqrt(math.e))
    u = 0.6 * force / (2 * codata.mu_0 * 8e5 * device.magnet_area) * device.gamma_0 * device.wall_width / 0.5
    escaped = []
    for temperature in (10.0, 150.0, 300.0):
        noise = {"temperature": temperature, "trajectories": 100, "seed": 3, "time_step": 1e-11}
        final = device.simulate(u / device.drift_per_ampere, 5e-8, source="current", **noise)
        escaped.append(np.mean(final["wall_position"] - device.length / 2 > 100e-9))
    assert escaped[0] == 0
    assert escaped[1] < escaped[2]
    assert escaped[2] > 0.5
