"""Retention of measured cells: drift, losses and barrier from which they were drawn, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.constants as codata

from synaspice.characterization import fit_retention, read_table, write_table
from synaspice.devices import ParameterError, ValidityWarning
from synaspice.figures import plot, save

ENERGY, ATTEMPT, SHAPE = 1.2, 1e-10, 1.3


def waited(cells=100, kelvins=(400.0, 425.0, 450.0), seed=1, own=True):
    """Cells that drift by a power of the time, and are lost at times of Weibull's distribution and Arrhenius' law."""
    random = np.random.default_rng(seed)
    times, rows = np.geomspace(10.0, 1e5, 9), []
    for kelvin in kelvins:
        scale = ATTEMPT * np.exp(ENERGY * codata.e / (codata.k * kelvin))
        gone = scale * random.weibull(SHAPE, cells)
        exponent, first = random.normal(0.02, 0.004, cells), 3e4 * np.exp(random.normal(0.0, 0.1, cells))
        resistance = first[:, None] * times ** exponent[:, None]
        resistance[times >= gone[:, None]] = 5e6
        grid = np.broadcast_to(times, resistance.shape)
        number = np.broadcast_to(np.arange(cells)[:, None], resistance.shape)
        part = pd.DataFrame({"temperature": kelvin, "time": grid.ravel(), "resistance": resistance.ravel()})
        rows.append(part.assign(cell=[f"{kelvin:g}-{k}" for k in number.ravel()]) if own else part)
    return pd.concat(rows, ignore_index=True)


def test_drift_losses_and_barrier_are_those_from_which_cells_were_drawn(tmp_path):
    table = fit_retention(waited(), (1e4, 1e6), temperature=358.0)
    attrs = table.attrs
    for law in attrs["drift"][:2]:
        assert law["exponent"] == pytest.approx(0.02, abs=3 * law["exponent_error"])
    assert attrs["drift"][0]["exponent_spread"] == pytest.approx(0.004, rel=0.5)
    assert attrs["barrier"] == pytest.approx(ENERGY, abs=2.5 * attrs["barrier_error"])
    assert attrs["barrier_error"] < 0.06
    shape = attrs["weibull"]
    assert shape["shape"] == pytest.approx(SHAPE, abs=2.5 * shape["shape_error"])
    exact = ATTEMPT * np.exp(ENERGY * codata.e / (codata.k * 358.0)) * (-np.log(0.99)) ** (1 / SHAPE)
    value, low, high = attrs["time_of_share"]
    assert low < exact < high and low < value < high
    assert attrs["ten_year_loss"] == pytest.approx(1.0, abs=1e-3)
    # 1 % in ten years: k_B T = E / ln(t / t_0 (-ln 0.99)^(1 / k)).
    years = 10 * 365.25 * 86400 / ((-np.log(0.99)) ** (1 / SHAPE))
    assert attrs["ten_year_temperature"] == pytest.approx(
        ENERGY * codata.e / codata.k / np.log(years / ATTEMPT), rel=0.02
    )
    assert np.all((table["lower"] <= table["lost"] + 1e-12) & (table["lost"] <= table["upper"] + 1e-12))
    assert np.mean((table["lost_fit"] > table["lower"]) & (table["lost_fit"] < table["upper"])) > 0.8
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.equals(table) and again.attrs == attrs
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_every_time_with_cells_of_its_own_tells_the_barrier_too():
    attrs = fit_retention(waited(own=False), (1e4, 1e6)).attrs
    assert attrs["barrier"] == pytest.approx(ENERGY, abs=0.1)


def test_one_read_at_an_unknown_time_has_a_share_and_no_law():
    random = np.random.default_rng(1)
    data = pd.DataFrame({"resistance": 3e4 * np.exp(0.2 * random.standard_normal(400))})
    table = fit_retention(data, (2e4, 4e4))
    row = table.iloc[0]
    assert row["sigma"] == pytest.approx(0.2, rel=0.15)
    assert row["lost"] == np.mean((data["resistance"] < 2e4) | (data["resistance"] > 4e4))
    assert np.isnan(row["time"]) and np.isnan(row["lost_fit"]) and table.attrs["barrier"] is None
    assert plot(table)


def test_one_temperature_has_a_distribution_and_no_extrapolation():
    attrs = fit_retention(waited(kelvins=(425.0,)), (1e4, 1e6)).attrs
    scale = ATTEMPT * np.exp(ENERGY * codata.e / (codata.k * 425.0))
    assert attrs["weibull"]["scales"]["425"] == pytest.approx(scale, rel=0.25)
    assert attrs["barrier"] is None and attrs["ten_year_loss"] is None


@pytest.mark.parametrize(
    ("change", "limits", "how", "complaint"),
    [
        ({"resistance": 0.0}, (1e4, 1e6), {}, "positive"),
        ({"time": np.nan}, (1e4, 1e6), {}, "positive"),
        ({"temperature": -1.0}, (1e4, 1e6), {}, "positive"),
        ({}, (1e6, 1e4), {}, "lower and an upper"),
        ({}, (1e4,), {}, "lower and an upper"),
        ({}, (1e4, 1e6), {"share": 1.0}, "between 0 and 1"),
        ({}, (1e4, 1e6), {"temperature": 0.0}, "temperature"),
        ({}, (1e4, 1e6), {"origin": -1.0}, "origin"),
        ({"time": 17.0}, (1e4, 1e6), {}, "3 cells at least"),
    ],
)
def test_what_is_no_retention_is_refused(change, limits, how, complaint):
    data = waited(cells=5)
    for name, value in change.items():
        data.loc[2, name] = value
    with pytest.raises(ParameterError, match=complaint):
        fit_retention(data, limits, **how)
    with pytest.raises(ParameterError, match="needs a column resistance"):
        fit_retention(data[["time"]], (1e4, 1e6))


def test_cells_that_were_all_lost_at_every_look_tell_no_distribution():
    with pytest.warns(ValidityWarning, match="no distribution of failures: all have failed before the first look"):
        table = fit_retention(waited(cells=5), (1.0, 2.0))
    assert table.attrs["weibull"] is None and table.attrs["barrier"] is None
    assert (table["lost"] == 1).all()


def test_cells_that_last_longer_when_hot_are_told():
    data = waited()
    data["temperature"] = data["temperature"].min() + data["temperature"].max() - data["temperature"]
    with pytest.warns(ValidityWarning, match="is it kelvin"):
        assert fit_retention(data, (1e4, 1e6)).attrs["barrier"] < 0
