"""Mutual synchronisation against the order parameter of Kuramoto's model with Lorentzian frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import synchronisation
from synaspice.devices import MTJ, VTEAM, AutoOscillator, ParameterError, ValidityWarning
from synaspice.figures import plot

DEVICE = AutoOscillator(nonlinear_frequency_shift=-5e9, action=6e-28)


@pytest.mark.parametrize("lag", [0.0, 0.6])
def test_the_order_parameter_is_kuramotos(lag):
    r""":math:`r = \sqrt{1 - K_c / K}` above the threshold, of the order of :math:`1 / \sqrt N` below it."""
    table = synchronisation(DEVICE, strength=[0.4, 2.0, 4.0], lag=lag, seed=1)
    assert table["order_parameter"][0] < 0.25
    np.testing.assert_allclose(table["order_parameter"][1:], np.sqrt([0.5, 0.75]), atol=0.02)


def test_the_critical_coupling_is_twice_the_width_with_that_of_the_noise():
    quiet = synchronisation(DEVICE, strength=[2.0], oscillators=10, seed=1)
    spread = 1e-2 * DEVICE.damping_rate / (2 * np.pi)
    assert quiet.attrs["critical_coupling"] == pytest.approx(2 * spread, rel=1e-12)
    noisy = synchronisation(DEVICE, strength=[3.0], temperature=300.0, spread=spread, seed=2)
    assert noisy.attrs["critical_coupling"] > 1.1 * quiet.attrs["critical_coupling"]
    assert noisy["order_parameter"][0] == pytest.approx(np.sqrt(2 / 3), abs=0.04)


def test_two_oscillators_are_locked_up_to_their_mutual_range():
    r"""Frequencies at the quartiles differ by :math:`2 \gamma`; two are locked for :math:`K \ge 2 \gamma`, the critical
    strength itself, and have :math:`r = \cos(\phi / 2)`, :math:`\sin\phi = K_c / K`."""
    table = synchronisation(DEVICE, strength=[0.9, 1.1, 2.0], oscillators=2, seed=1)
    assert table["deviation"][0] > 0.1 and table["deviation"][1:].max() < 1e-3
    np.testing.assert_allclose(table["order_parameter"][1:], np.cos(np.arcsin(1 / np.array([1.1, 2.0])) / 2), atol=2e-3)
    assert len(plot(table).axes) == 1


def test_what_does_not_synchronise_is_refused():
    for device in (VTEAM(), MTJ.preset("taniguchi2013-like")):
        with pytest.raises(ParameterError, match="offers no Coupling"):
            synchronisation(device)
    with pytest.raises(ParameterError, match="above the threshold"):
        synchronisation(DEVICE, current=0.9e-3)
    with pytest.raises(ParameterError, match="more than 1e\\+07 steps"):
        synchronisation(DEVICE, spread=1e-3)
    with pytest.raises(ParameterError, match="a quarter of a turn"):
        synchronisation(DEVICE, lag=1.6)
    with pytest.warns(ValidityWarning, match="not weak"):
        synchronisation(DEVICE, spread=2e7, strength=[4.0], oscillators=2, seed=1)
    for bad in ([0.0], [-1.0], [np.nan], "strong"):
        with pytest.raises(ParameterError, match="strength must be"):
            synchronisation(DEVICE, strength=bad)
