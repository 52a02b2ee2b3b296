"""Torque of a tunnel junction by each law of the option ``torque``, in numbers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sympy as sp
from laws import Given, values

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics.tunnel_torque import TunnelTorque, check_torque, critical_current

CURRENT, VOLTAGE, POLARIZED = 3e-5, 0.4, 0.9


def symbols(torque, conduction="roll-off", **changed):
    given = {"cosine": 0.25, "voltage": VOLTAGE, "parallel_conductance": 1e-4, "polarization_reference": 0.6}
    given |= {"polarization_free": 0.5, "asymmetry_reference": 1.0, "asymmetry_free": 1.0, "ambient_tmr": 1.5}
    given |= {"tmr_half_voltage": 0.5, "tunnelling_decay": 10.0, "barrier_height": 1.0, "barrier_asymmetry": 0.2}
    numbers = {name: sp.Float(value) for name, value in (given | changed).items()}
    return Given(SimpleNamespace(torque=torque, conduction=conduction, **numbers))


def torque_of(law):
    def made(s, tmr):
        found = TunnelTorque.of(s, sp.Float(CURRENT), sp.Float(POLARIZED), tmr)
        return found.efficiency, found.current

    return [float(value) for value in values(made, s=symbols(law), tmr=1.5)]


def test_torque_and_the_current_that_it_refers_to():
    """P / 2 of Slonczewski without asymmetry; P / [2 (1 + c T / (2 + T))] of tunnelling, T the TMR; that of c = 1."""
    product = 1.5 / 3.5
    assert torque_of("slonczewski") == pytest.approx([0.3, CURRENT * POLARIZED], rel=1e-12, abs=0)
    assert torque_of("tunnelling") == pytest.approx([0.3 / (1 + 0.25 * product), CURRENT * POLARIZED], rel=1e-12, abs=0)
    at_low_bias = 1e-4 * VOLTAGE * POLARIZED
    assert torque_of("constant-torkance") == pytest.approx([0.3 / (1 + product), at_low_bias], rel=1e-12, abs=0)


@pytest.mark.parametrize("cosine", [1, -1])
def test_critical_currents(cosine):
    """The torque's over the efficiency; per voltage, the current that flows at the voltage where it is reached."""
    product, wanted = 1.5 / 3.5, 5e-6

    def found(law, *conduction):
        return float(values(critical_current, s=symbols(law, *conduction), cosine=Given(cosine), torque_current=wanted))

    assert found("slonczewski") == pytest.approx(wanted / 0.3, rel=1e-12, abs=0)
    assert found("tunnelling") == pytest.approx(wanted * (1 + cosine * product) / 0.3, rel=1e-12, abs=0)
    voltage = wanted * (1 + product) / 0.3 / 1e-4
    seen = 1.5 / (1 + (voltage / 0.5) ** 2)
    conductance = 1e-4 * (1 if cosine == 1 else 1 / (1 + seen))
    assert found("constant-torkance") == pytest.approx(conductance * voltage, rel=1e-12, abs=0)
    # Brinkman's barrier conducts better at that voltage: 1 - A0 dphi V / 32 phi^1.5 + 3 A0^2 V^2 / 128 phi
    parabola = 1 - 20 / 3 * 0.2 * voltage / 32 + 3 * (20 / 3) ** 2 * voltage**2 / 128
    bent = found("constant-torkance", "brinkman")
    assert bent == pytest.approx(conductance * parabola * voltage, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", ["asymmetry_reference", "asymmetry_free"])
def test_an_asymmetry_of_ones_own_needs_slonczewskis_law(name):
    given = {"asymmetry_reference": 1.0, "asymmetry_free": 1.0}
    for law in ("slonczewski", "tunnelling", "constant-torkance"):
        check_torque(SimpleNamespace(options={"torque": law}, values=given))
        other = SimpleNamespace(options={"torque": law}, values=given | {name: 1.2})
        if law == "slonczewski":
            check_torque(other)
            continue
        with pytest.raises(ParameterError, match=f"{name} = 1.2 must be 1"):
            check_torque(other)
