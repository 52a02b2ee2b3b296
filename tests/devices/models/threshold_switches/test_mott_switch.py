"""Mott switches: conduction, heat, hysteresis and negative resistance, each by a formula or the other engine."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.integrate import quad

from synaspice.characterization import hysteresis, iv, ndr
from synaspice.characterization.engines import trajectory
from synaspice.devices import MottSwitch, ParameterError
from synaspice.devices.language.errors import UnknownNameError
from synaspice.devices.simulation.operating_points.static_curve import static_curve, turning_points

PRESETS = list(MottSwitch.presets())


def activated(**values):
    """A film that only its activated resistance describes: no metal within reach, nothing in series."""
    far = {"transition_temperature": 3000.0, "transition_width": 1.0, "hysteresis_width": 0.0}
    return MottSwitch(resistance_metallic=1e-2, **far, **values)


@pytest.mark.parametrize("energy", [0.2, 0.35])
def test_the_steady_curve_is_the_closed_form_in_the_temperature(energy):
    device = activated(resistance_prefactor=10.0, activation_energy=energy, thermal_resistance=1e6)
    curve = static_curve(device, "heating")
    kelvin = device.ambient_temperature + curve.parameter
    expected = np.sqrt(curve.parameter * 10.0 / 1e6) * np.exp(energy * codata.e / (2 * codata.k * kelvin))
    cold = kelvin < 900  # hotter films come near the resistance in series
    np.testing.assert_allclose(curve.voltage[cold], expected[cold], rtol=1e-2 / 10 / 2)
    threshold = turning_points(curve)[0]
    scale = energy * codata.e / codata.k
    hot = scale / 2 * (1 - math.sqrt(1 - 4 * device.ambient_temperature / scale))
    assert threshold.is_maximum
    # R_m / R_i at the threshold, and the parabola through three points of the grid.
    assert device.ambient_temperature + threshold.parameter == pytest.approx(hot, rel=1e-4)


def test_without_enough_activation_there_is_no_negative_resistance():
    """It takes E_a > 4 k_B T_0: 103 meV at 300 K."""
    limit = 4 * codata.k * 300 / codata.e
    for energy, turns in ((0.99 * limit, False), (1.01 * limit, True)):
        curve = static_curve(activated(resistance_prefactor=1e3, activation_energy=energy), "heating")
        assert bool(turning_points(curve)) == turns


@pytest.mark.parametrize("voltage", [1e-9, 1e-3, 0.3, -0.3, 3.0])
@pytest.mark.parametrize("kelvin", [300.0, 800.0])
def test_emission_into_all_directions_is_its_integral(voltage, kelvin):
    """Mean over the sphere of exp(a sqrt(cos theta)) ahead, and of 1 behind."""
    common = {"resistance_prefactor": 1e3, "activation_energy": 0.3, "thickness": 20e-9, "relative_permittivity": 45.0}
    device = activated(conduction="poole_frenkel", **common).replace(ambient_temperature=kelvin)
    thermal = codata.k * kelvin / codata.e
    lowering = math.sqrt(codata.e * abs(voltage) / (math.pi * 45 * codata.epsilon_0 * 20e-9)) / thermal
    ahead, _ = quad(lambda angle: math.exp(lowering * math.sqrt(math.cos(angle))) * math.sin(angle), 0, math.pi / 2)
    expected = math.exp(-0.3 / thermal) / 1e3 * (ahead + 1) / 2 * voltage
    # 1e-2 ohm in series, and the root of the field that levels off at 0.1 nV.
    assert float(device.static(voltage=voltage)["current"]) == pytest.approx(expected, rel=1e-3)


def major_loop(kelvin, direction, width, middle, rise):
    """The part that insulates, of Zhang et al.: 1 on heating, -1 on cooling."""
    return (1 + np.tanh((direction * width / 2 + middle - kelvin) / (2 * rise))) / 2


def test_the_phase_follows_the_major_loop_and_rests_within():
    device = MottSwitch.preset("zhang2023")
    table = hysteresis(device, quantity="current", cycles=2, points=4001)
    last = table[table["cycle"] == 1]
    kelvin, warming = device.ambient_temperature + last["temperature_rise"], np.gradient(last["temperature_rise"])
    loop = (device.hysteresis_width, device.transition_temperature, device.transition_width)
    insulating = 1 - last["metallic_part"]
    half = device.hysteresis_width / 2
    lag = last["temperature_rise"] - last["remembered_rise"]
    # Within the dead band nothing moves; at its ends the film draws the phase along, tau dT/dt behind.
    late = 4 * device.phase_time * np.max(np.abs(np.gradient(last["temperature_rise"], last["time"])))
    assert np.all(np.abs(lag) < half + late)
    for direction in (1, -1):
        drawn = (np.abs(direction * lag - half) < late) & (warming * direction > 0)
        assert drawn.sum() > 500
        expected = major_loop(kelvin[drawn], direction, *loop)
        # A lag of the temperature is a change of the part by its greatest slope, 1 / (4 w).
        np.testing.assert_allclose(insulating[drawn], expected, atol=late / (4 * device.transition_width))


@pytest.mark.parametrize("engine", ["numeric", pytest.param("ngspice", marks=pytest.mark.ngspice)])
def test_heat_decays_exponentially_without_a_voltage(engine):
    device = MottSwitch.preset("kumar2017-like", initial_temperature_rise=100.0)
    common = {"source": "voltage", "inputs": {}, "points": 101, "engine": engine}
    table = trajectory(device, 0.0, 3 * device.thermal_time, **common)
    exact = 100.0 * np.exp(-table["time"] / device.thermal_time)
    np.testing.assert_allclose(table["temperature_rise"], exact, atol=1e-6 if engine == "numeric" else 0.5)


def test_the_heat_fluctuates_as_equipartition_says():
    """Var T = k_B T^2 / C: 0.12 K^2 at 300 K and 1e-17 J/K, within 4 standard errors of 4000 values."""
    device = MottSwitch.preset("kumar2017-like", thermal_capacitance=1e-17)
    time = device.thermal_time
    device = device.replace(phase_time=time)  # the phase does nothing here, and is not to be resolved
    final = device.simulate(0.0, 5 * time, temperature=300.0, trajectories=4000, seed=3, time_step=0.01 * time)
    expected = codata.k * 300**2 / 1e-17
    found = float(np.var(final["temperature_rise"]))
    # A colder film than its surroundings conducts nothing here: the mean is that of the surroundings.
    assert found == pytest.approx(expected, rel=4 * math.sqrt(2 / 4000) + 0.01)
    assert float(final["temperature_rise"].mean()) == pytest.approx(0.0, abs=4 * math.sqrt(expected / 4000))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_slow_voltage_jumps_at_the_threshold(preset):
    """The delay of a ramp past a fold falls as its rate to the power 2/3: the excess falls so too, within a fifth."""
    device = MottSwitch.preset(preset)
    threshold = ndr(device).attrs["threshold_voltage"]
    excess = []
    for slow in (2, 16):
        sweep = device.suggested_sweep()
        table = hysteresis(device, period=slow * sweep.period, points=8001)
        excess.append(float(table["voltage"].max()) / threshold - 1)
    assert 0 < excess[1] < excess[0] < 0.1
    assert excess[0] / excess[1] == pytest.approx(8 ** (2 / 3), rel=0.2)


@pytest.mark.ngspice
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("quantity", ["voltage", "current"])
def test_sweeps_agree(preset, quantity):
    device = MottSwitch.preset(preset)
    common = {"quantity": quantity, "points": 401, "period": 200 * device.thermal_time}
    numeric = hysteresis(device, **common)
    spice = hysteresis(device, engine="ngspice", **common)
    column = "temperature_rise"
    # A jump of a thermal time or less may come half a reported step earlier.
    near = [np.roll(numeric[column], k) for k in (-1, 0, 1)]
    low, high = np.min(near, axis=0), np.max(near, axis=0)
    slack = 0.02 * numeric[column].max()
    assert np.all((spice[column] > low - slack) & (spice[column] < high + slack))


@pytest.mark.ngspice
def test_static_curves_agree_where_a_computed_default_follows_the_state():
    """The phase remembers what the temperature of the state says, in an instance of a netlist too."""
    device, states = MottSwitch.preset("zhang2023"), {"warm": {"initial_temperature_rise": 11.0}}
    numeric, spice = (iv(device, [-1.0, 0.5], states=states, engine=engine) for engine in ("numeric", "ngspice"))
    assert numeric["resistance"].max() < 0.8 * device.static(voltage=0.5)["resistance"]
    np.testing.assert_allclose(spice["current"], numeric["current"], rtol=1e-6)


def test_curves_that_are_not_there_are_refused():
    device = MottSwitch.preset("kumar2017-like")
    with pytest.raises(ParameterError, match="three points"):
        ndr(device, largest_current=1e-15)
    with pytest.raises(UnknownNameError, match="branch"):
        static_curve(device, "cooling")
    flat = activated(activation_energy=0.0, resistance_prefactor=1e3)
    table = ndr(flat)
    assert table.attrs["threshold_voltage"] is None and table.attrs["hold_current"] is None
    assert np.all(table["stable"] == 1)
