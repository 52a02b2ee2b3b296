"""The bench of an oscillator's line, against the theory of Slavin and Tiberkevich and against noisy trajectories."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import linewidth
from synaspice.devices import MTJ, VTEAM, AutoOscillator, ParameterError
from synaspice.figures import plot

DEVICE = AutoOscillator(action=1e-26)


def test_an_auto_oscillators_line_has_the_width_of_slavin_and_tiberkevich():
    r""":math:`\Delta f = (1 + \nu^2) \Gamma_+ k_B T / (2 \pi \lambda \omega p_0)`, and :math:`\Gamma_p / \pi`."""
    currents = np.array([1.4e-3, 2e-3])
    table = linewidth(DEVICE, current=currents, offset=[1e4, 1e5], temperature=300.0)
    rows = table[table["offset"] == 1e4]
    zeta = currents / DEVICE.threshold_current
    power = (zeta - 1) / (zeta + 1)
    omega = DEVICE.angular_frequency + DEVICE.nonlinear_frequency_shift * power
    nu = DEVICE.nonlinear_frequency_shift / (DEVICE.damping_rate * (zeta + 1))
    linear = DEVICE.damping_rate * (1 + power) * codata.k * 300 / (2 * np.pi * DEVICE.action * omega * power)
    np.testing.assert_allclose(rows["frequency"], omega / (2 * np.pi), rtol=1e-9)
    np.testing.assert_allclose(rows["broadening"], 1 + nu**2, rtol=1e-7)
    np.testing.assert_allclose(rows["linewidth"], linear * (1 + nu**2), rtol=1e-7)
    np.testing.assert_allclose(rows["relaxation_frequency"], DEVICE.damping_rate * (zeta - 1) / np.pi, rtol=1e-6)
    # L = S_phi / 2 with S_phi = linewidth / (pi f^2): 20 dB less in each decade
    level = 10 * np.log10(table["linewidth"] / (2 * np.pi * table["offset"] ** 2))
    np.testing.assert_allclose(table["phase_noise"], level, atol=1e-4)
    # above the relaxation the phase follows the noise of the amplitude no more
    far = linewidth(DEVICE.replace(frequency=1e11), current=2e-3, offset=[3e9], temperature=300.0).iloc[0]
    seen = 1 / (1 + (far["offset"] / far["relaxation_frequency"]) ** 2)
    seen = (1 + (far["broadening"] - 1) * seen) / far["broadening"]
    level = 10 * np.log10(seen * far["linewidth"] / (2 * np.pi * far["offset"] ** 2))
    assert far["phase_noise"] == pytest.approx(level, abs=5e-3)


def test_noisy_trajectories_have_the_same_width():
    row = linewidth(DEVICE, current=2e-3, offset=[1e6], temperature=300.0, trajectories=16, seed=3).iloc[0]
    assert row["measured_linewidth"] == pytest.approx(row["linewidth"], rel=0.25)  # a tenth, of sixteen records


def test_where_noise_is_not_weak_there_is_no_width():
    device = AutoOscillator()
    table = linewidth(device, current=[1.05e-3, 1.9e-3], offset=[1e6], temperature=300.0)
    assert np.isfinite(table["frequency"]).all() and np.isfinite(table["relaxation_frequency"]).all()
    assert np.isnan(table["linewidth"][0]) and np.isnan(table["phase_noise"][0])


def test_over_the_field_and_its_figure():
    device = MTJ.preset("taniguchi2013-like")
    fields = np.array([1.2e5, 1.8e5])
    table = linewidth(device, current=[-3e-3], field=fields, axis="z", temperature=20.0)
    rows = table.drop_duplicates("field")
    assert np.all(np.diff(rows["frequency"]) > 0) and np.isfinite(rows["linewidth"]).all()
    same = linewidth(device.replace(field_z=fields[1]), current=[-3e-3], temperature=20.0).iloc[0]
    assert rows["linewidth"].iloc[1] == pytest.approx(same["linewidth"], rel=1e-6)
    assert len(plot(table).axes) == 3


def test_what_has_no_line_is_refused():
    with pytest.raises(ParameterError):
        linewidth(VTEAM())
    with pytest.raises(ParameterError, match="no periodic orbit"):
        linewidth(DEVICE, current=0.5e-3)
    with pytest.raises(ParameterError, match="no magnetic field along z"):
        linewidth(DEVICE, field=[0.0])
    with pytest.raises(ParameterError, match="temperature"):
        linewidth(DEVICE, temperature=0.0)
