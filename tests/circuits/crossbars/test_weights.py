"""Weights as conductances: there and back, levels, and what cannot be mapped."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.weights.mapping import map_weights, quantize, scatter
from synaspice.devices import ParameterError, UnknownNameError
from synaspice.devices.core.variability import LogNormal, Normal

WEIGHTS = np.random.default_rng(5).uniform(-2, 2, (6, 4))
VOLTAGES = np.random.default_rng(6).uniform(-0.2, 0.2, (3, 6))
RANGE = (1e-6, 1e-4)


@pytest.mark.parametrize("scheme", ["differential", "offset"])
def test_currents_of_an_ideal_crossbar_decode_to_the_product(scheme):
    mapping = map_weights(WEIGHTS, *RANGE, scheme=scheme, largest=2.5)
    assert mapping.conductance.shape == (6, 8 if scheme == "differential" else 5)
    assert RANGE[0] <= mapping.conductance.min() and mapping.conductance.max() <= RANGE[1]
    decoded = mapping.decode(Crossbar(mapping.conductance).output(VOLTAGES))
    np.testing.assert_allclose(decoded, VOLTAGES @ WEIGHTS, atol=1e-12)
    np.testing.assert_allclose(mapping.decode(Crossbar(mapping.conductance).output(VOLTAGES[0])), decoded[0])
    np.testing.assert_allclose(mapping.effective(mapping.conductance), WEIGHTS, atol=1e-12)


def test_the_range_is_used_whole():
    mapping = map_weights([[1.0, -0.5]], *RANGE)
    np.testing.assert_allclose(mapping.conductance, [[1e-4, 1e-6, 1e-6, 1e-6 + 0.5 * 99e-6]])
    offset = map_weights([[1.0, -1.0]], *RANGE, scheme="offset")
    np.testing.assert_allclose(offset.conductance, [[1e-4, 1e-6, 50.5e-6]])


@pytest.mark.parametrize("scheme", ["differential", "offset"])
@pytest.mark.parametrize("levels", [2, 3, 16])
def test_levels_are_evenly_spaced_and_nearest(levels, scheme):
    mapping = map_weights(WEIGHTS, *RANGE, levels=levels, scheme=scheme)
    programmed = mapping.conductance if scheme == "differential" else mapping.conductance[:, :-1]
    grid = np.linspace(*RANGE, levels)
    distance = np.abs(programmed[..., np.newaxis] - grid).min(axis=-1)
    assert distance.max() < 1e-12 * RANGE[1]
    exact = map_weights(WEIGHTS, *RANGE, scheme=scheme).conductance[:, : programmed.shape[1]]
    half = (grid[1] - grid[0]) / 2
    assert np.max(np.abs(programmed - exact)) <= half * (1 + 1e-9)
    assert np.max(np.abs(programmed - exact)) > 0


def test_scatter_has_the_distribution_and_the_seed():
    nominal = np.full((100, 100), 1e-5)
    found = scatter(nominal, LogNormal(0.1), 3)
    assert np.std(np.log(found)) == pytest.approx(0.1, rel=0.03)
    np.testing.assert_array_equal(found, scatter(nominal, LogNormal(0.1), 3))
    assert np.any(found != scatter(nominal, LogNormal(0.1), 4))
    with pytest.raises(ParameterError, match="must be positive"):
        scatter(nominal, Normal(1.0, relative=True), 3)


def test_impossible_mappings_are_refused():
    with pytest.raises(ParameterError, match=r"weights\[0, 1\] = 3 is outside \[-2, 2\]"):
        map_weights([[1.0, 3.0]], *RANGE, largest=2.0)
    with pytest.raises(ParameterError, match="levels must be at least 2"):
        map_weights(WEIGHTS, *RANGE, levels=1)
    with pytest.raises(ParameterError, match="levels must be a whole number"):
        quantize([[1e-5]], 2.5, *RANGE)
    for wrong in ((0.0, 1e-4), (1e-4, 1e-6), (1e-6, np.inf), (np.nan, 1e-4)):
        with pytest.raises(ParameterError, match="range of conductances"):
            map_weights(WEIGHTS, *wrong)
    with pytest.raises(ParameterError, match="not finite"):
        map_weights([[np.nan]], *RANGE)
    with pytest.raises(ParameterError, match="must be a matrix"):
        map_weights([1.0, 2.0], *RANGE)
    with pytest.raises(ParameterError, match="all weights are 0"):
        map_weights([[0.0]], *RANGE)
    with pytest.raises(ParameterError, match="not within"):
        quantize([[1e-3]], 4, *RANGE)
    with pytest.raises(UnknownNameError, match="differential"):
        map_weights(WEIGHTS, *RANGE, scheme="sign")
    with pytest.raises(ParameterError, match="8 bit lines"):
        map_weights(WEIGHTS, *RANGE).decode(np.zeros(4))
    with pytest.raises(ParameterError, match="largest must be positive"):
        map_weights(WEIGHTS, *RANGE, largest=-1.0)
