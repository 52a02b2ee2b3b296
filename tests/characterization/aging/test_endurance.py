"""Endurance of measured cells: laws from which they were drawn, failures, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import fit_endurance, read_table, write_table
from synaspice.devices import ParameterError, ValidityWarning
from synaspice.figures import plot, save


def cycled(cells=25, law="power", seed=2, shape=2.0, scale=3e4, last=100_000):
    """Cells whose window closes by a law, with lognormal factors, until they fail and stay set."""
    random = np.random.default_rng(seed)
    cycle = np.unique(np.geomspace(1, last, 150).astype(int))
    rows = []
    for cell in range(cells):
        dies = scale * random.weibull(shape)
        moved = {"power": (cycle**0.03, cycle**-0.08), "exponential": (np.exp(2e-6 * cycle), np.exp(-1e-5 * cycle))}
        up, down = moved[law]
        low = 1e4 * np.exp(0.1 * random.standard_normal()) * up * np.exp(0.05 * random.standard_normal(len(cycle)))
        high = 1e6 * np.exp(0.3 * random.standard_normal()) * down * np.exp(0.2 * random.standard_normal(len(cycle)))
        high = np.where(cycle >= dies, 1.2 * low, high)
        rows.append(
            pd.DataFrame({"device": f"c{cell}", "cycle": cycle, "resistance_low": low, "resistance_high": high})
        )
    return pd.concat(rows, ignore_index=True)


def test_the_laws_and_spreads_from_which_cells_were_drawn_are_found(tmp_path):
    table = fit_endurance(cycled())
    low, high = (table.attrs["laws"][name] for name in ("resistance_low", "resistance_high"))
    assert low["law"] == high["law"] == "power" and min(low["better_by"], high["better_by"]) > 5
    assert low["slope"] == pytest.approx(0.03, abs=2.5 * low["slope_error"])
    assert high["slope"] == pytest.approx(-0.08, abs=2.5 * high["slope_error"])
    # Standard error of a spread over 25 cells: s / sqrt(2 * 24).
    assert low["spread"] == pytest.approx(0.1, abs=3 * 0.1 / np.sqrt(48))
    assert high["spread"] == pytest.approx(0.3, abs=3 * 0.3 / np.sqrt(48))
    assert high["scatter"] == pytest.approx(0.2, rel=0.05) and abs(high["correlation"]) < 0.1
    assert high["median"] == pytest.approx(1e6, rel=3 * 0.3 / 5)
    weibull = table.attrs["weibull"]
    assert weibull["shape"] == pytest.approx(2.0, abs=2.5 * weibull["shape_error"])
    assert weibull["scale"] == pytest.approx(3e4, abs=2.5 * weibull["scale_error"])
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.equals(table) and again.attrs == table.attrs
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_an_exponential_law_is_told_from_a_power():
    laws = fit_endurance(cycled(law="exponential", cells=8)).attrs["laws"]
    assert laws["resistance_high"]["law"] == "exponential"
    assert laws["resistance_high"]["slope"] == pytest.approx(-1e-5, abs=2.5 * laws["resistance_high"]["slope_error"])


def test_cells_that_live_on_are_censored_and_count():
    data = cycled(cells=40, scale=6e4, last=60_000)
    table = fit_endurance(data)
    weibull = table.attrs["weibull"]
    assert table.attrs["failures"] < 35
    assert weibull["scale"] == pytest.approx(6e4, abs=2.5 * weibull["scale_error"])


def test_a_single_cell_without_cycles_and_a_failure_that_lasts():
    data = cycled(cells=1, scale=1e9)[["resistance_low", "resistance_high"]]
    data.loc[20, "resistance_high"] = data.loc[20, "resistance_low"]  # once
    data.loc[100:, "resistance_high"] = data.loc[100:, "resistance_low"]
    assert fit_endurance(data).attrs["first_failure"] == 21
    table = fit_endurance(data, consecutive=5)
    assert table.attrs["first_failure"] == 101 and table.attrs["weibull"] is None
    assert table.attrs["laws"]["resistance_low"]["spread"] is None
    assert plot(table)


@pytest.mark.parametrize(
    ("change", "how", "complaint"),
    [
        ({"resistance_low": -1.0}, {}, "positive"),
        ({"resistance_high": np.nan}, {}, "positive"),
        ({"cycle": 0}, {}, "rising numbers from 1"),
        ({"device": None}, {}, "needs the device"),
        ({}, {"ratio": 1.0}, "above 1"),
        ({}, {"ratio": "two"}, "ratio"),
        ({}, {"consecutive": 0}, "at least 1"),
        ({}, {"ratio": 1e9}, "0 cycles work"),
        ({}, {"working": 1}, "working"),
    ],
)
def test_what_is_no_endurance_is_refused(change, how, complaint):
    data = cycled(cells=2)
    for name, value in change.items():
        data[name] = data[name].astype(object) if value is None else data[name]
        data.loc[3, name] = value
    with pytest.raises(ParameterError, match=complaint):
        fit_endurance(data, **how)
    with pytest.raises(ParameterError, match="is missing"):
        fit_endurance(data[["resistance_low"]])
    with pytest.raises(ParameterError, match="table"):
        fit_endurance([1.0, 2.0])


def test_cells_that_all_fail_at_one_cycle_keep_their_laws():
    data = cycled(cells=10, last=100)
    broken = data["cycle"] > 20
    data.loc[broken, "resistance_high"] = data.loc[broken, "resistance_low"]
    with pytest.warns(ValidityWarning, match="no distribution of failures: the failures determine no distribution"):
        table = fit_endurance(data)
    assert table.attrs["weibull"] is None and table.attrs["failures"] == 10
    assert np.isfinite(table.attrs["laws"]["resistance_high"]["slope"])
