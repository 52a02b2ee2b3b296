"""The Fokker-Planck equation of a perpendicular junction against Boltzmann, Brown, quadrature, and long pulses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from barriers import ROOM, junction_with_barrier, rate_of
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.special import dawsn

from synaspice.characterization.benches.write_error import butler_write_error
from synaspice.characterization.rare_events.axial_magnet import AxialMagnet, from_reference_state
from synaspice.characterization.rare_events.fokker_planck import PolarGrid, mean_passage_time, still_there
from synaspice.devices import MTJ, VTEAM, ParameterError

#: With the torque of the closed forms, which does not depend on the angle.
IKEDA = MTJ.preset("ikeda2010", torque="slonczewski")


def magnet_of(junction, source="current", state="antiparallel", temperature=ROOM):
    return from_reference_state(junction, state, source, temperature)


# --- the equation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("overdrive", [0.0, 1.5, -0.7])
def test_drift_and_diffusion_are_browns_with_the_torque(overdrive):
    """w = A (1 - u^2)(u - i), D = A (1 - u^2) / (2 Delta), u counted from the pole the current drives away from."""
    junction = junction_with_barrier(40.0)
    theta = np.array([1e-4, 0.1, 1.0, 2.0, 3.0])
    drift, diffusion = magnet_of(junction).drift_and_diffusion(theta, overdrive * junction.critical_current_to_parallel)
    across = rate_of(junction) * np.sin(theta) ** 2
    np.testing.assert_allclose(diffusion, across / 80, rtol=1e-9)
    # Close to the pole, 1e-8 of the noise-induced drift cancels: half the digits are left.
    np.testing.assert_allclose(drift, across * (np.cos(theta) - overdrive), rtol=1e-7)


def test_at_a_given_voltage_the_torque_follows_the_conductance():
    """The current of the antiparallel state is smaller; w is the declared dm_z/dt, the noise inducing no more."""
    theta, voltage = np.array([0.3, 1.2, 2.5]), 0.6
    drift, _ = magnet_of(IKEDA, "voltage").drift_and_diffusion(theta, voltage)
    static = IKEDA.static(voltage=voltage, m_x=np.sin(theta), m_y=0.0, m_z=-np.cos(theta))
    np.testing.assert_allclose(drift, -static["dm_z/dt"], rtol=1e-9)
    assert np.ptp(static["current"]) > 0.1 * static["current"].max()


def test_both_poles_are_alike():
    """With Lambda = 1 a current and its negative do the same to the parallel and the antiparallel state."""
    current = 2 * IKEDA.critical_current_to_parallel
    there = still_there(magnet_of(IKEDA), current, [4e-9], cells=100)
    back = still_there(magnet_of(IKEDA, state="parallel"), -current, [4e-9], cells=100)
    assert there[0].value == pytest.approx(back[0].value, rel=1e-9)


# --- equilibrium ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [0.0, 0.2])
def test_the_density_comes_to_boltzmanns_and_stays_there(field):
    """rho ~ exp[Delta (u^2 + 2 h u)], h = H / H_k, whatever it started from; nothing gets lost."""
    junction = junction_with_barrier(2.0)
    junction = junction.replace(field_z=-field * junction.anisotropy_field)  # towards the antiparallel pole
    grid = PolarGrid.of(magnet_of(junction), 0.0, 100)
    start = np.zeros(100)
    start[0] = 1.0
    # The slowest mode decays at about 0.2 A for this barrier: e^-40 is left after 200 / A.
    (p,) = grid.evolve(start, [200 / rate_of(junction)])
    assert p.sum() == pytest.approx(1.0, rel=1e-12)
    assert p.min() > 0
    u = np.cos((grid.edges[1:] + grid.edges[:-1]) / 2)
    ratio = p / grid.areas / np.exp(2.0 * (u**2 + 2 * field * u))
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
    exact = [
        quad(lambda v: math.exp(2.0 * (v**2 + 2 * field * v)), *np.cos(grid.edges[k : k + 2][::-1]))[0]
        for k in (0, 30, 99)
    ]
    equilibrium = grid.equilibrium()[[0, 30, 99]]
    np.testing.assert_allclose(equilibrium / equilibrium[0], np.array(exact) / exact[0], rtol=1e-9)


# --- mean passage times ---------------------------------------------------------------------------------


def time_by_quadrature(barrier, rate):
    """Time from the pole to the equator, with Dawson's function F for the inner integral.

    T = (2 Delta / A) int_0^1 [F(sqrt(D)) e^{D (1 - u^2)} - F(sqrt(D) u)] / sqrt(D) / (1 - u^2) du
    """
    root = math.sqrt(barrier)

    def integrand(u):
        return (dawsn(root) * math.exp(barrier * (1 - u * u)) - dawsn(root * u)) / root / ((1 - u) * (1 + u))

    total, error = quad(integrand, 0, 1 - 1e-9, epsrel=1e-11, limit=400)
    assert error < 1e-9 * total
    return 2 * barrier / rate * total


@pytest.mark.parametrize("barrier", [3.0, 12.0, 43.0])
def test_the_mean_passage_time_is_that_of_quadrature(barrier):
    junction = junction_with_barrier(barrier)
    found = mean_passage_time(magnet_of(junction), cells=200)
    exact = time_by_quadrature(barrier, rate_of(junction))
    # Of 200 cells, at the lowest barrier: the error is 1.03e-6, and a quarter of it with twice as many. The quadrature
    # leaves out 1e-9 of the interval at the pole.
    assert found.value == pytest.approx(exact, rel=2e-6)
    assert found.lower <= found.value <= found.upper
    assert found.upper / found.lower - 1 < 1e-4


@pytest.mark.parametrize("barrier", [30.0, 60.0])
def test_high_barriers_have_browns_time(barrier):
    """To the equator half of what it takes to the other well: T = sqrt(pi / Delta) e^Delta / (2 A) [1 + 1/Delta + ...].

    The leading term is Brown's (1963, Eq. 4.46 as remembered); the next comes from expanding the integrals above.
    """
    junction = junction_with_barrier(barrier)
    brown = math.sqrt(math.pi / barrier) * math.exp(barrier) / (2 * rate_of(junction))
    ratio = mean_passage_time(magnet_of(junction)).value / brown
    # The term after next is 7 / (4 Delta^2), and more follow.
    assert barrier * (ratio - 1) == pytest.approx(1, abs=3 / barrier)


# --- write errors ---------------------------------------------------------------------------------------


def test_the_error_of_the_grid_is_of_second_order_and_within_the_bounds():
    current, width = 3 * IKEDA.critical_current_to_parallel, [8e-9]
    magnet = magnet_of(IKEDA)

    def on_grid(cells):
        rest, driven = (PolarGrid.of(magnet, amplitude, cells) for amplitude in (0.0, current))
        (p,) = driven.evolve(rest.equilibrium(rest.barrier()), width)
        return math.log(p[: cells // 2].sum())

    values = [on_grid(cells) for cells in (100, 200, 400, 800)]
    first, second, third = np.diff(values)
    assert math.log2(second / third) == pytest.approx(2, abs=0.1)
    assert math.log2(first / second) == pytest.approx(2, abs=0.3)
    best = (4 * values[3] - values[2]) / 3
    for cells in (100, 200):
        (found,) = still_there(magnet, current, width, cells=cells)
        assert 1e-11 < found.value < 1e-9
        assert math.log(found.lower) < best < math.log(found.upper)
    assert found.upper / found.lower - 1 < 0.03


def by_legendre_polynomials(overdrive, barrier, times):
    """The same equation by a spectral method: moments a_n = <P_n(u)>, of which P(u > 0) is a sum.

    da_n/dt = <(u - i)(1 - u^2) P_n'> - n(n+1) a_n / 2 Delta, t in units of 1/A, with
    (1 - u^2) P_n' = n(n+1)/(2n+1) (P_{n-1} - P_{n+1}) and u P_n = [(n+1) P_{n+1} + n P_{n-1}]/(2n+1).
    """
    count = 260
    n = np.arange(count)
    shift = np.diag((n[:-1] + 1) / (2 * n[:-1] + 1), 1) + np.diag(n[1:] / (2 * n[1:] + 1), -1)
    steep = np.diag(n[1:] * (n[1:] + 1) / (2 * n[1:] + 1), -1) - np.diag((n * (n + 1) / (2 * n + 1))[:-1], 1)
    motion = steep @ (shift - overdrive * np.eye(count)) - np.diag(n * (n + 1) / (2 * barrier))
    u, weights = np.polynomial.legendre.leggauss(600)
    u, weights = (u + 1) / 2, weights * np.exp(barrier * (((u + 1) / 2) ** 2 - 1))
    start = np.polynomial.legendre.legvander(u, count - 1).T @ weights / weights.sum()
    at_zero = np.polynomial.legendre.legvander(np.zeros(1), count)[0]
    above = np.concatenate([[0.5], (at_zero[:-2] - at_zero[2:])[: count - 1] / 2])
    return [float(above @ expm(motion * t) @ start) for t in times]


@pytest.mark.parametrize("overdrive", [1.2, 3.0])
def test_another_method_gives_the_same_write_errors(overdrive):
    barrier, tau = IKEDA.thermal_stability, np.array([1.0, 2.5, 4.0])
    magnet, current = magnet_of(IKEDA), overdrive * IKEDA.critical_current_to_parallel
    found = still_there(magnet, current, tau / rate_of(IKEDA))
    spectral = by_legendre_polynomials(overdrive, barrier, tau)
    for one, other in zip(found, spectral, strict=True):
        # The spectral sum loses what is below 1e-12.
        assert abs(math.log(other / one.value)) < math.log(one.upper / one.value) + 1e-12 / other
        assert one.upper / one.lower < 1.002
    assert overdrive < 3 or spectral[-1] < 1e-5


def test_widths_do_not_depend_on_each_other():
    current, magnet = 2 * IKEDA.critical_current_to_parallel, magnet_of(IKEDA)
    together = still_there(magnet, current, [1e-9, 2.5e-9, 6e-9], cells=100)
    alone = still_there(magnet, current, [6e-9], cells=100)
    # Sums of positive numbers: rounding of some thousand products.
    assert together[-1].value == pytest.approx(alone[0].value, rel=1e-10)


@pytest.mark.parametrize("overdrive", [1.5, 2.0, 3.0])
def test_long_pulses_against_the_expansion_for_high_barriers(overdrive):
    """P = 2 Delta (i - 1) w_c / i exp(-2 (i - 1) tau), w_c = 2^((i-1)/(i+1)) [(i-1)/i]^(2/(i+1)), tau = A t.

    From the linear growth of the tilt near the pole, where the noise counts, and the exact motion without noise from
    there to the equator; both only for Delta (i - 1) >> 1. Perturbation of the slowest mode,
    exp[-2 Delta (i - 1) (1 - u)], by the cubic terms makes the rate of the decay 2 (i - 1) + (3 - i) / Delta (i - 1).
    """
    barrier, i = 1000.0, overdrive
    junction = junction_with_barrier(barrier)
    tau = np.array([14.0, 16.0]) / (i - 1)
    found = still_there(
        magnet_of(junction), i * junction.critical_current_to_parallel, tau / rate_of(junction), cells=800
    )
    p = np.array([one.value for one in found])
    slope = -math.log(p[1] / p[0]) / (tau[1] - tau[0])
    # Of second order in 1 / Delta (i - 1)^2, which is at most 1/250.
    assert slope == pytest.approx(2 * (i - 1) + (3 - i) / (barrier * (i - 1)), rel=2e-4)
    far = 2 ** ((i - 1) / (i + 1)) * ((i - 1) / i) ** (2 / (i + 1))
    expansion = 2 * barrier * (i - 1) * far / i * np.exp(-slope * tau)
    # Corrections to the prefactor are of first order in 1 / Delta (i - 1).
    np.testing.assert_allclose(p, expansion, rtol=15 / (barrier * (i - 1)))
    # What is said of Butler's closed form: the same exponent, pi^2/8 in place of w_c.
    closed = butler_write_error(i, tau, barrier) * np.exp((2 * (i - 1) - slope) * tau)
    np.testing.assert_allclose(closed / p, math.pi**2 / 8 / far, rtol=15 / (barrier * (i - 1)))


def test_the_closed_form_starts_with_certain_failure():
    """All of the thermal distribution is on this side at first: 1 - exp(-pi^2 Delta / 4)."""
    assert butler_write_error(2.0, 0.0, 1.0) == pytest.approx(-math.expm1(-(math.pi**2) / 4), rel=1e-12)
    assert butler_write_error(2.0, 1e4, 40.0) == 0.0  # and does not overflow
    with pytest.raises(ParameterError, match="above the critical one"):
        butler_write_error(1.0, 1.0, 40.0)


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"field_x": 1e3},
        {"reference_polar_angle": 0.1},
        {"width": 39e-9},
        {"uniaxial_anisotropy": 1e4, "anisotropy_polar_angle": 0.5},
    ],
)
def test_what_is_not_axially_symmetric_is_refused(parameters):
    magnet = AxialMagnet(IKEDA.replace(**parameters))
    with pytest.raises(ParameterError, match="not symmetric about the z axis"):
        still_there(magnet, 1e-4, [1e-9], cells=40)


def test_other_refusals():
    with pytest.raises(ParameterError, match="whose only state is a direction"):
        AxialMagnet(VTEAM(), "voltage")
    with pytest.raises(ParameterError, match="above 0 K"):
        AxialMagnet(IKEDA, temperature=0.0)
    with pytest.raises(ParameterError, match="does not lie on the z axis"):
        magnet_of(MTJ.preset("kim2015-inplane"))
    magnet = magnet_of(IKEDA)
    with pytest.raises(ParameterError, match="between -1 and 1"):
        mean_passage_time(magnet, threshold=1.0)
    with pytest.raises(ParameterError, match="must increase"):
        still_there(magnet, 1e-4, [2e-9, 1e-9])
    with pytest.raises(ParameterError, match="cells must be at least"):
        still_there(magnet, 1e-4, [1e-9], cells=10)
    with pytest.raises(ParameterError, match="too long"):
        still_there(magnet, 0.0, [1.0])
    pulled = IKEDA.replace(field_z=2 * IKEDA.anisotropy_field)
    with pytest.raises(ParameterError, match="no well at the starting pole"):
        still_there(magnet_of(pulled), 0.0, [1e-9])
