"""The macrospin junction as an oscillator."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import amplitude
from synaspice.characterization.bench import suitable_benches
from synaspice.devices import MTJ

PRESET = "taniguchi2013-like"


def threshold(device):
    """I_c = 4 alpha e M V (H + H_K - M) / (hbar eta lambda), in SI with mu_0 (doi:10.7567/APEX.6.123003)."""
    eta = 0.54
    field = device.field_z + device.uniaxial_field - device.saturation_magnetization
    moment = codata.mu_0 * device.saturation_magnetization * device.volume
    return 4 * device.damping * codata.e * moment * field / (codata.hbar * eta * eta**2)


@pytest.mark.slow
def test_the_threshold_is_that_of_taniguchi():
    """A precession of 0.05 rad about the field decays at 0.95 and grows at 1.05 of the theory's current."""
    device = MTJ.preset(PRESET)
    # The precession is averaged over by the theory: the rotated torque also displaces the axis a little.
    growth = []
    for factor in (0.95, 1.05):
        trace = device.simulate(-factor * threshold(device), 40e-9, source="current", points=4001)
        spread = [np.ptp(trace["m_x"].iloc[part]) for part in (slice(0, 400), slice(-400, None))]
        growth.append(spread[1] / spread[0])
    assert growth[0] < 1 < growth[1]


@pytest.mark.slow
def test_the_amplitude_follows_the_square_root_of_the_excess_current():
    """Slavin and Tiberkevich: p0 ~ I - I_th near the threshold: amplitude^2 rises in proportion to it."""
    device = MTJ.preset(PRESET, initial_polar_angle=0.3)
    critical = threshold(device)
    factors = np.array([1.05, 1.08, 1.11, 1.14])
    table = amplitude(device, current=-factors * critical)
    # the angle of precession from the resistance's swing, which is linear in it at small angles
    square = (table["amplitude"] / table["current"]).to_numpy() ** 2
    # With a bend for the next order; the straight part ends at the threshold, where nothing oscillates.
    bend, slope, offset = np.polyfit(factors - 1, square, 2)
    assert offset / slope == pytest.approx(0, abs=0.015)
    assert abs(bend) * 0.05 < slope


@pytest.mark.ngspice
@pytest.mark.slow
def test_ngspice_oscillates_alike():
    """The preset that settles soonest; trajectories of all presets are compared in test_targets."""
    assert all("amplitude" in suitable_benches(MTJ.preset(preset)) for preset in (PRESET, "kiselev2003-like"))
    device = MTJ.preset("kiselev2003-like")
    numeric, spice = (amplitude(device, current=-1.4e-3, engine=engine) for engine in ("numeric", "ngspice"))
    assert spice["frequency"].item() == pytest.approx(numeric["frequency"].item(), rel=5e-3)
    assert spice["amplitude"].item() == pytest.approx(numeric["amplitude"].item(), rel=1e-2)


def test_small_precession_in_the_presets_field_has_its_frequency():
    device = MTJ.preset(PRESET, damping=1e-4)
    trace = device.simulate(0.0, 3e-9, points=3001)
    phase = np.unwrap(np.arctan2(trace["m_y"], trace["m_x"]))
    field = device.field_z + (device.uniaxial_field - device.saturation_magnetization) * math.cos(0.05)
    assert np.polyfit(trace["time"], phase, 1)[0] == pytest.approx(device.gamma_0 * field, rel=1e-4)
