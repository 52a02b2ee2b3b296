"""Magnet at a spin circuit: its interface, its angular momentum, its critical spin current, and switching at a
distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.constants import e, hbar, mu_0
from scipy.integrate import solve_ivp

from synaspice.characterization import agreement, hysteresis
from synaspice.circuits.engine.ngspice import Transient, run
from synaspice.devices import ParameterError, SpinMagnet, SpinOrbitTorqueMTJ, UnknownNameError
from synaspice.devices.models.spin.spin_channel import (
    ferromagnet_normal_interface,
    non_magnetic_channel,
    spin_hall_block,
)
from synaspice.devices.models.spin.spin_network import SpinNetwork
from synaspice.figures import plot

FREE = {f"demagnetizing_factor_{axis}": 0.0 for axis in "xyz"}  # no field of its own
GENERAL = {"mixing_conductance_imag": -1e14, "initial_polar_angle": 1.1, "initial_azimuth": 0.7}
M = np.array([math.sin(1.1) * math.cos(0.7), math.sin(1.1) * math.sin(0.7), math.cos(1.1)])
POTENTIALS = np.array([1e-4, 2e-4, -3e-4, 5e-4])
BRANCHES = ("charge_voltage", "spin_voltage_x", "spin_voltage_y", "spin_voltage_z")
CURRENTS = ("charge_current", "spin_current_x", "spin_current_y", "spin_current_z")


def static(magnet):
    table = magnet.static(**dict(zip(BRANCHES, POTENTIALS, strict=True)))
    return np.array([table[name] for name in CURRENTS]), np.array([table[f"dm_{axis}/dt"] for axis in "xyz"])


def test_the_interface_is_the_blocks():
    magnet = SpinMagnet(**GENERAL)
    currents, _ = static(magnet)
    block = magnet.interface(M).admittance[4:, 4:]
    assert np.allclose(currents, block @ POTENTIALS, rtol=1e-13, atol=0)


@pytest.mark.parametrize("damping", [1e-4, 0.3])
def test_angular_momentum_is_conserved(damping):
    """The transverse spin current's moment is the magnet's: (M_s V / gamma) (dm/dt - alpha m x dm/dt) = -(hbar / 2e)
    I_s,perp.

    The lattice takes the rest through the damping. The sign: I_s is a current of positive charge, so that electrons
    of moment along it leave the magnet, each with mu_B = gamma hbar / 2 (I_s / e of them a second).
    """
    magnet = SpinMagnet(**FREE, **GENERAL, damping=damping)
    currents, rate = static(magnet)
    absorbed = currents[1:] - (currents[1:] @ M) * M
    moment = magnet.saturation_magnetization * magnet.volume / magnet.gyromagnetic_ratio
    assert np.allclose(
        moment * (rate - damping * np.cross(M, rate)),
        -hbar / (2 * e) * absorbed,
        rtol=0,
        atol=1e-9 * hbar / (2 * e) * np.linalg.norm(absorbed),
    )


def test_an_overdriven_magnet_turns_to_where_the_moments_come_from():
    """By a spin potential +V along z electrons of moment -z prevail (their V is lower): the magnet turns to -z."""
    magnet = SpinMagnet(**FREE, damping=0.01)
    table = magnet.simulate(1e-3, 3e-9, source="spin_voltage_z")
    assert table["m_z"].iloc[-1] < -0.99


def test_the_spin_current_of_a_spin_hall_block_turns_the_magnet_as_the_spin_orbit_torque_device():
    """Two forms of the same: I_s = theta j L W out of a thick strip with current along +x, into a sink, and the
    damping-like field hbar theta j / (2 e mu_0 M_s t) with sigma = -y."""
    angle, charge, metal = 1e-3, 1e-3, {"resistivity": 2e-6, "width": 5e-8, "thickness": 4e-8}
    strip = SpinNetwork()
    block = spin_hall_block(**metal, length=2e-7, spin_diffusion_length=1e-9, spin_hall_angle=angle)
    strip.add("strip", block, left="l", right="r", bottom="b", top="t")
    strip.ground("r", "c")
    strip.ground("t", "xyz")
    strip.current(charge, "l")
    per_area = -strip.solve().supplied.loc["t", "y"] / (2e-7 * metal["width"])
    layer = {"saturation_magnetization": 1e6, "damping": 0.02, **FREE, "initial_polar_angle": math.pi / 2}
    magnet = SpinMagnet(**layer, initial_azimuth=0.0, thickness=2e-9)
    volts = per_area * magnet.area / (2 * magnet.mixing_real)
    device = SpinOrbitTorqueMTJ(
        **layer,
        initial_azimuth=0.0,
        free_layer_thickness=2e-9,
        uniaxial_anisotropy=0.0,
        interfacial_anisotropy=0.0,
        line_resistivity=metal["resistivity"],
        line_width=metal["width"],
        line_thickness=metal["thickness"],
        spin_hall_angle=angle,
    )
    expected = device.static(line_voltage=charge * device.line_resistance)
    found = magnet.static(spin_voltage_y=volts)
    for axis in "yz":
        # The block: 1 - sech(40) and theta^2.
        assert found[f"dm_{axis}/dt"] == pytest.approx(expected[f"dm_{axis}/dt"], rel=1e-5)
    assert found["dm_y/dt"] < -1e6


IN_PLANE = {"length": 1e-7, "width": 5e-8, "thickness": 3e-9}
PERPENDICULAR = {"length": 5e-8, "width": 5e-8, "thickness": 1.5e-9, "uniaxial_anisotropy": 7e5}


@pytest.mark.parametrize(("geometry", "easy"), [(IN_PLANE, "x"), (PERPENDICULAR, "z")])
def test_the_critical_spin_current(geometry, easy):
    """I_c = (2 e / hbar) alpha mu_0 M_s V (H_k + H_hard) / 2, where H_k and H_hard hold m on the axis (Sun, Phys.
    Rev. B 62, 570
    (2000)): the energy of small precession grows above as exp(2 (I / I_c - 1) alpha gamma_0 (H_k + H_hard) / 2 t)."""
    magnet = SpinMagnet(**geometry)
    own = {axis: -magnet.saturation_magnetization * getattr(magnet, f"demagnetizing_factor_{axis}") for axis in "xyz"}
    own["z"] += 2 * magnet.uniaxial_anisotropy / (mu_0 * magnet.saturation_magnetization)
    stiffness = {axis: own[easy] - field for axis, field in own.items() if axis != easy}
    mean = sum(stiffness.values()) / 2
    critical = 2 * e / hbar * magnet.damping * mu_0 * magnet.saturation_magnetization * magnet.volume * mean
    assert magnet.critical_spin_current == pytest.approx(critical, rel=1e-6)

    damping_rate = magnet.damping * magnet.gyromagnetic_ratio * mu_0 * mean
    duration = 10 / damping_rate
    tilted = magnet.replace(**magnet._along(easy, 1e-3))
    for ratio in (0.98, 1.02):
        table = tilted.simulate(
            ratio * critical / (2 * magnet.mixing_real), duration, source=f"spin_voltage_{easy}", rtol=1e-9, atol=1e-12
        )
        energy = sum(field * table[f"m_{axis}"] ** 2 for axis, field in stiffness.items())
        grown = math.log(energy.iloc[-1] / energy.iloc[0])
        assert math.copysign(1, grown) == math.copysign(1, ratio - 1)
        # It breathes within a turn, by about the damping, 1 %: 0.5 % of the 20 that the damping alone would give.
        assert grown == pytest.approx(2 * (ratio - 1) * damping_rate * duration, abs=0.1)


def test_a_spin_current_against_the_damping_switches_and_its_reverse_does_not():
    magnet = SpinMagnet(**IN_PLANE, initial_azimuth=0.1)
    volts = 4 * magnet.critical_spin_current / (2 * magnet.mixing_real)
    final = {sign: magnet.simulate(sign * volts, 5e-9, source="spin_voltage_x")["m_x"].iloc[-1] for sign in (1, -1)}
    assert final[1] < -0.99
    assert final[-1] > 0.99


@pytest.mark.ngspice
@pytest.mark.parametrize(
    ("values", "tight"),
    [(PERPENDICULAR, False), ({"mixing_conductance_imag": 1e14, "shape": "prism"}, True)],
    ids=["perpendicular", "imag"],
)
def test_both_engines_agree(values, tight):
    """The default stands in test_targets.py, as every model's; the other simulator and the native form in their own
    tests."""
    row = agreement(SpinMagnet(**values), native=False, tight=tight, vacask=False).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference"] < 1e-2
    assert row["instant_difference"] < 5e-3
    if tight:
        assert row["state_difference_tight"] < 1e-3


# --- at a distance --------------------------------------------------------------------------------

COPPER = {"resistivity": 2.1e-8, "width": 1e-7, "thickness": 8e-8, "spin_diffusion_length": 5e-7}
ISLAND = SpinMagnet(**IN_PLANE, initial_azimuth=0.1, damping=0.01)


def lateral(current, injector=(1, 0, 0)):
    """A current through the injector leaves at the left; the magnet's node is ``island``, beyond the injector."""
    network = SpinNetwork()
    network.add("injector", ferromagnet_normal_interface(5.0, 0.5, injector, 2.5), ferromagnet="top", normal="under")
    network.add("drain", non_magnetic_channel(length=5e-6, **COPPER), left="left", right="under")
    network.add("bridge", non_magnetic_channel(length=2e-7, **COPPER), left="under", right="island")
    network.add("stub", non_magnetic_channel(length=5e-6, **COPPER), left="island", right="end")
    network.ground("left", "c")
    network.ground("top", "xyz")
    network.current(current, "top")
    return network


def turned_by_itself(network, times):
    """The island's magnetisation, from the network's equivalent and an LLG written out here, with no charge through
    it."""
    open_potentials, impedance = network.equivalent("island")
    source, impedance = open_potentials[1:], impedance[1:, 1:]
    d = ISLAND
    factors = np.array([d.demagnetizing_factor_x, d.demagnetizing_factor_y, d.demagnetizing_factor_z])
    alpha, per_ampere = d.damping, d.gyromagnetic_ratio * hbar / (2 * e * d.saturation_magnetization * d.volume)

    def rate(_, m):
        along = np.outer(m, m)
        # Without charge V_c = -P m.V_s: the longitudinal conductance is G (1 - P^2).
        load = d.conductance * (1 - d.polarization**2) * along + 2 * d.mixing_real * (np.eye(3) - along)
        current = load @ np.linalg.solve(np.eye(3) + impedance @ load, source)
        field = -d.saturation_magnetization * factors * m
        torque = -d.gyromagnetic_ratio * mu_0 * np.cross(m, field)
        torque -= per_ampere * np.cross(m, np.cross(current, m))
        return (torque + alpha * np.cross(m, torque)) / (1 + alpha**2)

    start = [math.cos(0.1), math.sin(0.1), 0.0]
    found = solve_ivp(rate, (0, times[-1]), start, t_eval=times, rtol=1e-9, atol=1e-11)
    return found.y


@pytest.mark.ngspice
@pytest.mark.parametrize(("current", "switches"), [(1e-2, True), (-1e-2, False), (2e-3, False)])
def test_a_magnet_switched_by_the_non_local_spin_current(current, switches):
    """Below the critical current and with the wrong sign it does not turn. Positive charge out of an injector along x
    carries
    I_s along x through the copper into the island: electrons of moment x leave it for the injector, and it turns to
    -x."""
    network = lateral(current)
    pins = {pin: f"m_{pin[-1]}" if pin.startswith("m_") else pin for pin in ISLAND.subcircuit().pins}
    pins |= dict(zip(("charge", "spin_x", "spin_y", "spin_z"), network.pins("island").split(), strict=True))
    deck = network.deck() + ISLAND.netlist() + f"X_island {' '.join(pins.values())} spin_magnet\n"
    deck += "V_spin_ground spin_ground 0 0\n"  # the base is left open: no charge passes the magnet
    table = run(deck, Transient(2e-12, 5e-9, max_step=1e-12))
    times = table["time"].to_numpy()
    expected = turned_by_itself(network, times)
    assert (table["v(m_x)"].iloc[-1] < -0.9) == switches
    for k, axis in enumerate("xyz"):
        assert np.abs(table[f"v(m_{axis})"] - expected[k]).max() < 1e-2
    charge = table["v(island_c)"] - table["v(base)"]
    spin = sum(table[f"v(m_{axis})"] * table[f"v(island_{axis})"] for axis in "xyz")
    assert np.abs(charge + ISLAND.polarization * spin).max() < 1e-3 * np.abs(spin).max()


def test_the_field_loop_is_stoners_and_wohlfarths_and_can_be_drawn():
    """With h = 1 % of H_k across, m turns at (1 - h^(2/3))^(3/2) H_k = 0.931 H_k (Stoner and Wohlfarth, Phil.
    Trans. A 240, 599 (1948)), and a little later as the field is swept by 2 H_k in 25 ns."""
    magnet = SpinMagnet.preset("yang2008-like")
    table = hysteresis(magnet)
    turned = table["field_x"][np.flatnonzero(np.diff(np.sign(table["m_x"])))] / magnet.anisotropy_field
    assert 0.931 < turned.iloc[0] < 1.0
    assert -1.0 < turned.iloc[-1] < -0.931
    left, *_ = plot(table).axes
    assert left.get_ylabel() == "State $m_x$"


def test_the_particle_of_kimura_turns_at_the_order_of_the_published_spin_current():
    """Some 200 uA (Kimura, Otani, Hamrle, Phys. Rev. Lett. 96, 037201 (2006), abstract); geometry and material are
    assumed: no more than the order is compared."""
    assert 1e-4 < SpinMagnet.preset("kimura2006-like").critical_spin_current < 6e-4


def test_bad_input_is_refused_by_name():
    with pytest.raises(ParameterError, match="polarization"):
        SpinMagnet(polarization=1.0)
    with pytest.raises(ParameterError, match="mixing_conductance_real"):
        SpinMagnet(mixing_conductance_real=-1.0)
    with pytest.raises(UnknownNameError, match="shape"):
        SpinMagnet(shape="round")
    with pytest.raises(ParameterError, match="nothing to be switched"):
        SpinMagnet(mixing_conductance_real=0.0).suggested_stimulus()
    with pytest.raises(ParameterError, match="nothing to be switched"):
        SpinMagnet(**FREE).suggested_stimulus()
    with pytest.raises(ParameterError, match="direction"):
        SpinMagnet().interface((0, 0, 0))
