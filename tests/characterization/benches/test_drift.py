"""The drift bench: exponents, retention, disturbance by reads and dwell times that a model declares come back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from synaspice.characterization.bench import suitable_benches
from synaspice.characterization.benches.drift import _in_netlist, drift
from synaspice.characterization.drift_laws import fitted_law
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
from synaspice.devices.core.protocols import Drift
from synaspice.devices.physics import pcm_statistics as statistics
from synaspice.figures import plot
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
    # What a single device does not tell, a sample of equal ones does.
    assert table.attrs["exponent_standard_deviation"] is None
    alike = drift(cell, times=TIMES, devices=2, seed=1, read_noise=False)
    assert alike.attrs["exponent_standard_deviation"] == pytest.approx(0.0, abs=1e-12)


def test_one_device_has_no_spread(tmp_path):
    table = drift(CELL, times=TIMES, devices=1, seed=1, read_noise=False)
    assert table["standard_deviation"].isna().all() and table["mean"].notna().all()
    assert table.attrs["law"] == "power law"
    write_table(table, tmp_path / "one.csv")
    again = read_table(tmp_path / "one.csv")
    assert again["standard_deviation"].isna().all()
    (axes,) = plot(again).axes
    assert not axes.collections, "no band, and no panel of the spread"


@pytest.mark.parametrize("times", [[0.0, 1e300], [0.0, 1e-300], [1e-20, 1.0], [0.0, 1.0, 1e13]])
def test_times_that_no_device_has_are_refused(times):
    with pytest.raises(ParameterError, match=r"between 1e-15 s and 1e\+12 s"):
        drift(CELL, times=times, devices=1)


def test_the_shortest_and_the_longest_time_are_measured():
    table = drift(CELL, times=[0.0, 1e-15, 1e12], devices=2, seed=1, read_noise=False)
    assert np.isfinite(table["mean"]).all() and table["mean"].iloc[-1] < 0.5 * table["mean"].iloc[0]


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
    assert "deviation" in right.get_ylabel() and len(plot(again).axes) == 2


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"times": [1.0]}, ParameterError, "two or more"),
        ({"times": [2.0, 1.0]}, ParameterError, "increase"),
        ({"times": [-1.0, 1.0]}, ParameterError, "from zero"),
        ({"devices": 0}, ParameterError, "devices must be at least 1"),
        ({"quantity": "weight"}, UnknownNameError, "drifting quantity"),
        ({"engine": "hspice"}, UnknownNameError, "engine"),
        ({"temperature": 0.0}, ParameterError, "temperature must be positive"),
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
        drift(device, bias=0.0, devices=2, seed=1)


# --- retention and disturbance by reads of filaments ------------------------------------------

BOLTZMANN = 8.617333262e-5  # eV/K
DISSOLVING = StanfordRRAM.preset("jiang2014", retention="arrhenius", retention_energy=1.2)


def test_retention_follows_arrhenius():
    """The time constants of the state at several temperatures have the slope of the declared barrier."""
    kelvin = np.array([350.0, 400.0, 473.0])
    tables = [drift(DISSOLVING, quantity="x", temperature=value, devices=1) for value in kelvin]
    assert [table.attrs["law"] for table in tables] == ["exponential"] * 3
    constants = [table.attrs["time_constant"] for table in tables]
    slope, prefactor = np.polyfit(1 / (BOLTZMANN * kelvin), np.log(constants), 1)
    assert slope == pytest.approx(1.2, rel=1e-4)
    assert math.exp(-prefactor) == pytest.approx(DISSOLVING.retention_rate, rel=0.01)
    assert constants[0] == pytest.approx(DISSOLVING.at(350.0).retention_time, rel=1e-4)
    assert tables[0]["mean"].iloc[0] == pytest.approx(1.0, rel=2e-3), "the set state is what is lost"


def test_retention_is_seen_in_the_conductance():
    """The gap grows as the state is lost, and the current falls with its exponential."""
    table = drift(DISSOLVING, temperature=400.0, devices=1)
    cell = DISSOLVING.at(400.0)
    gap = cell.gap_maximum - cell.gap_range * np.exp(-table["time"] / cell.retention_time)
    expected = cell.current_scale * np.exp(-gap / cell.gap_scale) / cell.voltage_scale
    assert table.attrs["quantity"] == "conductance"
    # At the end the state is no larger than the integrator's tolerance of it.
    np.testing.assert_allclose(table["mean"], expected, rtol=1e-4, atol=1e-8)
    assert "drift" in suitable_benches(DISSOLVING)
    assert "drift" not in suitable_benches(StanfordRRAM.preset("jiang2014"))


@pytest.mark.ngspice
def test_three_years_in_ngspice():
    common = {"times": np.logspace(0, 8, 9), "devices": 2, "seed": 1, "read_noise": False}
    spice = drift(PhaseChangeMemory(), engine="ngspice", native=False, **common)["mean"]
    np.testing.assert_allclose(spice, drift(PhaseChangeMemory(), **common)["mean"], rtol=5e-3)


def test_years_of_native_devices_are_refused():
    with pytest.raises(ParameterError, match=r"no longer drift was verified; .*native=False \(--no-native\) go on"):
        _in_netlist([PhaseChangeMemory()], np.array([1.0, 1e8]), "conductance", 0.0, "ngspice", native=True)


@pytest.mark.ngspice
def test_retention_in_ngspice():
    common = {"quantity": "x", "temperature": 473.0, "devices": 1, "times": [0.01, 0.03, 0.06, 0.1]}
    device = DISSOLVING.replace(retention_rate=1e14)
    numeric, spice = (drift(device, engine=engine, **common)["mean"] for engine in ("numeric", "ngspice"))
    assert 1 - numeric.iloc[-1] > 0.1
    np.testing.assert_allclose(spice, numeric, rtol=1e-3)


@pytest.mark.parametrize("kelvin", [300.0, 400.0])
def test_reads_of_a_filament_that_no_threshold_holds_disturb_it(kelvin):
    """Under a small voltage the gap closes at the rate of the publication's equation."""
    cell = StanfordRRAM.preset("jiang2014", field_minimum=0.0, field_width=1e3, heating="none")
    bias, thermal = 0.05, BOLTZMANN * kelvin
    field = (cell.enhancement - cell.enhancement_decay * (cell.gap_maximum / 1e-9) ** 3) * bias / cell.thickness
    speed = cell.velocity * math.exp(-cell.activation_energy / thermal)
    rate = speed * math.sinh(field * cell.hopping_distance / thermal) / cell.gap_range
    times = np.linspace(0.0, 1e-4 / rate, 11)
    table = drift(cell, quantity="x", bias=bias, temperature=kelvin, times=times, devices=1)
    assert table.attrs["law"] == "linear"
    assert table.attrs["rate"] == pytest.approx(rate, rel=2e-3)


# --- disturbance by reads of walls ------------------------------------------------------------


def test_reads_push_a_wall_with_its_mobility():
    wall = DomainWallMagnet.preset("thiaville2005-like", magnetoresistance=0.0)
    table = drift(wall, devices=1)
    current = table.attrs["bias"] * wall.parallel_conductance
    assert current / wall.current_area == pytest.approx(5e9, rel=2e-3)
    assert table.attrs["quantity"] == "wall_position" and table.attrs["law"] == "linear"
    assert table.attrs["rate"] == pytest.approx(wall.current_mobility * current, rel=2e-3)
    assert abs(table["mean"].iloc[-1] - 0.5 * wall.length) == pytest.approx(0.05 * wall.length, rel=0.01)
    twice = drift(wall, bias=2 * table.attrs["bias"], devices=1)
    assert twice.attrs["rate"] == pytest.approx(2 * table.attrs["rate"], rel=2e-3)


def test_a_pinned_wall_stays_in_its_well():
    free = DomainWallMagnet.preset("thiaville2005-like", magnetoresistance=0.0)
    pinned = free.replace(pinning_energy=2e-19, initial_state=round(0.5 * free.length / 30e-9) * 30e-9 / free.length)
    assert "drift" in suitable_benches(free) and "drift" not in suitable_benches(pinned)
    table = drift(pinned, times=np.linspace(0.0, 5e-7, 11), devices=1)
    assert np.max(np.abs(table["mean"] - table["mean"].iloc[0])) < 0.25 * pinned.pinning_period


# --- junctions that jump ----------------------------------------------------------------------


def test_the_average_of_junctions_relaxes_with_their_dwell_times():
    r"""Round magnets, no voltage: :math:`\tau = \sqrt{\pi / \Delta}\, e^\Delta (1 + 1/\Delta) / 2\alpha\gamma_0' H_k`,
    to the middle of the two resistances."""
    device, count = MTJ.preset("borders2019-like"), 4000
    stability, pace = device.thermal_stability, device.damping * device.gamma_0 / (1 + device.damping**2)
    tau = math.sqrt(math.pi / stability) * math.exp(stability) / (2 * pace * device.anisotropy_field)
    tau *= 1 + 1 / stability
    times = tau * np.linspace(0.05, 5.0, 40)
    table = drift(device, bias=1e-6, times=times, devices=count, seed=3)
    low, high = device.parallel_resistance, device.antiparallel_resistance
    share = 0.5 * (1 - np.exp(-times / tau))
    error = (high - low) * np.sqrt(share * (1 - share) / count)
    assert np.all(np.abs(table["mean"] - low - (high - low) * share) < 4.5 * error)
    np.testing.assert_allclose(table["standard_deviation"], error * math.sqrt(count), rtol=0.15)
    assert table.attrs["law"] == "exponential"
    assert table.attrs["time_constant"] == pytest.approx(tau, rel=0.1)
    assert table.attrs["dwell_times"]["parallel"] == pytest.approx(2 * tau, rel=3 / stability**2)
    (axes,) = plot(table).axes
    assert "standard error of the mean" in axes.get_legend_handles_labels()[1]


def test_jumps_begin_in_the_state_that_is_asked_for():
    device = MTJ.preset("borders2019-like")
    assert "drift" in suitable_benches(device)
    table = drift(device, devices=50, seed=1)
    assert table["mean"].iloc[0] == pytest.approx(device.parallel_resistance, rel=0.05)
    assert table["mean"].iloc[-1] > 1.02 * table["mean"].iloc[0]
    assert table.equals(drift(device, devices=50, seed=1))


def test_a_magnet_that_nothing_holds_relaxes_by_diffusion():
    r"""Debye's :math:`\langle m \rangle = e^{-t/\tau}, \tau = \mu_0 M_s V (1 + \alpha^2) / 2 \alpha \gamma_0 k_B T`."""
    thirds = {f"demagnetizing_factor_{axis}": 1 / 3 for axis in "xyz"}
    device = MTJ.preset("faria2021", uniaxial_anisotropy=0.0, damping=0.2, **thirds)
    moment = 4e-7 * math.pi * device.saturation_magnetization * device.volume
    tau = moment * (1 + 0.2**2) / (2 * 0.2 * device.gamma_0 * 1.380649e-23 * 300.0)
    assert device.protocol(Drift).times[-1] == pytest.approx(4 * tau, rel=1e-3)
    table = drift(device, quantity="cosine", bias=0.0, devices=1000, seed=1)
    expected = np.exp(-table["time"] / tau)
    assert np.all(np.abs(table["mean"] - expected) < 4.5 * table["standard_deviation"] / math.sqrt(1000))
    assert table.attrs["law"] == "exponential"
    assert table.attrs["time_constant"] == pytest.approx(tau, rel=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine": "ngspice"}, "moves .* by itself, which needs the numeric engine"),
        ({"times": [1e-10, 5e-10]}, "evenly spaced from zero"),
    ],
)
def test_what_agitation_moves_needs_its_engine_and_its_times(arguments, message):
    with pytest.raises(ParameterError, match=message):
        drift(MTJ.preset("faria2021"), devices=2, seed=1, **arguments)


# --- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "curve", "constant", "expected"),
    [
        ("linear", lambda t: 3.0 - 0.02 * t, "rate", -0.02),
        ("exponential", lambda t: 3.0 - 2.0 * np.exp(-t / 40.0), "time_constant", 40.0),
        ("power law", lambda t: 3.0 * (t + 20.0) ** -0.3, None, None),
        (None, lambda t: 3.0 + np.sin(t), None, None),
    ],
)
def test_laws_are_told_from_each_other(law, curve, constant, expected):
    times = np.geomspace(0.1, 400.0, 30)
    found, fit = fitted_law(times, curve(times), np.zeros(30), 20.0)
    assert found["law"] == law
    if law is None:
        assert np.all(np.isnan(fit))
    else:
        np.testing.assert_allclose(fit, curve(times), rtol=1e-4)
    if constant is not None:
        assert found[constant] == pytest.approx(expected, rel=1e-4)


@pytest.mark.vacask
def test_ten_years_in_vacask():
    """Its charges are those of long steps, native and of a module alike: a cell's drift, and a filament's decay."""
    common = {"times": np.geomspace(1.0, 3e8, 20), "devices": 2, "seed": 1, "read_noise": False}
    exact = drift(PhaseChangeMemory(), **common)["mean"]
    slow = DISSOLVING.replace(retention_rate=DISSOLVING.retention_rate / 10)
    constant = drift(slow, quantity="x", temperature=300.0, devices=1).attrs["time_constant"]
    decay = {"quantity": "x", "temperature": 300.0, "devices": 1, "times": constant * np.array([0.1, 0.3, 1.0])}
    numeric = drift(slow, **decay)["mean"]
    assert constant > 1e8, "years"
    for native in (False, True):
        own = {"engine": "vacask", "native": native}
        np.testing.assert_allclose(drift(PhaseChangeMemory(), **own, **common)["mean"], exact, rtol=5e-3)
        np.testing.assert_allclose(drift(slow, **own, **decay)["mean"], numeric, rtol=5e-3)
