"""Benches on scattered samples: closed forms of spread and yield, samplers, resumed and parallel runs."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest
from sampled_benches import WEIGHTS, A, B, exponential, fails_above, ishigami, linear, slow_and_random
from scipy import stats

from synaspice.characterization import (
    figures_of_merit,
    iv,
    read_table,
    sample_statistics,
    simulate,
    sobol_indices,
    vary,
    write_table,
)
from synaspice.characterization.bench import BENCHES, bench
from synaspice.characterization.statistics.merit import Merit, without_rounding
from synaspice.characterization.statistics.spreads import distribution_from, spreads_of
from synaspice.characterization.statistics.summary import in_words
from synaspice.circuits import Inverter, LatchComparator
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, SimulationError, UnknownNameError
from synaspice.devices.core.variability import LogNormal, Mismatch, Normal, Uniform
from synaspice.devices.language.errors import MissingDependencyError, ValidityWarning
from synaspice.figures import plot

DEVICE = LinearIonDrift(resistance_on=100.0, resistance_off=16e3)
BOTH = {"resistance_on": Normal(5.0), "resistance_off": Normal(40.0)}
THREE = dict.fromkeys(("resistance_on", "resistance_off", "mobility"), Uniform(0.5, relative=True))
NAMES = ("resistance_on", "resistance_off")
RUN = """
import sys
from sampled_benches import slow_and_random
from synaspice.characterization import vary
from synaspice.devices import LinearIonDrift
vary(
    LinearIonDrift(resistance_on=100.0, resistance_off=16e3), slow_and_random, {"resistance_on": "normal 5"},
    samples=60, seed=3, settings={"wait": 0.02}, checkpoint=sys.argv[1],
)
"""


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.6])
def test_mean_and_spread_of_a_linear_figure_are_those_of_the_parameters(correlation):
    """sigma^2 = a^2 s1^2 + b^2 s2^2 + 2 rho a b s1 s2: within four standard errors, which are those of the formulas."""
    pair = {NAMES: correlation}
    table = vary(DEVICE, linear, BOTH, samples=500, seed=5, correlation=pair, merit="attribute figure")
    first, second = (weight * BOTH[name].standard_deviation for name, weight in WEIGHTS.items())
    sigma = np.sqrt(first**2 + second**2 + 2 * correlation * first * second)
    found = sample_statistics(table).iloc[0]
    mean = sum(weight * DEVICE.values[name] for name, weight in WEIGHTS.items())
    assert found["mean"] == pytest.approx(mean, abs=4 * sigma / np.sqrt(500))
    assert found["standard_deviation"] == pytest.approx(sigma, abs=4 * sigma / np.sqrt(1000))
    # Of an estimated spread sigma / sqrt 2n; of its own error, through the fourth moment's, sqrt(24 / n) / 4 of it.
    assert found["mean_error"] == pytest.approx(sigma / np.sqrt(500), rel=4 / np.sqrt(1000))
    assert found["standard_deviation_error"] == pytest.approx(sigma / np.sqrt(1000), rel=np.sqrt(24 / 500))
    z = stats.norm.ppf(0.95)
    error = np.sqrt(0.05 * 0.95 / 500) / stats.norm.pdf(z)
    assert found["quantile_95"] == pytest.approx(mean + z * sigma, abs=4 * error * sigma)


def test_the_yield_is_that_of_the_normal_distribution():
    table = vary(DEVICE, linear, {"resistance_on": Normal(5.0)}, samples=1000, seed=2, merit="last y", least=-7800.0)
    found = sample_statistics(table).iloc[0]  # the nominal figure: half of the samples are below
    assert found["yield_low"] < 0.5 < found["yield_high"]
    assert found["passed"] == found["yield"] * 1000
    one_sigma = sample_statistics(table, least=-7810.0, most=-7790.0).iloc[0]
    assert one_sigma["yield_low"] < stats.norm.cdf(1) - stats.norm.cdf(-1) < one_sigma["yield_high"]
    assert sample_statistics(table, least=0.0).iloc[0]["passed"] == 0


def test_a_mean_scatters_less_from_a_latin_hypercube_and_least_from_sobol_s_sequence():
    spread = dict.fromkeys(THREE, Normal(0.1, relative=True))

    def scatter(sampler):
        tables = [vary(DEVICE, exponential, spread, samples=32, seed=k, sampler=sampler, merit="y") for k in range(12)]
        return np.std([sample_statistics(table)["mean"].iloc[0] for table in tables])

    plain, hypercube, sobol = (scatter(sampler) for sampler in ("random", "latin-hypercube", "sobol"))
    # The spread of a spread from 12 is a fifth: a figure that is nearly a sum gains much more than that.
    assert hypercube < plain / 3 and sobol < plain / 3


def test_a_latin_hypercube_has_one_sample_in_each_interval():
    table = vary(DEVICE, linear, BOTH, samples=50, seed=1, sampler="latin-hypercube", merit="attribute figure")
    values = figures_of_merit(table)
    for name in NAMES:
        share = stats.norm.cdf(values[name], DEVICE.values[name], BOTH[name].standard_deviation)
        assert sorted(np.floor(50 * share).astype(int)) == list(range(50))


def test_corners_are_all_combinations_or_one_at_a_time():
    three = {"resistance_on": "normal 5", "resistance_off": "normal 40", "mobility": "normal 10%"}
    table = vary(DEVICE, linear, three, sampler="corners", sigmas=2.0, merit="attribute figure")
    values = figures_of_merit(table)
    assert len(values) == 1 + 2**3
    found = {tuple(row) for row in values[list(three)].to_numpy()[1:]}
    mobility = DEVICE.mobility
    expected = itertools.product((90.0, 110.0), (15920.0, 16080.0), (0.8 * mobility, 1.2 * mobility))
    np.testing.assert_allclose(sorted(found), sorted(expected), rtol=1e-12)
    worst = sample_statistics(table).iloc[0]
    assert worst["minimum"] == pytest.approx(2 * 90 - 0.5 * 16080) and worst["maximum"] == pytest.approx(-7740)
    assert worst["nominal"] == pytest.approx(-7800) and "mean" not in worst
    single = figures_of_merit(vary(DEVICE, linear, three, sampler="one-at-a-time", merit="attribute figure"))
    assert len(single) == 1 + 2 * 3
    moved = single[list(three)].to_numpy() != single[list(three)].to_numpy()[0]
    assert moved.sum(axis=1).tolist() == [0, 1, 1, 1, 1, 1, 1]


@pytest.mark.filterwarnings("ignore:.*cut off")
def test_a_distribution_is_cut_off_at_the_bounds_of_its_parameter():
    device = VTEAM(initial_state=0.9)
    with pytest.warns(ValidityWarning, match="outside its bounds"):
        table = vary(device, lambda one: linear(DEVICE), {"initial_state": "normal 0.3"}, samples=1000, seed=1)
    values = table.drop_duplicates("sample")["initial_state"]
    assert stats.kstest(values, stats.truncnorm(-3.0, 1 / 3, 0.9, 0.3).cdf).pvalue > 0.01
    assert table.attrs["cut_off"]["initial_state"] == pytest.approx(stats.norm.sf(1 / 3) + stats.norm.sf(3.0), rel=1e-9)
    with pytest.raises(ParameterError, match="lie outside its bounds"):
        vary(device, linear, {"initial_state": "normal 0.3"}, outside="refuse")
    with pytest.raises(ParameterError, match="lies outside its bounds"):
        spreads_of(device, {"initial_state": _Shifted()}, "truncate")
    with pytest.warns(ValidityWarning, match="a corner of initial_state lies outside"):
        corners = vary(device, lambda one: linear(DEVICE), {"initial_state": "normal 0.3"}, sampler="corners")
    assert corners.drop_duplicates("sample")["initial_state"].tolist() == pytest.approx([0.9, 0.0, 1.0], abs=1e-15)


class _Shifted:
    """A distribution that lies beyond one."""

    def at(self, nominal, z):
        return 30.0 + z


def test_correlated_parameters_keep_their_own_distributions():
    """Gaussian copula: each marginal is as asked, and the ranks have the correlation 6/pi arcsin(rho/2)."""
    device = VTEAM(initial_state=0.9)
    spread = {"initial_state": Normal(0.3), "resistance_on": LogNormal(0.3)}
    with pytest.warns(ValidityWarning):
        table = vary(
            device, lambda one: linear(DEVICE), spread, samples=1000, seed=4,
            correlation={("initial_state", "resistance_on"): 0.8},
        )  # fmt: skip
    values = table.drop_duplicates("sample")
    assert stats.kstest(values["initial_state"], stats.truncnorm(-3.0, 1 / 3, 0.9, 0.3).cdf).pvalue > 0.01
    assert stats.kstest(values["resistance_on"], stats.lognorm(0.3, scale=device.resistance_on).cdf).pvalue > 0.01
    rank = stats.spearmanr(values["initial_state"], values["resistance_on"]).statistic
    assert rank == pytest.approx(6 / np.pi * np.arcsin(0.4), abs=0.04)


def test_a_negative_parameter_can_be_log_normal():
    """Its size is; a positive number makes it more negative, as it does in a sample of devices."""
    device = VTEAM(rate_on=-10.0)
    (spread,) = spreads_of(device, {"rate_on": LogNormal(0.5)}, "truncate")
    assert spread.at(stats.norm.cdf(1.0)) == pytest.approx(-10 * np.exp(0.5)) == spread.corner(1.0)
    table = vary(device, lambda one: linear(DEVICE), {"rate_on": "lognormal 0.5"}, samples=500, seed=1)
    sizes = -table.drop_duplicates("sample")["rate_on"]
    assert stats.kstest(sizes, stats.lognorm(0.5, scale=10.0).cdf).pvalue > 0.01
    with pytest.raises(ParameterError, match="a relative spread of it is none"):
        spreads_of(MTJ(), {"field_x": Normal(0.05, relative=True)}, "truncate")


def test_mismatch_falls_with_the_root_of_the_area():
    junction = MTJ.preset("ikeda2010")
    small, large = (distribution_from(f"mismatch 1%*nm {area}", "1", junction) for area in ("20n*20n", "80n*80n"))
    assert small.at(1.24, 1.0) - 1.24 == pytest.approx(4 * (large.at(1.24, 1.0) - 1.24))
    assert isinstance(small, Mismatch) and small.relative
    assert (small.coefficient, small.area) == pytest.approx((1e-11, 4e-16))
    own = distribution_from("mismatch 1%*nm area", "1", junction)
    assert own.area == junction.derived["area"] == pytest.approx(np.pi / 4 * 40e-9**2)
    assert distribution_from("mismatch 3n 1e-14", "V").at(0.4, 2.0) == pytest.approx(0.46)


@pytest.mark.parametrize(
    "text", ["", "normal", "gauss 5%", "normal x", "lognormal 2 V", "mismatch 1%*nm", "mismatch 1 -2", "uniform nan"]
)
def test_a_text_that_is_no_distribution_is_refused(text):
    with pytest.raises(ParameterError):
        distribution_from(text, "ohm", DEVICE)


def test_a_sample_is_the_same_on_two_processes_and_however_many_there_are():
    how = {"samples": 6, "seed": 9}
    alone = vary(DEVICE, slow_and_random, {"resistance_on": "normal 5"}, **how)
    with joblib.parallel_config(n_jobs=2):
        together = vary(DEVICE, slow_and_random, {"resistance_on": "normal 5"}, **how)
    assert together.equals(alone) and together.attrs == alone.attrs
    more = vary(DEVICE, slow_and_random, {"resistance_on": "normal 5"}, samples=9, seed=9)
    assert more.head(len(alone)).equals(alone)
    noise = (alone["y"] - alone["resistance_on"]).to_numpy()
    assert len(set(np.round(noise, 9))) == 18, "every sample has noise of its own"
    same = vary(DEVICE, slow_and_random, {"resistance_on": "normal 5"}, **how, settings={"seed": 1})
    noise = (same["y"] - same["resistance_on"]).to_numpy().reshape(6, 3)
    np.testing.assert_allclose(noise, np.broadcast_to(noise[0], (6, 3)), atol=1e-9)


def test_a_killed_run_goes_on_to_the_same_table(tmp_path):
    folder = tmp_path / "kept"
    how = {"samples": 60, "seed": 3, "settings": {"wait": 0.02}}
    process = subprocess.Popen([sys.executable, "-c", RUN, str(folder)], env=_environment())
    deadline = time.monotonic() + 60
    while len(list(folder.glob("piece-*.npz"))) < 5 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("piece-*.npz")}
    assert 5 <= len(before) < 60
    spread = {"resistance_on": "normal 5"}
    resumed = vary(DEVICE, slow_and_random, spread, **how, checkpoint=folder)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("piece-*.npz")}
    assert before.items() <= after.items() and len(after) == 60
    whole = vary(DEVICE, slow_and_random, spread, **how | {"settings": {"wait": 0.02}})
    write_table(whole, tmp_path / "whole.csv"), write_table(resumed, tmp_path / "resumed.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "resumed.csv").read_bytes()
    with pytest.raises(ParameterError, match="other work"):
        vary(DEVICE, slow_and_random, {"resistance_on": "normal 6"}, **how, checkpoint=folder)


def _environment():
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def registered(monkeypatch):
    """Ishigami's function as a registered bench, which is forgotten afterwards."""
    monkeypatch.setattr(BENCHES, "_items", dict(BENCHES.current()))
    monkeypatch.setattr(BENCHES, "_origins", dict(BENCHES._origins))
    bench(name="ishigami")(ishigami)
    return "ishigami"


def test_sobol_s_indices_of_ishigami_s_function_are_the_known_ones(registered):
    """Closed forms of the variances, e.g. T. Homma, A. Saltelli, Reliab. Eng. Syst. Saf. 52, 1 (1996)."""
    pytest.importorskip("SALib")
    alone = [0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]
    both = 8 * B**2 * np.pi**8 / 225
    variance = sum(alone) + both
    assert variance == pytest.approx(A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5)
    table = sobol_indices(LinearIonDrift(), registered, THREE, "y", points=256, seed=1)
    assert table["parameter"].tolist() == list(THREE)
    # The intervals of 95 %, and room for one in twenty.
    np.testing.assert_array_less(abs(table["first_order"] - np.divide(alone, variance)), 2 * table["first_order_error"])
    total = np.divide([alone[0] + both, alone[1], both], variance)
    np.testing.assert_array_less(abs(table["total"] - total), 2 * table["total_error"])
    np.testing.assert_allclose(table["total"], total, atol=0.06)
    assert table.attrs["variance"] == pytest.approx(variance, rel=0.1)
    assert table.attrs["mean"] == pytest.approx(A / 2, abs=0.3)
    assert plot(table).axes[0].get_xlabel().startswith("Sobol index")


def test_without_salib_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(MissingDependencyError, match=r"pip install SALib, or"):
        sobol_indices(LinearIonDrift(), linear, THREE, "last y")


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ({"points": 100}, "power of two"),
        ({"distributions": {"resistance_on": "normal 5"}}, "two parameters at least"),
        ({"merit": "max x"}, "the same for all samples"),
        ({"merit": "nonsense of"}, "word for one number"),
    ],
)
def test_what_has_no_indices_is_refused(how, complaint):
    pytest.importorskip("SALib")
    arguments = {"distributions": BOTH, "merit": "max y", "points": 8, "seed": 1} | how
    with pytest.raises(ParameterError if "word" not in complaint else UnknownNameError, match=complaint):
        sobol_indices(DEVICE, linear, arguments.pop("distributions"), arguments.pop("merit"), **arguments)


def test_a_figure_of_merit_is_one_number_of_each_table():
    table = vary(DEVICE, linear, {"resistance_on": "normal 5"}, samples=3, seed=1)
    nominal = figures_of_merit(table, "attribute figure")["value"].to_numpy()
    for text, factor in {
        "last y": 1.0, "min y": 1.0, "max y": 0.0, "mean y": 0.5, "median y at kind=a": 0.5, "y at x=0.25": 0.25,
        "y at kind=a,x=0.6": 0.6, "first y": 0.0, "range y": -1.0,
    }.items():  # fmt: skip
        np.testing.assert_allclose(figures_of_merit(table, text)["value"], factor * nominal, rtol=1e-12)
    for text, complaint in {
        "y": "5 values", "y at x=2": "outside 0 to 1", "y at kind=b": "unknown value of kind", "z": "unknown column",
        "y at x": "NAME=VALUE", "biggest y": "unknown word", "attribute none": "unknown attribute",
    }.items():  # fmt: skip
        with pytest.raises((ParameterError, UnknownNameError), match=complaint):
            figures_of_merit(table, text)
    with pytest.raises(ParameterError, match="say which number"):
        figures_of_merit(table)
    with pytest.raises(ParameterError, match="none of vary"):
        figures_of_merit(iv(MTJ(), [0.1]), "max current")
    assert Merit.of("max current").reduction == "max"


def test_samples_that_cannot_be_measured_end_the_run_or_do_not_pass(tmp_path):
    spread = {"resistance_on": "normal 5"}
    with pytest.raises(ParameterError, match=r"sample \d+: too high"):
        vary(DEVICE, fails_above, spread, samples=20, seed=1)
    table = vary(DEVICE, fails_above, spread, samples=20, seed=1, failures="keep", merit="last y", most=0.0)
    values = figures_of_merit(table)
    above = values["resistance_on"] > 100.0
    assert values["value"].isna().tolist() == above.tolist() and 0 < above.sum() < 20
    assert set(table.attrs["failed"]) == {str(k) for k in np.flatnonzero(above)}
    found = sample_statistics(table).iloc[0]
    assert found["undefined"] == above.sum() and found["passed"] == 20 - above.sum()
    assert plot(table).axes[1].get_ylabel() == "Cumulative probability (%)"
    again = read_table(write_table(table, tmp_path / "t.parquet"))
    assert again.attrs == table.attrs
    with pytest.raises(SimulationError, match="no sample could be measured"):
        vary(DEVICE, fails_above, spread, samples=3, seed=1, failures="keep", settings={"limit": 1.0})


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ({"distributions": {}}, "nothing varies"),
        ({"distributions": {"weight": "normal 5%"}}, "unknown parameter"),
        ({"distributions": {"resistance_on": 5.0}}, "must be one, or a text"),
        ({"distributions": {"resistance_on": Normal}}, "must be one, or a text"),
        ({"bench": "juggling"}, "unknown bench"),
        ({"bench": None}, "name of a bench"),
        ({"settings": {"speed": 3}}, "unknown argument of linear"),
        ({"sampler": "dice"}, "unknown sampler"),
        ({"sampler": "sobol", "samples": 100}, "take 64 or 128"),
        ({"sampler": "corners", "samples": 10}, "as many samples as there are corners"),
        ({"sampler": "corners", "correlation": {NAMES: 0.5}}, "do not depend on each other"),
        ({"correlation": {NAMES: 2.0}}, "from -1 to 1"),
        ({"correlation": {"resistance_on": 0.5}}, "pair of names"),
        ({"samples": 1}, "at least 2"),
        ({"least": 1.0}, "name it"),
        ({"merit": "max y", "least": 2.0, "most": 1.0}, "nothing is at least"),
        ({"mismatch": True}, "a device has none"),
        ({"seed": None, "checkpoint": "f"}, "give a seed"),
        ({"sigmas": float("nan")}, "standard deviations of corners"),
        ({"outside": "fold"}, "unknown treatment"),
    ],
)
def test_what_makes_no_sense_is_refused(how, complaint):
    arguments = {"device": DEVICE, "bench": linear, "distributions": BOTH, "seed": 1} | how
    with pytest.raises((ParameterError, UnknownNameError), match=complaint):
        vary(**arguments)


def test_a_registered_bench_keeps_its_units_and_is_drawn_in_bands():
    junction = MTJ.preset("ikeda2010")
    how = {"samples": 8, "seed": 1, "sampler": "latin-hypercube", "settings": {"voltage": np.linspace(-1, 1, 11)}}
    table = vary(junction, "iv", {"tmr": "normal 5%"}, **how, merit="resistance at state=parallel,voltage=0.2")
    assert table.attrs["units"]["resistance"] == "ohm" and table.attrs["units"]["tmr"] == "1"
    assert table.attrs["preset"] == "ikeda2010" and table.attrs["parameters"]["tmr"] == junction.tmr
    part = table[table["sample"] == 3]
    alone = iv(junction.replace(tmr=part["tmr"].iloc[0]), np.linspace(-1, 1, 11))
    np.testing.assert_array_equal(part[list(alone)], alone)
    left, _ = plot(table).axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["parallel", "antiparallel"]
    assert "Resistance" in left.get_ylabel() and "Voltage" in left.get_xlabel()
    with pytest.raises(ParameterError, match="no curves"):
        plot(vary(junction, "iv", {"tmr": "normal 5%"}, samples=2, seed=1, settings={"voltage": [0.1]}))


@pytest.mark.ngspice
def test_cells_are_measured_on_their_standard_bench(tmp_path):
    cell = Inverter(nmos_width=4.0)
    table = vary(
        cell, None, {"nmos_width": "normal 10%"}, samples=2, seed=1, settings={"points": 11}, merit="mean output"
    )
    other = cell.replace(nmos_width=table["nmos_width"].iloc[-1])
    alone = simulate(other, points=11)
    np.testing.assert_allclose(table[table["sample"] == 1]["output"], alone["output"], rtol=1e-9)
    assert table.attrs["cell"] == "inverter" and len(sample_statistics(table)) == 1
    with pytest.raises(ParameterError, match="leave the bench out"):
        vary(cell, "iv", {"nmos_width": "normal 10%"})
    chips = vary(cell, None, {}, samples=2, seed=1, settings={"points": 11}, mismatch=True)
    assert chips["attribute_threshold"].nunique() == 2 and chips.attrs["varied"] == {}


@pytest.mark.slow
@pytest.mark.ngspice
def test_transistors_of_a_cell_have_a_mismatch_of_their_own_in_each_sample():
    how = {"samples": 3, "seed": 1, "settings": {"differences": [2e-3]}, "mismatch": True}
    table = vary(LatchComparator(), None, {}, **how, merit="decision")
    assert table["sample"].nunique() == 3 and table.attrs["varied"] == {}
    assert set(table["decision"]) == {0.0, 1.0}, "2 mV are less than the offsets of such transistors"


def test_a_figure_that_nothing_moves_has_no_spread_of_rounding_errors():
    """The ratio of two currents of a linear resistor does not depend on it, but for the last digit."""
    values = np.array([1.0, 1.0 + 2e-16, 1.0 - 1e-15, np.nan])
    assert without_rounding(values)[:3].tolist() == [1.0] * 3 and np.isnan(without_rounding(values)[3])
    assert without_rounding(np.array([1.0, 1.0 + 1e-11]))[1] != 1.0, "which is a spread"
    assert without_rounding(np.array([0.0, 0.0])).tolist() == [0.0, 0.0] and len(without_rounding(values[:0])) == 0
    table = vary(MTJ.preset("ikeda2010"), "iv", {"tmr": "normal 5%"}, samples=4, seed=1,
                 merit="resistance at state=parallel,voltage=0.1")  # fmt: skip
    row = sample_statistics(table).iloc[0]
    assert row["standard_deviation"] == row["standard_deviation_error"] == row["mean_error"] == 0.0
    assert row["mean"] == row["minimum"] == row["maximum"] == row["median"]
    (line,) = in_words(sample_statistics(table))
    assert ": 4 samples, all " in line and line.endswith(": there is no spread")
    assert plot(table)
