"""Noise of phase and amplitude at offsets from an oscillation's line, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.devices import MTJ, AutoOscillator, ParameterError, VortexOscillator, periodic_orbit
from synaspice.devices.core.oscillator_protocols import Oscillation


@pytest.mark.parametrize("shift", [0.0, -1e10, 2e10])
@pytest.mark.parametrize("zeta", [1.2, 2.0])
def test_an_auto_oscillators_phase_and_amplitude_noise(shift, zeta):
    r"""Linearised, :math:`\dot\phi = \omega + 2 N p_0 a + f_\phi`, :math:`\dot a = -2 \Gamma_p a + f_a`, both noises of
    density :math:`D / p_0`: two-sided :math:`S_\phi = \frac{D}{p_0 \omega^2} [1 + \nu^2 4 \Gamma_p^2 / (\omega^2 + 4
    \Gamma_p^2)]` and :math:`S_a = \frac{D}{p_0} / (\omega^2 + 4 \Gamma_p^2)` (Slavin and Tiberkevich 2009)."""
    # Far above all offsets: a real quantity, not the complex amplitude, is seen, and the line below 0 is not felt.
    device = AutoOscillator(action=1e-24, frequency=500e9, nonlinear_frequency_shift=shift)
    current = zeta * device.threshold_current
    orbit = periodic_orbit(device, current)
    power, relaxation = device.stationary_power(current), 2 * device.damping_rate * (zeta - 1)
    turning = device.angular_frequency + shift * power
    density = device.damping_rate * (1 + power) * codata.k * 300 / (device.action * turning) / power
    offsets = np.geomspace(1e3, 1e9, 13)
    omega, nu = 2 * np.pi * offsets, shift / (device.damping_rate * (zeta + 1))
    table = orbit.phase_noise(offsets, 300.0, "c_re")
    phase = density / omega**2 * (1 + nu**2 * relaxation**2 / (omega**2 + relaxation**2))
    np.testing.assert_allclose(table["phase_noise"], 2 * phase, rtol=1e-5)
    np.testing.assert_allclose(table["amplitude_noise"], 2 * density / (omega**2 + relaxation**2), rtol=1e-5)
    assert orbit.broadening(300.0) == pytest.approx(1 + nu**2, rel=1e-7)


@pytest.mark.parametrize(
    ("model", "preset", "current"),
    [(MTJ, "taniguchi2013-like", -2.4e-3), (VortexOscillator, "torrejon2017-like", 3.8e-3)],
)
def test_close_to_the_line_phase_noise_is_that_of_the_linewidth(model, preset, current):
    r"""One-sided :math:`S_\phi = \Delta f / (\pi f^2)`, from the diffusion of the phase alone."""
    device = model.preset(preset)
    orbit = periodic_orbit(device.replace(**device.protocol(Oscillation).overrides), current)
    offsets = np.array([1e-4, 1e-3]) * orbit.relaxation_rate
    for k in (1, 2):
        noise = orbit.phase_noise(offsets, 1.0, harmonic=k)["phase_noise"]
        np.testing.assert_allclose(noise, k**2 * orbit.weak_linewidth(1.0)[0] / (np.pi * offsets**2), rtol=2e-4)


def test_offsets_that_make_no_sense_are_refused():
    orbit = periodic_orbit(AutoOscillator(action=1e-23), 2e-3)
    for offsets in ([0.0], [-1.0], [np.nan], [0.5 * orbit.frequency], "near", []):
        with pytest.raises(ParameterError):
            orbit.phase_noise(offsets, 300.0)
    with pytest.raises(ParameterError, match="temperature"):
        orbit.phase_noise([1e6], 0.0)
    for harmonic in (0, 1.5, 10**6):
        with pytest.raises(ParameterError):
            orbit.phase_noise([1e6], 300.0, harmonic=harmonic)
    with pytest.raises(ParameterError, match="does not oscillate"):
        orbit.phase_noise([1e6], 300.0, "power")
