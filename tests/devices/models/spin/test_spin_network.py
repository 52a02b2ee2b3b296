"""Networks of spin transport blocks: the non-local spin valve, what a network refuses, its equivalent circuit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference_data import published

from synaspice.circuits.engine.ngspice import OperatingPoint, run
from synaspice.devices import ParameterError, SimulationError, UnknownNameError
from synaspice.devices.models.spin.spin_channel import (
    ferromagnet_bulk,
    ferromagnet_normal_interface,
    non_magnetic_channel,
    spin_hall_block,
)
from synaspice.devices.models.spin.spin_network import SpinNetwork

REFERENCE = published("lateral_spin_valves")
CHANNEL, FERROMAGNET = REFERENCE["channel"], REFERENCE["ferromagnet"]
UP, DOWN = (0, 0, 1), (0, 0, -1)
ENDLESS = 40  # decay lengths: exp(-80) of what reaches an end comes back


def spin_resistance(metal):
    area = metal["width"] * metal["thickness"]
    return metal["resistivity"] * metal["spin_diffusion_length"] / area


def takahashi_maekawa(case, separation):
    """Change of V / I between parallel and antiparallel, Takahashi and Maekawa, Phys. Rev. B 67, 052409 (2003):

    4 R_N e^{-L/l_N} prod_i [P_i/(1-P_i^2) R_i/R_N + p/(1-p^2) R_F/R_N]
        / {prod_i [1 + 2/(1-P_i^2) R_i/R_N + 2/(1-p^2) R_F/R_N] - e^{-2L/l_N}}

    with R_N = rho_N l_N / A_N, R_F = rho_F l_F / A_J. The interfaces are blocks of conductance 1/R_i and polarisation
    P_i; the
    spin resistance of the ferromagnets, whose current runs through them vertically, is that of a block of many l_F.
    """
    r_n, r_f, p = spin_resistance(CHANNEL), spin_resistance(FERROMAGNET), FERROMAGNET["polarization"]
    source, sink = 1.0, 1.0
    for resistance, polarization in zip(case["resistance"], case["polarization"], strict=True):
        own, of_bulk = resistance / r_n / (1 - polarization**2), r_f / r_n / (1 - p**2)
        source *= polarization * own + p * of_bulk
        sink *= 1 + 2 * own + 2 * of_bulk
    decay = math.exp(-separation / CHANNEL["spin_diffusion_length"])
    return 4 * r_n * decay * source / (sink - decay**2)


def spin_valve(case, separation, detector):
    """Current in through the injector at the left and out at the left end; the detector's voltage against the right
    end."""
    network = SpinNetwork()
    contacts = zip(("injector", "detector"), case["resistance"], case["polarization"], (UP, detector), strict=True)
    for name, resistance, polarization, m in contacts:
        bulk = ferromagnet_bulk(length=ENDLESS * FERROMAGNET["spin_diffusion_length"], direction=m, **FERROMAGNET)
        contact = ferromagnet_normal_interface(1 / resistance, polarization, m, 0.7 / resistance, 0.2 / resistance)
        network.add(f"{name}_bulk", bulk, left=f"{name}_top", right=f"{name}_bottom")
        network.add(f"{name}_contact", contact, ferromagnet=f"{name}_bottom", normal=name)
    lead = non_magnetic_channel(length=ENDLESS * CHANNEL["spin_diffusion_length"], **CHANNEL)
    network.add("left_lead", lead, left="left", right="injector")
    network.add("bridge", non_magnetic_channel(length=separation, **CHANNEL), left="injector", right="detector")
    network.add("right_lead", lead, left="detector", right="right")
    network.ground("left", "c")
    network.current(1e-3, "injector_top")
    return network


def resistance_of(network):
    potentials = network.solve().potentials["c"]
    return (potentials["detector_top"] - potentials["right"]) / 1e-3


@pytest.mark.parametrize("case", REFERENCE["case"], ids=lambda case: case["name"])
@pytest.mark.parametrize("separation", [2e-7, 5e-7, 2e-6])
def test_the_non_local_spin_valve_of_takahashi_and_maekawa(case, separation):
    change = resistance_of(spin_valve(case, separation, UP)) - resistance_of(spin_valve(case, separation, DOWN))
    assert change == pytest.approx(takahashi_maekawa(case, separation), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "length", "limit"),
    [
        # P_1 P_2 R_N e^{-L/l}: large contact resistances (Jedema et al., Nature 416, 713 (2002), doi:10.1038/416713a).
        ("tunnelling", 5e-7, lambda r_n, r_f: 0.25 * 0.3 * r_n * math.exp(-1)),
        # 2 p^2 / (1 - p^2)^2 R_F^2 / R_N / sinh(L/l): none, and R_F << R_N (as above).
        ("transparent", 5e-7, lambda r_n, r_f: 2 * 0.4**2 / (1 - 0.4**2) ** 2 * r_f**2 / r_n / math.sinh(1)),
    ],
)
def test_the_limits_of_a_spin_valve(name, length, limit):
    """The limits are reached to the ratio of the resistances that they neglect."""
    (case,) = (case for case in REFERENCE["case"] if case["name"] == name)
    change = resistance_of(spin_valve(case, length, UP)) - resistance_of(spin_valve(case, length, DOWN))
    r_n, r_f = spin_resistance(CHANNEL), spin_resistance(FERROMAGNET)
    neglected = 10 * (r_n / min(case["resistance"]) if name == "tunnelling" else r_f / r_n)
    assert change == pytest.approx(limit(r_n, r_f), rel=neglected)


def test_a_valve_conserves_charge_at_every_node():
    network = spin_valve(REFERENCE["case"][1], 3e-7, (1, 0, 1))
    solution = network.solve()
    assert solution.supplied["c"].sum() == pytest.approx(-1e-3, rel=1e-12)
    by_block = solution.currents["c"].groupby("block").sum()
    assert np.abs(by_block).max() < 1e-15, "1e-12 of the current"


def test_a_perpendicular_detector_sees_half():
    """At right angles the charge signal is the mean of parallel and antiparallel: nothing transverse reaches V_c."""
    case = REFERENCE["case"][0]
    signals = [resistance_of(spin_valve(case, 3e-7, m)) for m in (UP, DOWN, (1, 0, 0))]
    change = signals[0] - signals[1]
    # Nearly: the mixing conductance of the tunnel contact takes in transverse spin, longitudinal spin G (1 - P^2).
    assert signals[2] == pytest.approx((signals[0] + signals[1]) / 2, abs=1e-6 * change)


@pytest.mark.ngspice
def test_a_spin_valve_in_ngspice():
    network = spin_valve(REFERENCE["case"][1], 3e-7, (1, 0, 1))
    potentials, table = network.solve().potentials, run(network.deck("spin\nvalve"), OperatingPoint())
    for node in network.nodes:
        for component in "cxyz":
            size = np.abs(potentials.loc[node, ["c"] if component == "c" else ["x", "y", "z"]]).max()
            # Absolutely: the rounding errors of the largest potential, of 1 mV, at the end of a lead where spin is
            # e^-40.
            assert table[f"v({node}_{component})"].iloc[0] == pytest.approx(
                potentials.loc[node, component], rel=1e-6, abs=max(1e-6 * size, 1e-18)
            )


def test_the_equivalent_of_a_network():
    """Joining a load to the network, or to Thevenin's equivalent of it, gives the same potential."""
    load = ferromagnet_normal_interface(2.0, 0.5, (1, 1, 0), 1.5, 0.3)
    network = spin_valve(REFERENCE["case"][1], 3e-7, UP)
    network.add("bridge2", non_magnetic_channel(length=2e-7, **CHANNEL), left="injector", right="end")
    network.ground("right", "c")
    open_potentials, impedance = network.equivalent("end")
    network.add("load", load, normal="end", ferromagnet="base")
    network.ground("base")
    joined = network.solve().potentials.loc["end"].to_numpy()
    expected = np.linalg.solve(np.eye(4) + impedance @ load.admittance[4:, 4:], open_potentials)
    assert np.allclose(joined, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def wire():
    return non_magnetic_channel(length=1e-6, **CHANNEL)


def between(first="a", second="b"):
    network = SpinNetwork()
    network.add("w", wire(), left=first, right=second)
    return network


def test_floating_charge_is_refused_and_named():
    network = between()
    network.add("far", wire(), left="c", right="d")
    network.ground("a", "c")
    network.current(1e-3, "c", "d")
    with pytest.raises(SimulationError, match="charge of c, d floats.*ground one"):
        network.solve()


def test_undefined_spin_is_refused_and_named():
    network = SpinNetwork()
    network.add("i", ferromagnet_normal_interface(1.0, 0.5, (1, 1, 0), 1.0), ferromagnet="f", normal="n")
    network.ground("f", "c")
    network.ground("n")
    with pytest.raises(SimulationError, match=r"singular.*f \(x\), f \(y\)"):
        network.solve()


def test_singular_values_are_asked_for_where_the_condition_number_leaves_a_doubt(monkeypatch):
    """The check of a sound network costs no decomposition; that of a badly conditioned one finds it sound or not."""
    asked = []
    decomposed = np.linalg.svd
    monkeypatch.setattr(np.linalg, "svd", lambda matrix: (asked.append(len(matrix)), decomposed(matrix))[1])
    sound = between()
    sound.ground("b")
    sound.current(1e-3, "a")
    assert sound.solve().potentials.loc["a", "c"] > 0 and not asked
    free = np.arange(8) < 2  # of two nodes with four components each
    # Spin that leaks to ground by ever less: of 1e-12 of the rest it is still defined, of 1e-14 it is not.
    for part, refused in ((1e-12, False), (1e-14, True)):
        loose = np.array([[1.0, -1.0], [-1.0, 1.0 + part]])
        if refused:
            with pytest.raises(SimulationError, match="singular"):
                sound._solved(loose, np.ones(2), free)
        else:
            found = sound._solved(loose, np.ones(2), free)
            np.testing.assert_allclose(found, np.linalg.solve(loose, np.ones(2)), rtol=1e-3)
    assert asked == [2, 2]


def test_a_spin_source_where_no_spin_flows_is_refused():
    network = SpinNetwork()
    hall = spin_hall_block(2e-6, 4e-7, 1e-7, 5e-9, 1.5e-9, 0.3)
    network.add("s", hall, left="l", right="r", bottom="b", top="t")
    network.ground("r")
    network.current(1e-4, "l", component="z")
    with pytest.raises(SimulationError, match="component z at node 'l'"):
        network.solve()


def test_an_empty_network_is_refused():
    with pytest.raises(SimulationError, match="no blocks"):
        SpinNetwork().solve()


def test_wrong_ports_nodes_and_names_are_refused():
    network = between()
    with pytest.raises(UnknownNameError, match="port.*'lef'.*did you mean 'left'"):
        network.add("x", wire(), lef="a", right="b")
    with pytest.raises(ParameterError, match="right"):
        network.add("x", wire(), left="a")
    with pytest.raises(ParameterError, match="already a block 'w'"):
        network.add("w", wire(), left="a", right="b")
    with pytest.raises(ParameterError, match="'1 x' cannot be the name of a block"):
        network.add("1 x", wire(), left="a", right="b")
    with pytest.raises(ParameterError, match="differs from 'a' in case"):
        network.add("x", wire(), left="A", right="b")
    assert network.nodes == ("a", "b") and list(network.blocks) == ["w"], "what was refused left nothing behind"
    with pytest.raises(UnknownNameError, match="node 'q'"):
        network.ground("q")
    with pytest.raises(UnknownNameError, match="component 's'"):
        network.ground("a", "s")
    with pytest.raises(UnknownNameError, match="node 'q'"):
        network.current(1.0, "a", "q")
    with pytest.raises(ParameterError, match="finite"):
        network.current(math.nan, "a")
    for wrong in ("1", True, 10**400):
        with pytest.raises(ParameterError, match="potential must be a number"):
            network.potential(wrong, "a")
    network.potential(1.0, "a")
    with pytest.raises(ParameterError, match="already held"):
        network.ground("a")
    with pytest.raises(ParameterError, match="held"):
        network.equivalent("a")
    with pytest.raises(UnknownNameError, match="node 'q'"):
        network.pins("q")
