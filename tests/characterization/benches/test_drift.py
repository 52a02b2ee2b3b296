"""The drift bench: exponents that a model declares come back, on both engines."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from synaspice.characterization.benches.drift import drift
from synaspice.characterization.tables import read_table, write_table
from synaspice.devices import (
    MTJ,
    VTEAM,
    DomainWallMagnet,
    ParameterError,
    PhaseChangeMemory,
    StanfordRRAM,
    UnknownNameError,
    VolatileMemristor,
)
from synaspice.devices.physics import pcm_statistics as statistics
from synaspice.figures.benches.drift import draw_drift

CELL = PhaseChangeMemory.preset("joshi2020").at_conductance(10e-6)
TIMES = np.geomspace(1.0, 1e6, 13)


def test_exponents_and_spread_are_the_published_ones():
    count = 200
    table = drift(CELL, times=TIMES, devices=count, seed=1, read_noise=False)
    mean, spread = statistics.DRIFT_MEAN(0.4), statistics.DRIFT_SPREAD(0.4)
    assert table.attrs["exponent_mean"] == pytest.approx(mean, abs=4 * spread / np.sqrt(count))
    assert table.attrs["exponent_standard_deviation"] == pytest.approx(spread, rel=4 / np.sqrt(2 * count))
    # The mean of power laws falls more slowly than the mean power law, by about spread^2 ln(t/t0) / 2.
    assert table.attrs["exponent"] == pytest.approx(
        table.attrs["exponent_mean"], abs=spread**2 * np.log(TIMES[-1] / 20)
    )
    assert list(table["time"]) == list(TIMES)
    assert np.all(np.diff(table["mean"]) < 0)
    assert np.all(table["quantile_05"] < table["median"]) and np.all(table["median"] < table["quantile_95"])
    width = statistics.programming_noise(10e-6)
    assert table["standard_deviation"].iloc[0] == pytest.approx(width, rel=4 / np.sqrt(2 * count))


def test_one_device_without_noise_gives_its_exponent_exactly():
    """Without programming noise, as the spread of zero of a cell of one exponent."""
    cell = PhaseChangeMemory.preset("boybat2018").at_conductance(20e-6)
    table = drift(cell, times=TIMES, devices=1, seed=1, read_noise=False)
    assert table.attrs["exponent"] == pytest.approx(0.1, rel=1e-6)
    assert table.attrs["exponent_standard_deviation"] == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("target", [10e-6, 1e-6])
def test_read_noise_widens_the_distribution(target):
    """By the relative noise of the target, Var = <G^2> sigma^2, whatever programming noise made of it."""
    cell = CELL.at_conductance(target)
    quiet, noisy = (drift(cell, times=TIMES, devices=100, seed=1, read_noise=flag) for flag in (False, True))
    relative = statistics.read_noise(target, TIMES)
    size = np.hypot(quiet["mean"], quiet["standard_deviation"])
    expected = np.hypot(quiet["standard_deviation"], relative * size)
    np.testing.assert_allclose(noisy["standard_deviation"], expected, rtol=4 / np.sqrt(200))
    # Reads do not touch the devices.
    if target == 10e-6:  # no read is zero
        assert noisy.attrs["exponent_mean"] == pytest.approx(quiet.attrs["exponent_mean"], abs=2e-3)


def test_engines_agree():
    common = {"times": [1.0, 10.0, 100.0, 300.0], "devices": 3, "seed": 1}
    numeric, spice = (drift(CELL, engine=engine, **common) for engine in ("numeric", "ngspice"))
    np.testing.assert_allclose(spice["mean"], numeric["mean"], rtol=1e-3)
    np.testing.assert_allclose(spice["standard_deviation"], numeric["standard_deviation"], rtol=1e-2)


def test_seed_makes_it_reproducible():
    first, again, other = (drift(CELL, times=TIMES, devices=3, seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first["mean"], again["mean"])
    assert np.any(first["mean"] != other["mean"])
    assert isinstance(drift(CELL, times=TIMES, devices=1).attrs["seed"], int)


def test_any_device_can_be_watched():
    """A state that relaxes exponentially once its latch has let go, of identical devices."""
    device = VolatileMemristor.preset("maffezzoni2015", initial_state=1.0)
    times = device.time_constant_off * np.array([0.0, 1.0, 2.0])
    table = drift(device, times=times, quantity="x", devices=5, seed=1)
    np.testing.assert_allclose(table["mean"].iloc[2] / table["mean"].iloc[1], np.exp(-1.0), rtol=1e-6)
    np.testing.assert_allclose(table["mean"], np.exp([0.0, -1.0, -2.0]), rtol=5e-3)
    np.testing.assert_allclose(table["standard_deviation"], 0.0, atol=1e-15)
    default = drift(device, devices=2, seed=1)
    assert default.attrs["quantity"] == "resistance"


def test_table_and_figure(tmp_path):
    table = drift(CELL, times=[0.0, *TIMES], devices=20, seed=1)
    assert table.attrs["units"]["mean"] == "S" and table.attrs["bench"] == "drift"
    again = read_table(write_table(table, tmp_path / "drift.csv"))
    assert again.equals(table) and again.attrs == table.attrs
    left, right = Figure().subplots(1, 2)
    draw_drift(again, left, right)
    assert left.get_ylabel() == "Conductance (µS)" and left.get_xlabel() == "Time (s)"
    assert f"{table.attrs['exponent']:.3f}" in left.get_legend_handles_labels()[1][-1]
    single_left, single_right = Figure().subplots(1, 2)
    draw_drift(drift(CELL, times=TIMES, devices=1, seed=1), single_left, single_right)
    assert "Change" in single_right.get_ylabel()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"times": [1.0]}, ParameterError, "two or more"),
        ({"times": [2.0, 1.0]}, ParameterError, "increase"),
        ({"times": [-1.0, 1.0]}, ParameterError, "from zero"),
        ({"devices": 0}, ParameterError, "devices must be at least 1"),
        ({"quantity": "weight"}, UnknownNameError, "drifting quantity"),
        ({"engine": "hspice"}, UnknownNameError, "engine"),
        ({"engine": "ngspice", "devices": 1}, ParameterError, "the numeric engine does"),
    ],
)
def test_refuses_what_makes_no_measurement(arguments, error, message):
    with pytest.raises(error, match=message):
        drift(CELL, **arguments)


@pytest.mark.parametrize(
    "device",
    [
        DomainWallMagnet.preset("thiaville2005-like"),
        VTEAM.preset("kvatinsky2015-like"),
        StanfordRRAM.preset("jiang2014"),
        MTJ.preset("ikeda2010"),
    ],
)
def test_refuses_what_does_not_drift(device):
    with pytest.raises(ParameterError, match="does not drift at 0 V"):
        drift(device, devices=2, seed=1)
