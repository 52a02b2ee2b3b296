"""Populations of cells whose parameter has a distribution."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.fitting.populations import fit_population
from synaspice.devices import LinearIonDrift, ParameterError, UnknownNameError
from synaspice.figures import plot, save

CELL = LinearIonDrift(resistance_on=1e3, resistance_off=1e5)


def resistances(location, scale, count=300, seed=4):
    """Of the linear law R = R_on + (1 - s) (R_off - R_on), written here once more, with a normal state s."""
    state = location + scale * np.random.default_rng(seed).standard_normal(count)
    return 1e3 + (1 - state) * 99e3


def test_the_distribution_from_which_cells_were_drawn_is_found(tmp_path):
    table = fit_population(CELL, resistances(0.6, 0.05), "initial_state")
    attrs = table.attrs
    assert attrs["location"] == pytest.approx(0.6, abs=3 * attrs["location_error"])
    assert attrs["scale"] == pytest.approx(0.05, abs=3 * attrs["scale_error"])
    assert attrs["location_error"] == pytest.approx(0.05 / np.sqrt(300), rel=0.25)
    assert attrs["distance"] < 1.36 / np.sqrt(300) and attrs["outside"] == 0
    assert attrs["median_ratio"] == pytest.approx(1.0, abs=0.02)
    assert save(plot(table), tmp_path / "p.png").stat().st_size > 10_000


def test_cells_of_two_kinds_are_no_normal_distribution():
    both = np.concatenate([resistances(0.3, 0.02), resistances(0.8, 0.02, seed=5)])
    assert fit_population(CELL, both, "initial_state").attrs["distance"] > 0.2


def test_successive_resistances_that_depend_on_each_other_count_less():
    slow = np.sort(resistances(0.6, 0.05))
    attrs = fit_population(CELL, slow, "initial_state").attrs
    assert attrs["correlation"] > 0.9 and attrs["independent"] < 30


@pytest.mark.parametrize(
    ("values", "parameter", "how", "error", "complaint"),
    [
        ([-1.0] * 20, "initial_state", {}, ParameterError, "positive"),
        ([np.nan] * 20, "initial_state", {}, ParameterError, "finite"),
        ([1.0] * 20, "initial_state", {}, ParameterError, "0 of 20"),
        ([2e3] * 20, "mobility", {}, ParameterError, "does not rise or fall"),
        ([2e3] * 20, "exponent", {}, UnknownNameError, "exponent"),
        ([2e3] * 20, "initial_state", {"spread": "uniform"}, UnknownNameError, "uniform"),
        ([2e3] * 20, "initial_state", {"read_voltage": 0.0}, ParameterError, "positive"),
        ([2e3] * 20, "initial_state", {"bounds": (1.0, 0.0)}, ParameterError, "lower and an upper"),
    ],
)
def test_what_is_no_population_is_refused(values, parameter, how, error, complaint):
    with pytest.raises(error, match=complaint):
        fit_population(CELL, values, parameter, **how)
