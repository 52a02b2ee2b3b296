"""The noise bench measures states that last: refusals, limit cycles, telegraph noise, lines that are resolved."""

from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from synaspice.characterization.benches.noise import noise
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    ParameterError,
    VolatileMemristor,
    VortexOscillator,
    periodic_orbit,
)
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.protocols import Spectrum
from synaspice.devices.simulation.dwelling import dwell_times
from synaspice.figures.benches.noise import draw_noise

PRESETS = [(model, name) for model in MODELS for name in MODELS[model].presets()]
SHORT = {"duration": 2e-8, "points": 4096, "trajectories": 1, "seed": 1}


@pytest.mark.parametrize(("model", "preset"), PRESETS, ids=["-".join(pair) for pair in PRESETS])
def test_every_preset_gives_finite_noise_or_says_why_not(model, preset):
    """At the suggested voltage and at ten times that, at frequencies that include those of its resonances."""
    device = MODELS[model].preset(preset)
    if not device.is_noisy:
        with pytest.raises(ParameterError, match="declares no noise"):
            noise(device)
        return
    suggested = device.protocol(Spectrum).voltage
    for voltage in (suggested, 10 * suggested):
        try:
            table = noise(device, voltage=voltage, frequency=[1e3, 6e9], method="small-signal")
        except ParameterError as error:
            assert "does not last" in str(error) and "method='transient'" in str(error)
            continue
        assert np.all(np.isfinite(table["current_noise"])) and np.all(table["current_noise"] >= 0)


@pytest.mark.parametrize("device", [
    AutoOscillator.preset("kim2008-like"),
    AutoOscillator.preset("slavin2009-like"),
    VortexOscillator.preset("dussaux2012-like"),
    VortexOscillator.preset("torrejon2017-like"),
])  # fmt: skip
def test_oscillators_are_at_rest_at_the_suggested_voltage(device):
    table = noise(device)
    current = float(device.static(voltage=table.attrs["voltage"])["current"])
    assert current < 0.7 * device.threshold_current
    assert set(table["method"]) == {"small-signal"}


def test_noise_of_a_threshold_is_refused_in_words():
    """At 0.1 V the oscillator is at its threshold: its line at 6 GHz has no width, the matrix no inverse."""
    device = AutoOscillator.preset("kim2008-like")
    with pytest.raises(ParameterError, match=r"'rest' of auto-oscillator does not last at 0.1 V.*method='transient'"):
        noise(device, voltage=0.1, frequency=[6e9], method="small-signal")


def test_growth_is_told():
    device = AutoOscillator(resistance_swing=0.0)
    voltage = 1.5 * device.threshold_current * device.static_resistance
    with pytest.raises(ParameterError, match=r"deviations grow at 5e\+08 1/s"):
        noise(device, voltage=voltage, method="small-signal")


def test_limit_cycle_is_measured_from_transients():
    """Above its threshold the oscillator's line is at its frequency of free running, by default."""
    device = AutoOscillator.preset("slavin2009-like")
    current = 2 * device.threshold_current
    table = noise(device, voltage=current * device.static_resistance, duration=2e-8, points=8192, seed=1)
    assert set(table["method"]) == {"transient"}
    peak = table["frequency"].iloc[int(np.argmax(table["current_noise"]))]
    turning = device.angular_frequency + device.nonlinear_frequency_shift * device.stationary_power(current)
    assert peak == pytest.approx(turning / (2 * math.pi), rel=0.03)


# --- about an orbit -------------------------------------------------------------------------


def test_above_the_threshold_the_noise_is_that_about_the_orbit():
    """The line of free running, of the width of Slavin and Tiberkevich, with the power of the current's harmonic."""
    device = VortexOscillator.preset("torrejon2017-like")
    table = noise(device, voltage=0.155)
    assert set(table["method"]) == {"orbit"} and set(table["state"]) == {"orbit from rest"}
    parts = table["phase_noise"] + table["amplitude_noise"] + table["electrical_noise"]
    np.testing.assert_allclose(table["current_noise"], parts, rtol=1e-12)
    assert table["current_noise"].min() > 0
    orbit = periodic_orbit(device.replace(initial_radius=0.4), 0.155, source="voltage")
    carrier = table.attrs["carriers"]["orbit from rest"]
    assert carrier == pytest.approx(orbit.frequency, rel=1e-4)
    top = table["current_noise"].idxmax()
    assert table["frequency"][top] == pytest.approx(carrier, rel=1e-4)
    current = orbit.values("current")
    width = orbit.linewidth(300.0)
    height = orbit.harmonics("current")[1] ** 2 / (np.pi * width)
    assert table["phase_noise"][top] == pytest.approx(height, rel=1e-2)
    relative = table["current_noise"] / np.mean(current) ** 2
    np.testing.assert_allclose(table["relative_noise"], relative, rtol=1e-6)
    chosen = noise(device, voltage=0.155, frequency=[1e8, 1e9])
    assert chosen["frequency"].tolist() == [1e8, 1e9]
    axes = Figure().subplots()
    draw_noise(table, axes)
    assert "phase alone" in axes.get_legend_handles_labels()[1]


def test_where_noise_is_not_weak_on_the_orbit_it_is_measured_by_transients():
    device = AutoOscillator()
    voltage = 1.05 * device.threshold_current * device.static_resistance
    table = noise(device, voltage=voltage, seed=1, points=None)
    assert set(table["method"]) == {"transient"} and "phase_noise" not in table
    with pytest.raises(ParameterError, match="noise at 300 K is not weak on the orbit of the state 'rest'.*transient"):
        noise(device, voltage=voltage, method="orbit")


def test_an_orbit_and_a_rest_stand_in_one_table():
    """Of two states one rests, and the other goes round an orbit."""
    device = AutoOscillator.preset("slavin2009-like")
    voltage = 2 * device.threshold_current * device.static_resistance
    quiet = {"threshold_current": 2 * device.threshold_current * 1.5}
    table = noise(device, voltage=voltage, states={"above": {}, "below": quiet}, frequency=[1e9, 6e9])
    methods = dict(zip(table["state"], table["method"], strict=True))
    assert methods == {"orbit from above": "orbit", "below": "small-signal"}
    assert np.isnan(table["phase_noise"]).tolist() == [False, False, True, True]


def test_orbits_are_refused_where_there_is_none():
    device = AutoOscillator.preset("slavin2009-like")
    with pytest.raises(ParameterError, match="comes to rest; measure with method='small-signal'"):
        noise(device, method="orbit")
    voltage = 2 * device.threshold_current * device.static_resistance
    with pytest.raises(ParameterError, match="about an orbit needs the numeric engine"):
        noise(device, voltage=voltage, method="orbit", engine="ngspice")


def test_states_that_lead_to_another_are_left_out_or_refused():
    valve = MTJ.preset("kiselev2003-like")
    assert list(dict.fromkeys(noise(valve, frequency=[1e6])["state"])) == ["parallel"]
    with pytest.raises(ParameterError, match="'antiparallel' of mtj does not last.*it settles at m_x = 1"):
        noise(valve, states=["antiparallel"], method="small-signal")
    # A free layer across its reference layer: neither parallel nor antiparallel.
    tilted = MTJ.preset("taniguchi2013-like")
    assert list(dict.fromkeys(noise(tilted, frequency=[1e6])["state"])) == ["settled from parallel"]
    volatile = VolatileMemristor.preset("maffezzoni2015")
    assert list(dict.fromkeys(noise(volatile, frequency=[1e6])["state"])) == ["off"]


def test_noise_is_that_of_the_rest_and_not_of_the_initial_state():
    """A field across the easy axis turns the rest away from the state that is asked for."""
    device = MTJ(field_x=1e5, damping=0.1, diameter=60e-9)
    rest = device.simulate(0.05, 1e-7, points=2).iloc[-1]
    angles = {"initial_polar_angle": math.acos(rest["m_z"]), "initial_azimuth": math.atan2(rest["m_y"], rest["m_x"])}
    arguments = {"voltage": 0.05, "frequency": np.logspace(9, 10.5, 7)}
    found = noise(device, states=["parallel"], **arguments)["current_noise"]
    np.testing.assert_allclose(found, noise(device, states={"there": angles}, **arguments)["current_noise"], rtol=1e-5)
    assert np.any(np.abs(found - found.iloc[0]) > 1e-3 * found.iloc[0]), "the precession is seen"


@pytest.mark.ngspice
def test_ngspice_takes_the_rest_as_well():
    device = MTJ.preset("song2018")
    arguments = {"voltage": 0.1, "frequency": np.logspace(8, 10, 5), "states": ["parallel"]}
    numeric, spice = (noise(device, engine=engine, **arguments)["current_noise"] for engine in ("numeric", "ngspice"))
    np.testing.assert_allclose(spice, numeric, rtol=1e-4)


def test_lines_are_resolved():
    """The tops of neighbouring points differ by little, and the line's height is that of its centre."""
    device = VortexOscillator.preset("torrejon2017-like")
    table = noise(device)
    top = table["frequency"].iloc[int(np.argmax(table["current_noise"]))]
    fine = noise(device, frequency=np.linspace(0.95 * top, 1.05 * top, 4001))
    assert table["current_noise"].max() == pytest.approx(fine["current_noise"].max(), rel=0.01)
    upper = np.count_nonzero(table["current_noise"] > 0.5 * table["current_noise"].max())
    assert upper >= 5


# --- jumps between two states ---------------------------------------------------------------


def test_telegraph_noise_of_a_perpendicular_junction_is_that_of_browns_dwell_times():
    r"""A round magnet: :math:`\tau = \sqrt{\pi / \Delta}\, e^\Delta (1 + 1/\Delta) / \alpha \gamma_0' H_k`, no voltage,
    and the Lorentzian of its jumps."""
    device = MTJ.preset("borders2019-like").replace(hooge_parallel=0.0, hooge_antiparallel=0.0)
    stability, pace = device.thermal_stability, device.damping * device.gamma_0 / (1 + device.damping**2)
    brown = math.sqrt(math.pi / stability) * math.exp(stability) / (pace * device.anisotropy_field)
    dwell = dwell_times(device, 0.0, 300.0)
    # Brown's next term, and two of the order after it.
    assert dwell.times["parallel"] == pytest.approx(brown * (1 + 1 / stability), rel=3 / stability**2)
    assert dwell.times["antiparallel"] == pytest.approx(dwell.times["parallel"], rel=1e-9)
    expected = dwell.times["parallel"]

    voltage = 1e-5
    grid = np.logspace(-1, 4, 6)
    table = noise(device, voltage=voltage, frequency=grid, states=["parallel"])
    currents = [
        float(device.replace(**device.reference_states()[name]).static(voltage=voltage)["current"])
        for name in ("parallel", "antiparallel")
    ]
    tau = expected / 2
    telegraph = (currents[0] - currents[1]) ** 2 * tau / (1 + (2 * math.pi * grid * tau) ** 2)
    thermal = 4 * 1.380649e-23 * 300.0 * currents[0] / voltage
    np.testing.assert_allclose(table["current_noise"], telegraph + thermal, rtol=5e-3)
    assert table.attrs["dwell_times"]["parallel"] == pytest.approx(expected, rel=0.1)


def test_telegraph_noise_of_an_elliptic_junction():
    """In the middle of its fall: 2.56e-18 A^2/Hz in 32 trajectories of 32 us between 13 and 19 MHz, at 0.1 V."""
    found = noise(MTJ.preset("hayakawa2021-like"), voltage=0.1, frequency=[1.6e7])["current_noise"]
    np.testing.assert_allclose(found, 2.56e-18, rtol=0.15)


def test_frequencies_reach_below_the_corner_of_jumps():
    table = noise(MTJ.preset("borders2019-like"), states=["parallel"])
    density = table["current_noise"].to_numpy()
    assert table["frequency"].is_monotonic_increasing
    assert density[1] == pytest.approx(density[0], rel=1e-3)
    assert table.attrs["dwell_times"] is not None


def test_memories_do_not_jump():
    table = noise(MTJ.preset("ikeda2010"), frequency=[1e3])
    assert table.attrs["dwell_times"] is None


@pytest.mark.slow
def test_telegraph_noise_is_that_of_transients():
    """An elliptic magnet in its plane, with little damping: Langer's rate with Mel'nikov's factor, to 20 %."""
    device = MTJ.preset("hayakawa2021-like")
    found = noise(device, voltage=0.1, states=["parallel"])
    arguments = {"method": "transient", "duration": 8e-6, "points": 32768, "trajectories": 4, "seed": 1}
    measured = noise(device, voltage=0.1, states=["parallel"], **arguments)
    for low, high in ((1e6, 4e6), (1e7, 2.5e7), (5e7, 1e8)):
        band = measured[(measured["frequency"] > low) & (measured["frequency"] < high)]
        expected = np.exp(
            np.interp(np.log(band["frequency"]), np.log(found["frequency"]), np.log(found["current_noise"]))
        )
        assert band["current_noise"].mean() == pytest.approx(expected.mean(), rel=0.25)


@pytest.mark.slow
def test_low_barriers_take_first_passages():
    """A barrier of 3.5 k_B T: the ensemble's dwell time is near the closed form, which is no more than that there."""
    junction = MTJ.preset("hayakawa2021-like")
    device = junction.replace(free_layer_thickness=junction.free_layer_thickness * math.sqrt(3.5 / 5.5))
    barrier = device.thermal_stability
    assert 3.0 < barrier < 4.0
    dwell = dwell_times(device, 0.0, 300.0, seed=1)
    closed = 1 / device.suggested_dwelling().escape(0.0, 300.0, "parallel")[0]
    assert dwell.times["parallel"] == pytest.approx(closed, rel=0.4)
    assert dwell.times["parallel"] != pytest.approx(closed, rel=1e-6)


@pytest.mark.slow
def test_transients_take_no_frequencies():
    with pytest.raises(ParameterError, match="leave frequency out"):
        noise(MTJ.preset("faria2021"), frequency=[1e9])


@pytest.mark.parametrize("given", [{"duration": 1e-6}, {"points": 1000}, {"trajectories": 2}])
def test_small_signals_take_nothing_of_transients(given):
    with pytest.raises(ParameterError, match=f"{next(iter(given))}: of transients"):
        noise(VTEAM(), **given)


def test_transients_take_what_is_theirs():
    table = noise(VTEAM(), method="transient", duration=1e-8, points=256, trajectories=1, states=["on"], seed=1)
    # Welch's segments are an eighth of the record, without the first two bins and the last.
    assert len(table) == 256 // 8 // 2 + 1 - 3
    assert table["frequency"].iloc[0] == pytest.approx(2 * 255 / 1e-8 / (256 // 8))


def test_a_magnet_without_states_is_measured_from_transients():
    table = noise(MTJ.preset("faria2021"), **SHORT)
    assert set(table["method"]) == {"transient"}


def test_figure_names_what_was_measured():
    axes = Figure().subplots()
    draw_noise(noise(MTJ.preset("kiselev2003-like")), axes)
    assert "small-signal" in axes.get_legend().get_title().get_text()
