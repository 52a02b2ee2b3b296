"""The two-state mode against Brown's rates, direct passage times, and noisy trajectories of the magnet itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from barriers import ROOM, in_plane_junction, junction_with_barrier, rate_of
from scipy.integrate import quad

from synaspice.characterization.slow_time.two_states import TwoStateThermal
from synaspice.characterization.slow_time.wells import Wells
from synaspice.devices import MTJ, VTEAM, ElectrothermalMTJ, ParameterError, UnknownNameError

MEMORY = junction_with_barrier(45.0)


def brown(barrier, relative, rate):
    """Time in the state that a current i times the critical one drives out of: Brown's with the torque for a field.

    tau = sqrt(pi / Delta) e^(Delta (1 - i)^2) / [A (1 - i^2)(1 - i)] (Brown 1963, Eq. 4.46 as remembered).
    """
    i = relative
    return math.sqrt(math.pi / barrier) * math.exp(barrier * (1 - i) ** 2) / (rate * (1 - i * i) * (1 - i))


@pytest.mark.parametrize("relative", [-0.3, 0.0, 0.3, 0.5])
def test_dwell_times_are_browns_with_the_torque(relative):
    """With a torque that does not depend on the angle, for either state; Brown's next term is 1 / (Delta (1 - i)^2)."""
    for state, sign in (("antiparallel", 1.0), ("parallel", -1.0)):
        current = sign * relative * MEMORY.critical_current_to_parallel
        found = Wells(MEMORY, "current").dwell_time(current, state)
        left = 45.0 * (1 - relative) ** 2
        assert found == pytest.approx(brown(45.0, relative, rate_of(MEMORY)), rel=2.5 / left)
        assert Wells(MEMORY, "current").barrier(current, state) == pytest.approx(left, abs=0.02)


def test_a_field_tilts_the_wells_as_brown_says():
    field = 0.4 * MEMORY.anisotropy_field
    wells = Wells(MEMORY, "field_z", read_voltage=0.0)
    assert wells.dwell_time(field, "antiparallel") == pytest.approx(brown(45.0, 0.4, rate_of(MEMORY)), rel=0.15)
    assert wells.barrier(field, "parallel") == pytest.approx(45.0 * 1.4**2, rel=1e-3)
    assert wells.unit == "A/m"


def test_the_time_is_that_of_the_integral_of_the_first_passage():
    """T = (2 Delta / A) int du e^(-psi) / (1 - u^2) int e^psi, psi = Delta (u^2 - 2 i u), from pole to threshold."""
    barrier, i = 9.0, 0.2
    junction = junction_with_barrier(barrier)
    top = math.acos(i)  # the barrier, from the pole
    end = math.cos(top + 0.75 * (math.pi - top))

    def psi(u):
        return barrier * (u * u - 2 * i * u)

    def outer(u):
        return quad(lambda v: math.exp(psi(v) - psi(u)), u, 1.0, epsrel=1e-10)[0] / (1 - u * u)

    exact = 2 * barrier / rate_of(junction) * quad(outer, end, 1 - 1e-9, epsrel=1e-9, limit=200)[0]
    found = Wells(junction, "current").dwell_time(i * junction.critical_current_to_antiparallel, "parallel")
    assert found == pytest.approx(exact, rel=2e-3)  # the threshold is at the edge of a cell of a grid


# --- the table ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["voltage", "current", "field_z"])
def test_interpolated_rates_are_those_of_direct_passage_times(quantity):
    """At drives that are no points of the table, and within the error that the table tells."""
    model = TwoStateThermal.of(MEMORY, quantity=quantity, tolerance=1e-3)
    low, high = model.range
    worst = 0.0
    for drive in low + (high - low) * np.array([0.013, 0.21, 0.37, 0.503, 0.68, 0.871, 0.98]):
        for k, state in enumerate(model.states):
            direct = model.wells.dwell_time(drive, state)
            worst = max(worst, abs(model.dwell_times(drive)[k] / direct - 1))
    assert 0 < worst <= model.error <= 1e-3
    assert TwoStateThermal.of(MEMORY, quantity=quantity, tolerance=1e-3) is model, "made once"
    rough = TwoStateThermal.of(MEMORY, quantity=quantity, tolerance=0.3)
    assert rough.points < model.points


def test_the_range_ends_where_the_barrier_does():
    """Delta (1 - i)^2 = 4 at i = 1 - 2 / sqrt(Delta)."""
    model = TwoStateThermal.of(MEMORY, quantity="current")
    expected = (1 - 2 / math.sqrt(45.0)) * MEMORY.critical_current_to_parallel
    assert model.range[1] == pytest.approx(expected, rel=0.01) and model.range[1] < expected * 1.001
    assert min(model.wells.barrier(model.range[1], state) for state in model.states) >= 4.0
    with pytest.raises(ParameterError, match="beyond the range of .* follow noisy trajectories there"):
        model.dwell_times(1.01 * model.range[1])
    assert model.dwell_times(2 * model.range[1], clip=True)[1] == model.dwell_times(model.range[1])[1]


def test_the_steepness_is_the_slope_of_the_logarithm():
    model = TwoStateThermal.of(MEMORY, quantity="current")
    drive, step = 0.4 * model.range[1], 1e-3 * model.range[1]
    for k, state in enumerate(model.states):
        above, below = (-math.log(model.dwell_times(drive + s)[k]) for s in (step, -step))
        assert model.steepness(drive, state) == pytest.approx((above - below) / (2 * step), rel=1e-4)


def test_shares_are_boltzmanns():
    """With the torque for a field the potential is Delta (u^2 + 2 i u): ln p_1/p_2 = 4 Delta i + ln (1+i)/(1-i)..."""
    junction = junction_with_barrier(12.0)
    model = TwoStateThermal.of(junction, quantity="current")
    for i in (-0.1, 0.0, 0.05):
        share = float(model.share(i * junction.critical_current_to_parallel))
        wells = [
            quad(lambda u, i=i: math.exp(12.0 * (u * u + 2 * i * u - 1)), *ends)[0] for ends in ((-i, 1), (-1, -i))
        ]
        assert share == pytest.approx(wells[0] / sum(wells), abs=0.01)


# --- what has no two states -----------------------------------------------------------------------------


def test_what_has_no_two_states_is_refused():
    with pytest.raises(ParameterError, match="a barrier of 3 k_B T, below 4.* follow noisy trajectories"):
        TwoStateThermal.of(junction_with_barrier(3.0))
    critical = 1.05 * MEMORY.critical_current_to_parallel
    with pytest.raises(ParameterError, match="no well at the starting pole"):
        Wells(MEMORY, "current").dwell_time(critical, "antiparallel")
    with pytest.raises(ParameterError, match="vteam offers no Dwelling"):
        TwoStateThermal.of(VTEAM())
    with pytest.raises(ParameterError, match="whose only state is a direction"):
        TwoStateThermal.of(ElectrothermalMTJ())
    with pytest.raises(UnknownNameError, match="driven quantity"):
        TwoStateThermal.of(MEMORY, quantity="power")
    with pytest.raises(ParameterError, match="beyond 600"):
        Wells(junction_with_barrier(650.0)).dwell_time(0.0, "parallel")


@pytest.mark.parametrize("value", [math.nan, "a", -1.0, 0.0, 10**400, None, [1.0]])
def test_bad_values_are_refused(value):
    with pytest.raises(ParameterError, match="the tolerance must be positive"):
        TwoStateThermal.of(MEMORY, tolerance=value)
    if value is not None:
        with pytest.raises(ParameterError, match="the temperature"):
            Wells(MEMORY, temperature=value)
    with pytest.raises(ParameterError, match="must be a device"):
        Wells(value)


def test_a_device_without_symmetry_takes_the_closed_form():
    """Over voltages far beyond those at which the torque counts in first order, up to where a state has no barrier."""
    device = MTJ.preset("hayakawa2021-like")
    wells = Wells(device)
    assert wells.method == "closed-form"
    assert wells.dwell_time(0.0, "parallel") == pytest.approx(
        1 / device.suggested_dwelling().escape(0.0, ROOM, "parallel")[0], rel=1e-12
    )
    with pytest.raises(ParameterError, match=r"a barrier of .* below 4"):
        wells.dwell_time(0.2, "antiparallel")
    with pytest.raises(ParameterError, match="field_y does not tilt the states .* field_x"):
        TwoStateThermal.of(device, quantity="field_y")


def test_a_field_along_the_easy_axis_of_a_layer_in_the_plane():
    r"""Barriers :math:`\Delta (1 \pm h)^2`, of either state, in a table within its error."""
    device = in_plane_junction(12.0, damping=0.1)
    model = TwoStateThermal.of(device, quantity="field_x", read_voltage=0.0)
    hold = device.anisotropy_field
    assert model.wells.method == "closed-form" and model.error < 1e-3
    assert model.range[1] / hold == pytest.approx(1 - math.sqrt(4 / 12), rel=0.01)
    for share in (-0.21, 0.1, 0.33):
        for sign, state in ((1, "parallel"), (-1, "antiparallel")):
            assert model.wells.barrier(share * hold, state) == pytest.approx(12 * (1 + sign * share) ** 2, rel=1e-3)
            direct = model.wells.dwell_time(share * hold, state)
            assert float(model.dwell_times(share * hold)[model.states.index(state)]) == pytest.approx(direct, rel=1e-3)


# --- hand-over: where the magnet's trajectories can be followed ------------------------------------------


@pytest.mark.parametrize("relative", [0.0, 0.12])
def test_dwell_times_are_those_of_noisy_trajectories(relative):
    """A barrier of 6 k_B T and strong damping, so that dwell times are short: first passages of an ensemble."""
    junction = junction_with_barrier(6.0).replace(damping=0.3)
    wells = Wells(junction, "current")
    current = relative * junction.critical_current_to_parallel
    expected = wells.dwell_time(current, "antiparallel")
    start = junction.replace(**junction.reference_states()["antiparallel"])
    count = 512
    ensemble = start.ensemble(
        current, 4 * expected, source="current", temperature=ROOM, trajectories=count, seed=7, time_step=1e-11
    )
    top = math.acos(relative)
    threshold = -math.cos(top + 0.75 * (math.pi - top))
    passages = ensemble.first_passage("m_z", threshold, rising=True)["time"].to_numpy()
    missing = np.isnan(passages)
    arrived = count - np.count_nonzero(missing)
    measured = float(np.where(missing, 4 * expected, passages).sum() / arrived)
    assert arrived > 0.95 * count
    assert measured == pytest.approx(expected, rel=3 / math.sqrt(arrived))
