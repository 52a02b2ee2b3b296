"""Torques of tunnel junctions: per current and per voltage, write asymmetry, and the field-like torque."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from scipy.constants import e, hbar, mu_0

from synaspice.characterization import agreement
from synaspice.devices import MTJ, ElectrothermalMTJ, ParameterError, SpinOrbitTorqueMTJ, UnknownNameError
from synaspice.devices.physics.magnetism import slonczewski_efficiency
from synaspice.devices.physics.tunnel_torque import LAWS, tunnelling_efficiency
from synaspice.devices.simulation.numerics.newton import voltage_at_current

TUNNELLING = [law for law in LAWS if law != "slonczewski"]


def test_tunnelling_is_slonczewskis_form_with_the_lambda_of_tunnelling():
    """Lambda^2 = (1 + P^2) / (1 - P^2), over 1 + P^2."""
    p, c = sp.symbols("p c", positive=True)
    asymmetry = sp.sqrt((1 + p**2) / (1 - p**2))
    form = slonczewski_efficiency(c, p, asymmetry, p, asymmetry)
    assert sp.simplify(form / (1 + p**2) - tunnelling_efficiency(c, p, p**2)) == 0


@pytest.mark.parametrize("law", TUNNELLING)
@pytest.mark.parametrize("tmr", [0.5, 1.0, 2.5])
def test_the_write_currents_are_as_the_resistances(law, tmr):
    """Ic(P->AP) / Ic(AP->P) = 1 + TMR: at low bias with either law."""
    junction = MTJ(torque=law, tmr=tmr, tmr_half_voltage=100.0)
    ratio = -junction.critical_current_to_antiparallel / junction.critical_current_to_parallel
    assert ratio == pytest.approx(1 + tmr, rel=1e-3)


JUNCTIONS = [MTJ, SpinOrbitTorqueMTJ, ElectrothermalMTJ]


def made(model):
    """The model's devices: the default and the presets."""
    return [model(), *(model.preset(name) for name in model.presets())]


BY_TUNNELLING = [device for model in JUNCTIONS for device in made(model) if device.torque == "tunnelling"]


def test_tunnelling_is_the_torque_of_a_junction_unless_its_publication_has_another():
    assert all(model().torque == "tunnelling" for model in JUNCTIONS)
    assert {type(device) for device in BY_TUNNELLING if device.provenance} == set(JUNCTIONS)


@pytest.mark.parametrize("device", BY_TUNNELLING, ids=repr)
def test_a_tunnel_junction_is_written_with_currents_as_its_resistances(device):
    ratio = -device.critical_current_to_antiparallel / device.critical_current_to_parallel
    assert ratio == pytest.approx(device.antiparallel_resistance / device.parallel_resistance, rel=1e-12)
    assert ratio > 1.3


def test_at_high_bias_the_voltages_are_alike_and_the_currents_as_the_resistances_there():
    junction = MTJ(torque="constant-torkance", tmr=1.5, tmr_half_voltage=0.3)
    states = junction.reference_states()
    currents = {"antiparallel": junction.critical_current_to_parallel}
    currents["parallel"] = junction.critical_current_to_antiparallel
    volts = {name: voltage_at_current(junction.replace(**states[name]), i) for name, i in currents.items()}
    assert volts["parallel"] == pytest.approx(-volts["antiparallel"], rel=1e-9)
    seen = 1.5 / (1 + (volts["parallel"] / 0.3) ** 2)
    assert -currents["parallel"] / currents["antiparallel"] == pytest.approx(1 + seen, rel=1e-9)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("conduction", ["roll-off", "brinkman"])
@pytest.mark.parametrize("state", ["parallel", "antiparallel"])
def test_the_critical_current_is_where_the_tilt_stops_to_decay(law, conduction, state):
    """The sign of the tilt's rate changes at the declared current, to 1e-3 of it."""
    lambdas = {"asymmetry_reference": 1.2} if law == "slonczewski" else {}
    junction = MTJ(torque=law, conduction=conduction, tmr_half_voltage=0.4, **lambdas)
    angles = junction.reference_states()[state]
    tilted = junction.replace(initial_polar_angle=abs(angles["initial_polar_angle"] - 1e-3))
    other = "antiparallel" if state == "parallel" else "parallel"
    critical = junction.derived[f"critical_current_to_{other}"]
    outward = -1 if state == "parallel" else 1
    rates = [
        outward * float(tilted.static(voltage=voltage_at_current(tilted, critical * share))["dm_z/dt"])
        for share in (0.999, 1.001)
    ]
    assert rates[0] < 0 < rates[1]


def test_constant_torkance_is_slonczewskis_at_every_angle():
    """Torque (hbar / 2 e) P_r / (1 + P_r P_f) G_P V sin(theta), whatever the conductance at the angle."""
    voltage, p, tmr = 0.4, 0.6, 1.2
    junction = MTJ(torque="constant-torkance", polarization_reference=p, tmr=tmr, damping=1e-4, tmr_half_voltage=0.2)
    product = tmr / (2 + tmr)
    torque = hbar / (2 * e) * p / (1 + product) * junction.parallel_conductance * voltage
    rate = torque * junction.gyromagnetic_ratio / (junction.saturation_magnetization * junction.volume)
    for angle in (0.3, 1.2, 2.5):
        held = junction.replace(initial_polar_angle=angle)
        both = [float(held.static(voltage=v)["dm_z/dt"]) for v in (voltage, -voltage)]
        # A positive voltage pulls towards the reference layer; the damping is the same for both signs.
        assert (both[0] - both[1]) / 2 == pytest.approx(rate * math.sin(angle) ** 2, rel=1e-6)


def test_the_quadratic_field_is_along_the_reference_layer():
    """About it the magnetisation precesses with gamma_0 c V^2, alike for both signs of the voltage."""
    strength, p = 3e4, {"reference_polar_angle": math.pi / 2}
    free = {f"demagnetizing_factor_{axis}": 0.0 for axis in "xyz"} | {"interfacial_anisotropy": 0.0}
    junction = MTJ(field_like_per_square_volt=strength, damping=1e-4, initial_polar_angle=0.0, **free, **p)
    still = MTJ(damping=1e-4, initial_polar_angle=0.0, **free, **p)
    for voltage in (0.5, -0.5, 0.25):
        rates = [float(one.static(voltage=voltage)["dm_y/dt"]) for one in (junction, still)]
        # dm/dt = -gamma_0 m x H with m along z and H along x
        expected = -mu_0 * junction.gyromagnetic_ratio * strength * voltage**2
        assert rates[0] - rates[1] == pytest.approx(expected, rel=1e-6)


def test_heat_acts_on_the_torque_of_tunnelling():
    """A hot junction's torque is that of a junction in hot surroundings, at the same voltage."""
    for law in TUNNELLING:
        hot = ElectrothermalMTJ(torque=law, initial_temperature_rise=100.0, initial_polar_angle=1.0)
        oven = MTJ(torque=law, temperature_law="bloch", ambient_temperature=400.0, initial_polar_angle=1.0)
        rates = [np.array([float(one.static(voltage=0.3)[f"dm_{a}/dt"]) for a in "xyz"]) for one in (hot, oven)]
        np.testing.assert_allclose(rates[0], rates[1], rtol=1e-9)
        cold = MTJ(torque=law, temperature_law="bloch", initial_polar_angle=1.0)
        assert abs(float(cold.static(voltage=0.3)["dm_z/dt"]) / rates[0][2] - 1) > 0.01


@pytest.mark.ngspice
@pytest.mark.parametrize(("law", "tight"), [(law, law == TUNNELLING[0]) for law in TUNNELLING])
def test_the_torques_in_ngspice(law, tight):
    """At tight tolerances one of them: that the rates of all options are the same to 1e-6 stands in test_forms.py."""
    device, native = MTJ(torque=law, field_like_per_square_volt=2e4), None if tight else False
    row = agreement(device, native=native, tight=tight, vacask=False).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference"] < 1e-2
    if not tight:
        return
    assert row["state_difference_tight"] < 1e-3
    if "native_state_difference_tight" in row:
        assert row["native_state_difference_tight"] < 1e-3


def test_what_makes_no_sense_is_refused():
    with pytest.raises(UnknownNameError, match="constant-torkance"):
        MTJ(torque="constant-torkanse")
    for law in TUNNELLING:
        for name in ("asymmetry_reference", "asymmetry_free"):
            with pytest.raises(ParameterError, match=f'{name} = 1.2 .*needs torque="slonczewski"'):
                MTJ(torque=law, **{name: 1.2})
    with pytest.raises(ParameterError, match='needs torque="slonczewski"'):
        MTJ.preset("taniguchi2013-like", torque="tunnelling")
    with pytest.raises(ParameterError, match="field_like_per_square_volt"):
        MTJ(field_like_per_square_volt="1 A/m")
