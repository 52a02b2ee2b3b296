"""The Stanford-PKU model against its closed forms, thresholds and levels."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata
from hypothesis import given
from hypothesis import strategies as st
from reference_data import published

from synaspice.characterization import hysteresis
from synaspice.characterization.engines import trajectory
from synaspice.circuits.engine import ngspice
from synaspice.devices import ParameterError, StanfordRRAM

PUBLISHED = published("rram")
DEFAULTS = StanfordRRAM.preset("jiang2014")
COLD = StanfordRRAM(heating="none", enhancement_decay=0.0, field_minimum=0.0, field_width=1e3)


def velocity(device, voltage, gap, temperature):
    """dg/dt by hand, in fields that move the gap freely. [m/s]"""
    thermal = codata.k * temperature / codata.e
    gamma = device.enhancement - device.enhancement_decay * (gap / 1e-9) ** 3
    argument = gamma * device.hopping_distance / device.thickness * voltage / thermal
    return -device.velocity * np.exp(-device.activation_energy / thermal) * np.sinh(argument)


@pytest.mark.parametrize("gap", [0.25e-9, 0.9e-9, 1.65e-9])
@pytest.mark.parametrize("voltage", [-1.6, -1.5, 1.5, 1.6])
def test_current_temperature_and_velocity_are_the_published_formulas(voltage, gap):
    x = (1.7e-9 - gap) / 1.5e-9
    static = DEFAULTS.static(voltage=voltage, x=x)
    current = 1e-3 * np.exp(-gap / 0.25e-9) * np.sinh(voltage / 0.25)
    temperature = 298 + 2.1e3 * voltage * current
    assert static["current"] == pytest.approx(current, rel=1e-10)
    assert static["local_temperature"] == pytest.approx(temperature, rel=1e-10)
    assert static["gap"] == pytest.approx(gap, rel=1e-12)
    assert static["dx/dt"] * 1.5e-9 == pytest.approx(-velocity(DEFAULTS, voltage, gap, temperature), rel=1e-9)


def test_the_published_defaults_have_their_levels_and_thresholds():
    published = PUBLISHED["jiang2014"]
    on, off = (1 / DEFAULTS.static(voltage=0.1, x=x)["conductance"] for x in (1.0, 0.0))
    assert off / on == pytest.approx(published["on_off_ratio"], rel=1e-6)
    assert DEFAULTS.threshold_set == pytest.approx(published["threshold_set"], abs=1e-4)
    assert DEFAULTS.threshold_reset == pytest.approx(published["threshold_reset"], abs=1e-4)


@given(share=st.floats(-1, 1), x=st.floats(0, 1))
def test_within_the_thresholds_nothing_moves_at_all(share, x):
    gamma = 16 - 0.8 * (1.7 - 1.5 * x) ** 3
    voltage = share * (1 - 1e-12) * 1.4e9 * 12e-9 / gamma
    assert DEFAULTS.static(voltage=voltage, x=x)["dx/dt"] == 0.0


@pytest.mark.parametrize("sign", [1, -1])
def test_beyond_a_threshold_it_moves(sign):
    threshold, x = (DEFAULTS.threshold_set, 0.0) if sign > 0 else (DEFAULTS.threshold_reset, 1.0)
    # At the bound itself an outward rate is zero; these are inward.
    assert DEFAULTS.static(voltage=sign * threshold * 1.001, x=x)["dx/dt"] * sign > 0


@pytest.mark.parametrize("voltage", [0.8, -0.8])
def test_a_constant_voltage_moves_the_gap_at_a_constant_velocity(voltage):
    """Without heat and with beta = 0: g = g_0 - nu_0 exp(-E_a / kT) sinh(...) t."""
    device = COLD.replace(initial_state=0.1 if voltage > 0 else 0.9)
    speed = -velocity(device, voltage, 0.0, 300.0) / device.gap_range
    trace = device.simulate(voltage, 0.8 / abs(speed))
    np.testing.assert_allclose(trace["x"], device.initial_state + speed * trace["time"], atol=1e-8)


def test_a_reset_ends_where_the_field_has_fallen_to_the_threshold():
    """gamma(g) |v| / L = F_min: g = [(gamma_0 - F_min L / |v|) / beta]^(1/3) nm, reached from below."""
    voltage = -1.2
    device = DEFAULTS.replace(initial_state=1.0, heating="none", field_width=1e5)
    gap = device.simulate(voltage, 1.0, points=2)["gap"].iloc[-1]
    expected = ((16 - 1.4e9 * 12e-9 / 1.2) / 0.8) ** (1 / 3) * 1e-9
    assert gap == pytest.approx(expected, rel=1e-3)  # the rate dies out over field_width / F_min = 7e-5


def test_heat_speeds_the_reset_up():
    hot, cold = (DEFAULTS.replace(heating=h).static(voltage=-1.3, x=1.0)["dx/dt"] for h in ("static", "none"))
    assert hot / cold > 1.5


@pytest.mark.parametrize("preset", StanfordRRAM.presets())
def test_the_loop_is_pinched_and_opens(preset):
    loop = hysteresis(StanfordRRAM.preset(preset))
    at_zero = loop["voltage"].abs() < 1e-9
    assert loop["current"][at_zero].abs().max() < 1e-9 * loop["current"].abs().max()
    assert np.all(loop["voltage"] * loop["current"] >= 0)
    # The limited current leaves the filament as thick as it takes to carry it: not all of the range is used.
    assert np.ptp(loop["x"]) > 0.4


@pytest.mark.ngspice
def test_set_and_read_in_a_circuit_the_state_stays():
    """Threshold about 1.4 V: a pulse of 1.8 V sets through 1 kohm, reads at 0.3 V of either sign move nothing."""
    subcircuit = DEFAULTS.subcircuit()
    deck = f"""* set, then read
{subcircuit}
V1 in 0 PWL(0 0 1u 1.8 10u 1.8 11u 0.3 50u 0.3 51u -0.3 100u -0.3)
R1 in p 1k
X1 {" ".join({"n": "0"}.get(pin, pin) for pin in subcircuit.pins)} {subcircuit.name}
"""
    table = ngspice.run(deck, ngspice.Transient(5e-8, 1e-4, max_step=5e-8))
    reading = table[table["time"] > 11e-6]
    assert table["v(x)"].iloc[0] == pytest.approx(0.0, abs=1e-6)
    assert table["v(x)"].iloc[-1] > 0.3
    assert np.ptp(reading["v(x)"]) < 1e-6


@pytest.mark.ngspice
def test_both_engines_switch_alike():
    device = DEFAULTS.replace(initial_state=1.0)
    stimulus = device.suggested_stimulus()
    case = {"source": "voltage", "inputs": {}, "points": 301}
    # The half that resets: it is gradual, so that states can be compared at every time.
    drive = {"drive": np.array([0.0, -1.5, 0.0]), "duration": stimulus.duration / 2}
    numeric = trajectory(device, **drive, engine="numeric", **case)
    spice = trajectory(device, **drive, engine="ngspice", max_step=stimulus.duration / 3000, **case)
    assert np.ptp(numeric["x"]) > 0.5
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=1e-2)


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match="gap_maximum"):
        StanfordRRAM(gap_minimum=1e-9, gap_maximum=1e-9)
    with pytest.raises(ParameterError, match="activation_energy"):
        StanfordRRAM(activation_energy=-1.0)
