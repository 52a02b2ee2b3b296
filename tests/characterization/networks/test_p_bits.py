"""Networks of p-bits: one bit's mean, Boltzmann's law by enumeration, the master equation, gates and factors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse
from numpy.polynomial import Chebyshev

from synaspice.characterization.networks import jumps
from synaspice.characterization.networks.energies import BitEnergy, numbers_of
from synaspice.characterization.networks.p_bits import PBitNetwork
from synaspice.characterization.networks.problems import and_gate, factorisation, factors, full_adder
from synaspice.characterization.slow_time.two_states import TwoStateThermal
from synaspice.characterization.slow_time.wells import Wells
from synaspice.devices import MTJ, ParameterError

DWELL = 1e-6


def junction(*, slopes=(1.0, -1.0), bend=0.0, end=20.0):
    """Dwell times exp(slope x) microseconds, with a cubic part of opposite signs in both."""

    def logarithm(slope, sign):
        powers = np.polynomial.Polynomial([np.log(DWELL), slope, 0.0, sign * bend])
        return powers.convert(kind=Chebyshev, domain=[-end, end])

    wells = Wells(MTJ.preset("borders2019-like"))
    return TwoStateThermal(wells, (-end, end), (logarithm(slopes[0], 1), logarithm(slopes[1], -1)), 0.0, 2)


LINEAR = junction()
GLASS = np.array([[0, 1.0, -0.5, 0.3], [1.0, 0, 0.7, 0], [-0.5, 0.7, 0, -1.2], [0.3, 0, -1.2, 0]])


def spread_of(runs, size):
    """Mean shares of the states over independent runs, and the error from run to run, with the correlation in it."""
    shares = np.array([np.bincount(numbers_of(run.states), minlength=2**size) / len(run.states) for run in runs])
    return shares.mean(axis=0), shares.std(axis=0, ddof=1) / np.sqrt(len(runs))


def assert_samples(runs, expected):
    """Chi square of the shares, with errors from run to run, is that of as many normal numbers; and no share is far."""
    found, error = spread_of(runs, int(np.log2(len(expected))))
    pulls = (found - expected) / error
    assert np.abs(pulls).max() < 4.5 and 0.4 < np.mean(pulls**2) < 2.0


@pytest.mark.parametrize("slopes", [(1.0, -1.0), (0.7, -0.3), (-2.0, 0.5)])
def test_a_bit_alone_has_the_mean_of_a_tanh_whatever_the_slopes_of_its_rates(slopes):
    for h in (-0.8, 0.3):
        network = PBitNetwork.of_couplings(junction(slopes=slopes), [[0.0]], [h])
        assert network.drive_per_input == pytest.approx(2 / (slopes[0] - slopes[1]))
        assert network.mean(1.5 * h) == pytest.approx(np.tanh(1.5 * h))
        runs = network.run(2000 * DWELL, strength=1.5, runs=40, seed=3)
        means = np.array([run.means[0] for run in runs])
        assert abs(means.mean() - np.tanh(1.5 * h)) < 4 * means.std(ddof=1) / np.sqrt(40)
        # jumps: twice the visits of a state, each as long as the two dwell times together
        dwell = sum(float(t) for t in network.junction.dwell_times(network.drive(1.5 * h)))
        assert np.mean([run.jumps for run in runs]) == pytest.approx(2 * 2000 * DWELL / dwell, rel=0.03)


def test_the_input_is_half_the_difference_of_the_energies():
    energy = BitEnergy(4, {frozenset({0, 1, 2}): 0.7, frozenset({1, 2, 3}): -1.3, frozenset({3}): 0.2})
    states = energy.states()
    for bit in range(4):
        up, down = states.copy(), states.copy()
        up[:, bit], down[:, bit] = 1, -1
        assert energy.inputs(states)[:, bit] == pytest.approx(0.5 * (energy.of(down) - energy.of(up)))


def test_couplings_dense_and_sparse_are_isings_energy():
    h = np.array([0.2, 0.0, -0.4, 0.1])
    dense, sparse = BitEnergy.of_couplings(GLASS, h), BitEnergy.of_couplings(scipy.sparse.csr_matrix(GLASS), h)
    m = dense.states()
    assert dense.of(m) == pytest.approx(-0.5 * np.einsum("si,ij,sj->s", m, GLASS, m) - m @ h)
    assert dense.inputs(m) == pytest.approx(m @ GLASS + h, abs=1e-15)  # of sums that cancel
    assert dense.terms == sparse.terms


@pytest.mark.parametrize("strength", [0.3, 0.8])
def test_linear_rates_sample_boltzmanns_distribution(strength):
    network = PBitNetwork.of_couplings(LINEAR, GLASS, [0.2, 0.0, -0.4, 0.1])
    expected = network.energy.boltzmann(strength)
    assert network.stationary(strength) == pytest.approx(expected, rel=1e-9)
    assert network.nonlinearity(5.0) < 1e-9
    assert_samples(network.run(3000 * DWELL, strength=strength, interval=DWELL, runs=40, seed=1), expected)


def test_products_of_more_than_two_bits_sample_boltzmanns_distribution_too():
    network = PBitNetwork(LINEAR, factorisation(35, (2, 2)), clip=True)
    runs = network.run(3000 * DWELL, strength=0.01, interval=DWELL, runs=40, seed=1)
    assert_samples(runs, network.energy.boltzmann(0.01))


def test_rates_that_are_not_linear_sample_what_the_master_equation_says_and_not_boltzmanns_distribution():
    network = PBitNetwork.of_couplings(junction(bend=0.2, end=3.0), GLASS, [0.2, 0.0, -0.4, 0.1])
    expected = network.stationary(0.6)
    assert np.abs(expected - network.energy.boltzmann(0.6)).max() > 0.02
    assert network.nonlinearity(1.0) == pytest.approx(0.2, rel=0.01)
    assert_samples(network.run(3000 * DWELL, strength=0.6, interval=DWELL, runs=40, seed=1), expected)


def test_the_compiled_loop_and_the_loop_in_python_are_the_same(monkeypatch):
    network = PBitNetwork(LINEAR, factorisation(35, (2, 2)), clip=True)
    arguments = {"strength": [0.005, 0.02], "goal": 0.0, "held": {0: 1}, "seed": 7}
    (one,) = network.run(200 * DWELL, **arguments)
    monkeypatch.setattr("synaspice.characterization.networks.p_bits.compiled_march", lambda: jumps.march)
    (other,) = network.run(200 * DWELL, **arguments)
    assert one.jumps == other.jumps > 100
    assert np.array_equal(one.states, other.states) and np.all(one.states[:, 0] == 1)
    assert one.means == pytest.approx(other.means) and one.reached == pytest.approx(other.reached)


def test_runs_depend_on_the_seed_and_their_number_alone():
    network = PBitNetwork(LINEAR, full_adder())
    alone = network.run(100 * DWELL, strength=0.5, runs=3, seed=2)
    shared = network.run(100 * DWELL, strength=0.5, runs=3, seed=2, processes=2)
    for one, other in zip(alone, shared, strict=True):
        assert np.array_equal(one.states, other.states) and one.reached == other.reached
    assert not np.array_equal(alone[0].states, alone[1].states)
    assert len(alone[0].states) == 1001 and alone[0].times[-1] == pytest.approx(100 * DWELL)


def test_lowest_states_of_the_gates_are_their_truth_tables():
    for a, b, c in itertools.product((0, 1), repeat=3):
        (energy,) = and_gate().of([[2.0 * bit - 1 for bit in (a, b, c)]])
        assert energy == 0 if c == (a and b) else energy >= 4
    for a, b, c, s, d in itertools.product((0, 1), repeat=5):
        (energy,) = full_adder().of([[2.0 * bit - 1 for bit in (a, b, c, s, d)]])
        assert energy == 0 if a + b + c == s + 2 * d else energy >= 4
    assert max(len(bits) for bits in {**and_gate().terms, **full_adder().terms}) == 2


def test_gates_run_forwards_and_backwards():
    network = PBitNetwork(LINEAR, full_adder())
    for held, allowed in (({0: 1, 1: -1, 2: 1}, {0b10101}), ({3: 1, 4: -1}, {0b01001, 0b01010, 0b01100})):
        (run,) = network.run(2e5 * DWELL, strength=1.0, held=held, seed=4)
        seen, counts = np.unique(numbers_of(run.states), return_counts=True)
        often = set(seen[counts > 0.05 * len(run.states)].tolist())
        assert often == allowed
    (run,) = PBitNetwork(LINEAR, and_gate()).run(2e4 * DWELL, strength=1.0, held={2: -1}, seed=4)
    shares = np.bincount(numbers_of(run.states), minlength=8) / len(run.states)
    assert shares[:3] == pytest.approx(1 / 3, abs=0.1) and shares[3] < 0.05


@pytest.mark.parametrize(("number", "bits"), [(35, (2, 2)), (161, (4, 2)), (945, (5, 3))])
def test_energies_of_factors_are_squares_of_the_difference(number, bits):
    energy = factorisation(number, bits)
    x, y = factors(energy.states(), bits)
    assert energy.of(energy.states()) == pytest.approx((x * y - number) ** 2)
    assert max(len(group) for group in energy.terms) == 4
    solved = {(int(a), int(b)) for a, b in zip(x, y, strict=True) if a * b == number}
    assert solved == {35: {(5, 7), (7, 5)}, 161: {(23, 7)}, 945: {(63, 15)}}[number]


def test_the_time_to_the_goal_is_that_of_the_master_equation():
    """Mean first passage of a single bit: from the wrong state after its dwell time, from the other at once."""
    network = PBitNetwork.of_couplings(LINEAR, [[0.0]], [0.5])
    reached = np.array([run.reached for run in network.run(100 * DWELL, goal=-0.5, runs=400, seed=5)])
    late = reached[reached > 0]
    assert len(late) / 400 == pytest.approx(0.5, abs=0.1)
    assert late.mean() == pytest.approx(DWELL * np.exp(-0.5), rel=0.25)
    (never,) = network.run(100 * DWELL, goal=-0.6, seed=5)
    assert np.isinf(never.reached) and never.lowest == pytest.approx(-0.5)


def test_inputs_beyond_the_range_are_refused_unless_they_are_clipped():
    weak = junction(end=1.0)
    with pytest.raises(ParameterError, match=r"beyond the 1 up to which .* clip=True"):
        PBitNetwork.of_couplings(weak, GLASS, np.zeros(4)).run(100 * DWELL, seed=1)
    clipped = PBitNetwork.of_couplings(weak, GLASS, np.zeros(4), clip=True)
    runs = clipped.run(3000 * DWELL, interval=DWELL, runs=40, seed=1)
    assert max(run.largest_input for run in runs) > 1
    assert_samples(runs, clipped.stationary(1.0))


NETWORK = PBitNetwork.of_couplings(LINEAR, GLASS, np.zeros(4))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: BitEnergy.of_couplings([[0, 1], [2, 0]], [0, 0]), "symmetric"),
        (lambda: BitEnergy.of_couplings([[1, 0], [0, 0]], [0, 0]), "symmetric"),
        (lambda: BitEnergy.of_couplings(GLASS, [0, 0]), "rows and columns"),
        (lambda: BitEnergy.of_couplings(scipy.sparse.eye(2), [0, 0]), "symmetric"),
        (lambda: BitEnergy.of_couplings(scipy.sparse.csr_matrix((2, 3)), [0, 0]), "rows and columns"),
        (lambda: BitEnergy(2, {frozenset({2}): 1.0}), "frozenset"),
        (lambda: BitEnergy(2, {"a": 1.0}), "frozenset"),
        (lambda: BitEnergy(30, {}).states(), "at most 20"),
        (lambda: PBitNetwork(LINEAR, "energy"), "energy must be"),
        (lambda: PBitNetwork("junction", and_gate()), "junction must be"),
        (lambda: PBitNetwork(MTJ.preset("faria2021"), and_gate()), "barrier"),
        (lambda: NETWORK.run(-1.0), "duration"),
        (lambda: NETWORK.run(1e-3, strength=[0.1, -1.0]), "strength"),
        (lambda: NETWORK.run(1e-3, held={0: 0}), "held at 1 or -1"),
        (lambda: NETWORK.run(1e-3, held={4: 1}), "at most 3"),
        (lambda: NETWORK.run(1e-3, held=dict.fromkeys(range(4), 1)), "all bits"),
        (lambda: NETWORK.run(1e-3, held=3), "mapping"),
        (lambda: NETWORK.run(1.0, interval=1e-15), "memory"),
        (lambda: NETWORK.run(1e-3, runs=0), "runs"),
        (lambda: NETWORK.run(1e-3, goal="low"), "goal"),
        (lambda: NETWORK.run(1e-3, goal=[0.0, 1.0]), "goal"),
        (lambda: NETWORK.run(1e-3, processes=0), "processes"),
        (lambda: factorisation(34, (2, 2)), "odd"),
        (lambda: factorisation(99, (2, 2)), "products up to 49"),
        (lambda: factorisation(35, 4), "two whole numbers"),
    ],
)
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(ParameterError, match=words):
        make()
