"""Blocks of spin transport: closed forms of single blocks, symmetries, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.circuits.engine.ngspice import OperatingPoint, run
from synaspice.devices import ParameterError, UnknownNameError
from synaspice.devices.models.spin.spin_channel import (
    channel_material,
    channel_materials,
    ferromagnet_bulk,
    ferromagnet_normal_interface,
    non_magnetic_channel,
    spin_hall_block,
)
from synaspice.devices.models.spin.spin_network import SpinNetwork

COPPER = {"resistivity": 2e-8, "width": 1e-7, "thickness": 8e-8, "spin_diffusion_length": 5e-7}
PERMALLOY = {
    "resistivity": 2.5e-7,
    "width": 1e-7,
    "thickness": 9e-8,
    "spin_diffusion_length": 5e-9,
    "polarization": 0.4,
}
TUNGSTEN = {"resistivity": 2e-6, "length": 4e-7, "width": 1e-7, "thickness": 5e-9, "spin_diffusion_length": 1.5e-9}
M = np.array([0.3, -0.5, 0.8]) / math.sqrt(0.98)

BLOCKS = {
    "channel": lambda m: non_magnetic_channel(length=3e-7, **COPPER),
    "ferromagnet": lambda m: ferromagnet_bulk(length=7e-9, direction=m, **PERMALLOY),
    "interface": lambda m: ferromagnet_normal_interface(2.0, 0.6, m, 1.5, -0.4),
    "spin_hall": lambda m: spin_hall_block(**TUNGSTEN, spin_hall_angle=-0.3),
}
every_block = pytest.mark.parametrize("make", BLOCKS.values(), ids=BLOCKS)


def in_a_row(first, second):
    """Admittance of two blocks one after the other, their common port eliminated."""
    a, b = first.admittance, second.admittance
    total = np.zeros((12, 12))
    total[:8, :8] += a
    total[4:, 4:] += b
    outer, inner = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7]
    return total[np.ix_(outer, outer)] - total[np.ix_(outer, inner)] @ np.linalg.solve(
        total[np.ix_(inner, inner)], total[np.ix_(inner, outer)]
    )


@every_block
def test_charge_is_conserved_and_depends_on_differences_alone(make):
    matrix = make(M).admittance
    scale = np.abs(matrix).max()
    assert np.abs(matrix[::4].sum(axis=0)).max() < 1e-14 * scale
    assert np.abs(matrix[:, ::4].sum(axis=1)).max() < 1e-14 * scale


@every_block
def test_onsager_symmetry(make):
    """G(m)^T = E G(-m) E, with E = -1 for spin: it is odd under time reversal, charge is even (Onsager, Phys. Rev.
    37, 405 (1931); Casimir)."""
    parity = np.tile([1, -1, -1, -1], len(make(M).ports))
    matrix, reversed_ = make(M).admittance, make(-M).admittance
    assert np.allclose(matrix.T, parity[:, None] * reversed_ * parity, rtol=0, atol=1e-15 * np.abs(matrix).max())


@every_block
def test_blocks_only_dissipate(make):
    """V^T (G + G^T) V / 2 >= 0 with equal weights of charge and spin: P = sum of I V over the two spins."""
    matrix = make(M).admittance
    eigenvalues = np.linalg.eigvalsh(matrix + matrix.T)
    assert eigenvalues[0] > -1e-14 * eigenvalues[-1]


@pytest.mark.parametrize(("one", "two"), [(1e-7, 2.3e-7), (1e-9, 4e-6)])
def test_two_channels_in_a_row_are_one(one, two):
    joined = in_a_row(non_magnetic_channel(length=one, **COPPER), non_magnetic_channel(length=two, **COPPER))
    whole = non_magnetic_channel(length=one + two, **COPPER).admittance
    # Of every element, of which the smallest are csch(L / lambda) of the largest.
    assert np.allclose(joined, whole, rtol=1e-12, atol=1e-14 * np.abs(whole).max())


def test_two_ferromagnets_in_a_row_are_one():
    joined = in_a_row(
        ferromagnet_bulk(length=3e-9, direction=M, **PERMALLOY), ferromagnet_bulk(length=4e-9, direction=M, **PERMALLOY)
    )
    whole = ferromagnet_bulk(length=7e-9, direction=M, **PERMALLOY).admittance
    assert np.allclose(joined, whole, rtol=1e-12, atol=1e-14 * np.abs(whole).max())


def test_spin_decays_exponentially_along_a_channel():
    """V_s = V_0 exp(-x / lambda), and the current is V_s over rho lambda / A; a channel of 40 lambda behind is
    endless."""
    network, step, count = SpinNetwork(), 1.7e-7, 8
    for k in range(count):
        network.add(f"c{k}", non_magnetic_channel(length=step, **COPPER), left=f"n{k}", right=f"n{k + 1}")
    network.add("rest", non_magnetic_channel(length=2e-5, **COPPER), left=f"n{count}", right="end")
    network.ground("end")
    network.potential(1e-6, "n0", "y")
    solution = network.solve()
    there = [f"n{k}" for k in range(count + 1)]
    expected = 1e-6 * np.exp(-step * np.arange(count + 1) / COPPER["spin_diffusion_length"])
    assert np.allclose(solution.potentials.loc[there, "y"], expected, rtol=1e-12, atol=0)
    resistance = COPPER["resistivity"] * COPPER["spin_diffusion_length"] / (COPPER["width"] * COPPER["thickness"])
    assert solution.supplied.loc["n0", "y"] == pytest.approx(1e-6 / resistance, rel=1e-12)
    assert np.all(solution.potentials[["c", "x", "z"]] == 0)


def test_a_short_channel_loses_no_digits_and_a_long_one_does_not_overflow():
    short = non_magnetic_channel(length=1e-10, **COPPER | {"spin_diffusion_length": 1e-2})
    assert short.series[1, 1] == pytest.approx(short.series[0, 0], rel=1e-14)
    lost = short.shunts[0][1, 1] / short.series[0, 0]  # tanh(x/2) x = x^2 / 2
    assert lost == pytest.approx(0.5e-16, rel=1e-12)
    long = non_magnetic_channel(length=1.0, **COPPER)
    assert long.series[1, 1] == 0
    assert long.shunts[0][1, 1] > 0


def test_a_ferromagnet_injects_its_polarisation():
    """Charge through an endless ferromagnet with its ends' spin held at zero carries the spin P I_c."""
    network = SpinNetwork()
    network.add("f", ferromagnet_bulk(length=1e-6, direction=M, **PERMALLOY), left="a", right="b")
    network.ground("a", "xyz")
    network.ground("b")
    network.current(1e-3, "a")
    entering = network.solve().currents.loc[("f", "left")].to_numpy()
    np.testing.assert_allclose(entering[1:], 0.4e-3 * M, rtol=1e-12)


def test_the_spin_resistance_of_a_ferromagnet():
    """No charge flows: V_s / I_s = rho lambda / (A (1 - P^2)) (Valet and Fert 1993; Takahashi and Maekawa 2003)."""
    network = SpinNetwork()
    network.add("f", ferromagnet_bulk(length=2e-7, direction=M, **PERMALLOY), left="a", right="b")
    network.ground("b", "xyz")
    network.ground("a", "c")
    for component, part in zip("xyz", M, strict=True):
        network.current(1e-3 * part, "a", component=component)
    area = PERMALLOY["width"] * PERMALLOY["thickness"]
    expected = PERMALLOY["resistivity"] * PERMALLOY["spin_diffusion_length"] / (area * (1 - 0.4**2))
    np.testing.assert_allclose(network.solve().potentials.loc["a"].to_numpy()[1:], 1e-3 * expected * M, rtol=1e-12)


def test_an_interface_absorbs_transverse_spin_and_passes_longitudinal():
    """I_s = 2 G_r m x (V x m) + 2 G_i V x m (Brataas, Bauer, Kelly 2006), I = G (V_s.m)(P, m): in vectors."""
    block = ferromagnet_normal_interface(2.0, 0.6, M, 1.5, -0.4)
    spin = np.array([1e-3, 2e-3, -4e-3])
    into = block.admittance @ np.concatenate([np.zeros(4), [0.0], spin])  # the ferromagnet at zero
    along = spin @ M
    transverse = 3.0 * np.cross(M, np.cross(spin, M)) - 0.8 * np.cross(spin, M)
    assert into[4] == pytest.approx(2.0 * 0.6 * along, rel=1e-14)
    np.testing.assert_allclose(into[5:], 2.0 * along * M + transverse, rtol=1e-12)
    # To the ferromagnet comes the longitudinal part alone.
    np.testing.assert_allclose(into[1:4], -2.0 * along * M, rtol=1e-12)


def spin_hall_strip(angle):
    network = SpinNetwork()
    network.add("s", spin_hall_block(**TUNGSTEN, spin_hall_angle=angle), left="l", right="r", bottom="b", top="t")
    network.ground("r", "c")
    return network


def test_spin_hall_accumulation_between_open_faces():
    """V_y(top) - V_y(bottom) = 2 theta rho j lambda tanh(t / 2 lambda), the charge current's own (Zhang, Phys. Rev.
    Lett. 85, 393 (2000)); up to theta^2, by which the inverse effect of that accumulation raises the resistance."""
    network, angle = spin_hall_strip(1e-4), 1e-4
    network.current(1e-4, "l")
    solution = network.solve().potentials
    s = TUNGSTEN
    density = 1e-4 / (s["width"] * s["thickness"])
    tanh = math.tanh(s["thickness"] / (2 * s["spin_diffusion_length"]))
    expected = 2 * angle * s["resistivity"] * density * s["spin_diffusion_length"] * tanh
    assert solution.loc["t", "y"] - solution.loc["b", "y"] == pytest.approx(expected, rel=10 * angle**2)
    assert solution.loc["t", "y"] > 0
    assert np.all(solution[["x", "z"]] == 0)


def test_spin_hall_current_into_a_sink():
    """I_s = theta j_c (1 - sech(t / lambda)) L W out of a face whose other side is open (Liu et al., Phys. Rev. Lett.
    106, 036601 (2011)), = theta j_c tanh(t / lambda) tanh(t / 2 lambda) L W."""
    angle = 1e-4
    network = spin_hall_strip(angle)
    network.ground("t", "xyz")
    network.current(1e-4, "l")
    s = TUNGSTEN
    charge, ratio = 1e-4 / (s["width"] * s["thickness"]), s["thickness"] / s["spin_diffusion_length"]
    expected = angle * charge * (1 - 1 / math.cosh(ratio)) * s["length"] * s["width"]
    assert -network.solve().supplied.loc["t", "y"] == pytest.approx(expected, rel=10 * angle**2)


def test_inverse_spin_hall_voltage_is_reciprocal():
    """Spin current I_s through the strip gives the open circuit's voltage that, by Onsager, has the direct effect's
    size and the other sign: V_c(l) / I_s = - V_y(t) / I_c."""
    direct, inverse = spin_hall_strip(0.3), spin_hall_strip(0.3)
    direct.current(1.0, "l")
    inverse.current(1.0, "t", component="y")
    there = direct.solve().potentials.loc["t", "y"]
    assert inverse.solve().potentials.loc["l", "c"] == pytest.approx(-there, rel=1e-12)
    assert there > 0


@pytest.mark.ngspice
def test_ngspice_and_numpy_agree_on_a_network_of_all_blocks():
    network = SpinNetwork()
    network.add("F", BLOCKS["ferromagnet"](M), left="src", right="f")
    network.add("I", BLOCKS["interface"](M), ferromagnet="f", normal="a")
    network.add("across", BLOCKS["channel"](M), left="a", right="b")
    network.add("out", non_magnetic_channel(length=1e-6, **COPPER), left="a", right="g")
    network.add("hall", BLOCKS["spin_hall"](M), left="l", right="r", bottom="b", top="t")
    network.ground("g")
    network.potential(1e-4, "src", "x")
    network.current(1e-3, "src")
    network.current(1e-4, "l", "r")
    network.current(1e-4, "t", component="y")
    solution, table = network.solve(), run(network.deck(), OperatingPoint())
    for node in network.nodes:
        exact = solution.potentials.loc[node].to_numpy()
        spice = np.array([table[f"v({node}_{component})"].iloc[0] for component in "cxyz"])
        assert spice[0] == pytest.approx(exact[0], rel=1e-6)
        # The spin potentials of l and r, which conduct no spin, are exactly zero.
        assert np.abs(spice - exact)[1:].max() <= 1e-6 * np.abs(exact[1:]).max()
    assert -table["i(v_src_x)"].iloc[0] == pytest.approx(solution.supplied.loc["src", "x"], rel=1e-6)
    assert -table["i(v_g_c)"].iloc[0] == pytest.approx(solution.supplied.loc["g", "c"], rel=1e-6)


@pytest.mark.parametrize("value", [0.0, -1e-7, math.nan, math.inf, "3 parsec", 2.0])
def test_a_bad_length_is_refused_by_name(value):
    with pytest.raises(ParameterError, match="length"):
        non_magnetic_channel(length=value, **COPPER)


@pytest.mark.parametrize("direction", [(0, 0, 0), (1, 0), (math.nan, 0, 1), (math.inf, 0, 0)])
def test_no_direction_is_refused(direction):
    with pytest.raises(ParameterError, match="direction"):
        ferromagnet_normal_interface(1.0, 0.5, direction)


def test_other_bad_values_are_refused_by_name():
    with pytest.raises(ParameterError, match="polarization"):
        ferromagnet_normal_interface(1.0, 1.0, M)
    with pytest.raises(ParameterError, match="mixing_conductance_real"):
        ferromagnet_normal_interface(1.0, 0.5, M, -1.0)
    with pytest.raises(ParameterError, match="transverse_decay_length"):
        ferromagnet_bulk(length=1e-8, direction=M, transverse_decay_length=0.0, **PERMALLOY)
    with pytest.raises(ParameterError, match="spin_hall_angle"):
        spin_hall_block(**TUNGSTEN, spin_hall_angle=1.5)
    with pytest.raises(ParameterError, match="name of a subcircuit"):
        BLOCKS["channel"](M).subcircuit("1 channel")


def test_a_subcircuit_says_its_pins_and_quantities():
    subcircuit = BLOCKS["channel"](M).subcircuit("wire")
    assert subcircuit.pins == ("left_c", "left_x", "left_y", "left_z", "right_c", "right_x", "right_y", "right_z")
    assert "+ spin_diffusion_length=5e-07" in subcircuit.text
    assert subcircuit.text.startswith("* Non-magnetic channel")


@pytest.mark.parametrize("name", channel_materials())
def test_a_channel_material_is_published_and_a_metal(name):
    material = channel_material(name)
    assert set(material.values) == {"resistivity", "spin_diffusion_length"} == set(material.sources)
    assert name.removesuffix("-like")[-4:] in material.reference and material.doi
    # Films are a few times worse than the bulk metals at room temperature, 1.6e-8 to 2.7e-8 ohm m.
    assert 1e-8 < material.values["resistivity"] < 1e-7
    assert 1e-7 < material.values["spin_diffusion_length"] < 2e-6
    assert non_magnetic_channel(length=1e-7, width=1e-7, thickness=1e-7, **material.values).series[0, 0] > 0


def test_the_read_spin_diffusion_lengths():
    """Those that stand in abstracts: Jedema et al. (2002), aluminium, 500 nm; Isasa et al. (2015), silver, 449 nm."""
    assert channel_material("aluminium-jedema2002").values["spin_diffusion_length"] == 5e-7
    assert channel_material("silver-isasa2015").values["spin_diffusion_length"] == 4.49e-7


def test_an_unknown_channel_material_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="copper-jedema2003.*did you mean 'copper-jedema2001-like'"):
        channel_material("copper-jedema2003")
