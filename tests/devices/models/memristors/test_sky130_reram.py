"""SkyWater's resistive memory against the equations of its design kit and the numbers of its documentation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata
from reference_data import published

from synaspice.circuits.engine import ngspice
from synaspice.devices import ParameterError, Sky130RERAM
from synaspice.devices.language.errors import ValidityWarning

PUBLISHED = published("rram")["skywater2020"]
CELL = Sky130RERAM.preset("skywater2020")


@pytest.mark.parametrize("rise", [0.0, 500.0])
@pytest.mark.parametrize("filament", [3.4e-9, 4.1e-9, 4.8e-9])
@pytest.mark.parametrize("voltage", [-1.4, -0.2, 0.2, 2.4])
def test_currents_and_rates_are_those_of_the_design_kit(voltage, filament, rise):
    """The kit's equations in its own form, with thicknesses in metres and energies in electronvolts."""
    static = CELL.static(voltage=voltage, x=(filament - 3.3e-9) / 1.6e-9, temperature_rise=rise)
    gap = 5e-9 - filament
    current = 6.14e-5 * np.exp(-gap / (5e-9 - 4.7249e-9)) * np.sinh(voltage / 0.43)
    thermal = codata.k * (300 + rise) / codata.e
    tilt = (16.5 - 1.25 * (gap / 1e-9) ** 3) * 0.25e-9 / 5e-9 * voltage
    growth = 150 * (np.exp((-1.501 + tilt) / thermal) - np.exp((-1.5 - tilt) / thermal))
    assert static["current"] == pytest.approx(current, rel=1e-10)
    assert static["dx/dt"] * 1.6e-9 == pytest.approx(growth, rel=1e-9)
    heating = voltage * current / 3.1825e-16 - rise / 0.23e-9
    assert static["dtemperature_rise/dt"] == pytest.approx(heating, rel=1e-9)


def test_when_on_it_conducts_as_much_as_measured_after_forming():
    low, high = PUBLISHED["conductance_on"]
    for voltage in PUBLISHED["read_voltages"]:
        static = CELL.static(voltage=voltage, x=1.0)
        assert low < 1 / static["resistance"] < high


def test_the_documented_pulses_set_and_reset_and_reads_do_not():
    width = PUBLISHED["pulse_width"]
    # With nothing in series the pulse heats the cell beyond where the model holds, and it says so.
    with pytest.warns(ValidityWarning, match="hotter"):
        on = CELL.simulate(PUBLISHED["set_voltage"], width, points=2)["x"].iloc[-1]
    assert on > 0.99
    off = CELL.replace(initial_state=1.0).simulate(-PUBLISHED["reset_voltage"], width, points=2)["x"].iloc[-1]
    assert off < 0.01
    for sign, voltage in [(s, v) for s in (1, -1) for v in PUBLISHED["read_voltages"]]:
        for start in (0.1, 0.9):
            moved = CELL.replace(initial_state=start).simulate(sign * voltage, width, points=2)["x"].iloc[-1] - start
            assert abs(moved) < 1e-9


def test_heat_settles_at_power_times_resistance_within_its_time_constant():
    """At a voltage that moves nothing: T - T_0 = R_th v i (1 - exp(-t / tau)), R_th = tau / C."""
    device = CELL.replace(initial_state=1.0)
    trace = device.simulate(0.3, 1e-9)
    power = 0.3 * trace["current"].iloc[0]
    exact = device.thermal_resistance * power * (1 - np.exp(-trace["time"] / 0.23e-9))
    np.testing.assert_allclose(trace["temperature_rise"], exact, rtol=1e-6, atol=1e-9)


def test_the_loop_is_pinched():
    voltage = np.linspace(-2, 2, 9)
    for x in (0.0, 0.5, 1.0):
        current = CELL.static(voltage=voltage, x=x)["current"]
        assert current[4] == 0
        assert np.all(current * voltage >= 0)


@pytest.mark.ngspice
def test_in_ngspice_a_cell_is_set_through_a_resistor_and_read():
    """Without Verilog-A: 2.6 V through 10 kohm for 1 us set the cell; reads at 0.2 V leave it alone."""
    subcircuit = CELL.subcircuit()
    deck = f"""* set, then read
{subcircuit}
V1 in 0 PWL(0 0 0.1u 2.6 1.1u 2.6 1.2u 0.2 3u 0.2)
R1 in p 10k
X1 {" ".join({"n": "0"}.get(pin, pin) for pin in subcircuit.pins)} {subcircuit.name}
"""
    table = ngspice.run(deck, ngspice.Transient(1e-9, 3e-6, max_step=1e-9))
    assert table["v(x)"].iloc[0] == pytest.approx(0.0, abs=1e-6)
    assert table["v(x)"].iloc[-1] > 0.5
    assert np.ptp(table["v(x)"][table["time"] > 1.2e-6]) < 1e-6


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match="filament_maximum"):
        Sky130RERAM(filament_minimum=4.9e-9)
    with pytest.raises(ParameterError, match="oxide_thickness"):
        Sky130RERAM(oxide_thickness=4.8e-9)
