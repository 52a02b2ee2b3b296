"""Phase-change memory: programming and drift against closed forms, the published statistics, and both engines."""

from __future__ import annotations

import numpy as np
import pytest
from reference_data import published
from scipy import stats

from synaspice.characterization import iv
from synaspice.characterization.engines import trajectory
from synaspice.devices import ParameterError, PhaseChangeMemory, PiecewiseLinear, Pulse
from synaspice.devices.physics import pcm_statistics as statistics

PRESETS = list(PhaseChangeMemory.presets())
PUBLISHED = published("pcm_statistics")
MAXIMUM = statistics.REFERENCE_CONDUCTANCE

every_preset = pytest.mark.parametrize("preset", PRESETS)


def pulse(cell, temperature, width=50e-9):
    """A rectangular programming pulse that heats the cell to a temperature."""
    return Pulse(0.0, cell.voltage_for(temperature), delay=5e-9, rise=1e-10, fall=1e-10, width=width)


# --- drift --------------------------------------------------------------------------------------


@every_preset
@pytest.mark.parametrize("state", [0.0, 0.5, 1.0])
def test_drift_is_a_power_law_of_the_time_since_programming(preset, state):
    """G(t) = G(0) ((t0 + t) / t0)^-nu: regression of ln G over ln(t0 + t) gives nu back, over eight decades."""
    cell = PhaseChangeMemory.preset(preset, initial_state=state)
    times = np.geomspace(1, 1e8, 17)
    table = cell.simulate(0.1, times[-1], times=times)
    slope = np.polyfit(np.log(times + cell.drift_time), np.log(table["conductance"]), 1)[0]
    start = cell.static()
    assert -slope == pytest.approx(float(start["drift_exponent"]), rel=1e-6)
    exact = statistics.drifted(start["conductance"], start["drift_exponent"], times, cell.drift_time)
    np.testing.assert_allclose(table["conductance"], exact, rtol=1e-6)
    np.testing.assert_allclose(table["current"], 0.1 * exact, rtol=1e-6)


@pytest.mark.parametrize("relative", [0.05, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("deviation", [-1.0, 0.0, 2.0])
def test_exponent_follows_the_published_law(relative, deviation):
    cell = PhaseChangeMemory.preset("joshi2020").at_conductance(relative * MAXIMUM).replace(drift_deviation=deviation)
    expected = statistics.DRIFT_MEAN(relative) + deviation * statistics.DRIFT_SPREAD(relative)
    assert float(cell.static()["drift_exponent"]) == pytest.approx(expected, rel=1e-9)


def test_programming_starts_the_drift_anew():
    """log_age falls as exp(-t / tau_d) during a pulse, and grows as ln(1 + t / t0) after it."""
    cell = PhaseChangeMemory.preset("joshi2020", initial_age=1e6)
    assert float(cell.static()["conductance"]) < 0.8 * float(cell.replace(initial_age=0.0).static()["conductance"])
    table = cell.simulate(pulse(cell, 720.0), 20e-9, points=2001)
    after = table[table["time"] > 6e-9]
    fall = np.polyfit(after["time"], np.log(after["log_age"]), 1)[0]
    assert fall == pytest.approx(-1 / cell.drift_reset_time, rel=1e-3)


# --- programming --------------------------------------------------------------------------------


@every_preset
def test_crystallisation_accumulates_over_pulses(preset):
    """Each pulse crystallises the same part of what is amorphous: 1 - x_n = (1 - x_0) exp(-n t_p / tau_c)."""
    cell = PhaseChangeMemory.preset(preset, initial_state=0.0)
    high, width, count, edge = cell.voltage_for(cell.crystallization_temperature), 30e-9, 5, 1e-12
    knots = [(0.0, 0.0)]
    for k in range(count):
        begin = (2 * k + 1) * width
        knots += [(begin, 0.0), (begin + edge, high), (begin + width, high), (begin + width + edge, 0.0)]
    duration = 2 * width * (count + 1)
    drive = PiecewiseLinear(*zip(*[*knots, (duration, 0.0)], strict=True))
    between = [(2 * k + 2.5) * width for k in range(count)]
    table = cell.simulate(drive, duration, times=between)
    exact = 1 - np.exp(-np.arange(1, count + 1) * width / cell.crystallization_time)
    # The edges last 1 ps of 30 ns, and the temperature is that of the maximum only on the plateau.
    np.testing.assert_allclose(table["x"], exact, rtol=1e-4)
    assert np.all(np.diff(np.diff(table["x"])) < 0)


@every_preset
def test_melting_amorphises(preset):
    """Far above melting x relaxes at the rate 1/tau_m + e/tau_c, e the rest of crystallisation at that heat."""
    cell = PhaseChangeMemory.preset(preset, initial_state=1.0)
    temperature, width = 1100.0, 20e-9
    table = cell.simulate(cell.voltage_for(temperature), width, points=201)
    rest = np.exp(-(((temperature - cell.crystallization_temperature) / cell.crystallization_width) ** 2))
    rates = 1 / cell.melting_time, rest / cell.crystallization_time
    limit = rates[1] / sum(rates)
    exact = limit + (1 - limit) * np.exp(-sum(rates) * table["time"])
    assert table["cell_temperature"].iloc[0] == pytest.approx(temperature, rel=1e-12)
    np.testing.assert_allclose(table["x"], exact, atol=1e-8)


@every_preset
def test_reading_leaves_the_state_alone(preset):
    cell = PhaseChangeMemory.preset(preset, initial_state=0.5)
    below = cell.threshold_voltage - 0.51 * cell.threshold_width
    for voltage in (below, -below, 0.0):
        assert float(cell.static(voltage=voltage)["dx/dt"]) == 0.0
    assert float(cell.static(voltage=cell.voltage_for(720.0))["dx/dt"]) > 0
    assert float(cell.static(voltage=-cell.voltage_for(1100.0))["dx/dt"]) < 0


# --- statistics ---------------------------------------------------------------------------------


def test_published_constants():
    """The constants of aihwkit's PCMLikeNoiseModel, through the functions."""
    programming, read = PUBLISHED["programming"], PUBLISHED["read"]
    target = MAXIMUM * np.array(programming["relative_conductance"])
    np.testing.assert_allclose(1e6 * statistics.programming_noise(target), programming["standard_deviation"], rtol=1e-6)
    for name, law in (("drift_mean", statistics.DRIFT_MEAN), ("drift_spread", statistics.DRIFT_SPREAD)):
        entry = PUBLISHED[name]
        np.testing.assert_allclose(law(np.array(entry["relative_conductance"])), entry["value"], rtol=1e-6)
    noise = statistics.read_noise(MAXIMUM * np.array(read["relative_conductance"]), read["time"])
    np.testing.assert_allclose(noise, read["value"], rtol=1e-6)


def test_noise_scales_with_the_largest_conductance():
    assert statistics.programming_noise(50e-6, 100e-6) == pytest.approx(4 * statistics.programming_noise(12.5e-6))


@pytest.mark.parametrize("relative", [0.3, 1.0])
def test_programming_noise_is_normal_with_the_published_width(relative):
    target, count = relative * MAXIMUM, 20_000
    drawn = statistics.program(np.full(count, target), np.random.default_rng(1))
    width = float(statistics.programming_noise(target))
    assert stats.kstest(drawn, stats.norm(target, width).cdf).pvalue > 0.01
    assert stats.kstest(drawn, stats.norm(target, 1.05 * width).cdf).pvalue < 0.01
    assert np.all(statistics.program(np.zeros(100), np.random.default_rng(1)) >= 0)


def test_sample_of_cells_has_the_published_spread():
    """The cells' own equations return the conductances and exponents that the statistics draw."""
    cell = PhaseChangeMemory.preset("joshi2020").at_conductance(10e-6)
    count = 400
    sample = [cell.replace(**v) for v in cell.drift_sample(count, np.random.default_rng(2))]
    start = [one.static() for one in sample]
    conductance, exponent = (np.array([float(s[k]) for s in start]) for k in ("conductance", "drift_exponent"))
    width, mean, spread = statistics.programming_noise(10e-6), statistics.DRIFT_MEAN(0.4), statistics.DRIFT_SPREAD(0.4)
    # Four standard errors of mean and standard deviation.
    assert np.mean(conductance) == pytest.approx(10e-6, abs=4 * width / np.sqrt(count))
    assert np.std(conductance) == pytest.approx(width, rel=4 / np.sqrt(2 * count))
    assert np.mean(exponent) == pytest.approx(mean, abs=4 * spread / np.sqrt(count))
    assert np.std(exponent) == pytest.approx(spread, rel=4 / np.sqrt(2 * count))


def test_read_noise_is_added_to_reads():
    cell = PhaseChangeMemory.preset("joshi2020").at_conductance(5e-6)
    times = np.full(20_000, 1e4)
    read = cell.with_read_noise(np.full(times.shape, 4e-6), times, np.random.default_rng(3))
    expected = 4e-6 * statistics.read_noise(5e-6, 1e4)
    assert np.std(read) == pytest.approx(expected, rel=4 / np.sqrt(2 * len(read)))


@pytest.mark.slow
def test_telegraph_noise_takes_a_part_of_the_conductance():
    cell = PhaseChangeMemory.preset("joshi2020", telegraph_amplitude=0.1, capture_time=1e-6, emission_time=2e-6)
    table = cell.simulate(0.1, 1e-4, points=1001, temperature=300, seed=1, time_step=1e-7)
    low, high = (table.loc[table["trap"] == value, "current"].mean() for value in (1.0, 0.0))
    assert low / high == pytest.approx(0.9, rel=1e-4)


# --- both engines -------------------------------------------------------------------------------


@every_preset
def test_static_curves_agree(preset):
    cell = PhaseChangeMemory.preset(preset)
    states = {
        name: {"initial_state": x, "initial_age": 1e3} for name, x in {"set": 1.0, "half": 0.5, "reset": 0.0}.items()
    }
    voltage = np.linspace(-1.4, 1.4, 29)
    numeric, spice = (iv(cell, voltage, states=states, engine=engine) for engine in ("numeric", "ngspice"))
    np.testing.assert_allclose(spice["current"], numeric["current"], rtol=1e-6, atol=1e-18)


@every_preset
@pytest.mark.parametrize("temperature", [720.0, 1100.0])
def test_programming_agrees(preset, temperature):
    cell = PhaseChangeMemory.preset(preset, initial_state=0.3, initial_age=1e4)
    common = {"source": "voltage", "inputs": {}, "points": 801}
    drive = pulse(cell, temperature)
    numeric = trajectory(cell, drive, 80e-9, engine="numeric", **common)
    spice = trajectory(cell, drive, 80e-9, engine="ngspice", max_step=5e-11, **common)
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=1e-2)
    np.testing.assert_allclose(spice["log_age"], numeric["log_age"], atol=1e-2 * numeric["log_age"].max())
    np.testing.assert_allclose(spice["conductance"].iloc[-1], numeric["conductance"].iloc[-1], rtol=1e-2)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"conductance_min": 1e-3}, "must lie below"),
        ({"drift_smallest": 0.5}, "must not lie above"),
        ({"initial_state": 1.5}, "outside its bounds"),
        ({"initial_age": -1.0}, "outside its bounds"),
        ({"trap": 0.5}, "0 or at 1"),
        ({"melting_temperature": "900 V"}, "melting_temperature"),
    ],
)
def test_refuses_what_makes_no_cell(values, message):
    with pytest.raises(ParameterError, match=message):
        PhaseChangeMemory(**values)


def test_refuses_conductances_that_the_cell_cannot_have():
    with pytest.raises(ParameterError, match="is not between"):
        PhaseChangeMemory().at_conductance(1e-3)
    with pytest.raises(ParameterError, match="must not be negative"):
        statistics.programming_noise([-1e-6])
