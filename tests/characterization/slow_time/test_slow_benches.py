"""Benches of slow thermal physics: each finds an answer known in closed form, and refuses what it cannot know."""

from __future__ import annotations

import math

import numpy as np
import pytest
from barriers import ROOM, in_plane_junction, junction_with_barrier, rate_of

from synaspice.characterization import coercivity, hysteresis, read_disturb, retention, telegraph
from synaspice.characterization.cells.errors.arrhenius import TEN_YEARS
from synaspice.characterization.checks.slow_time import kurkijarvi
from synaspice.characterization.slow_time.sweeping import switching_drive
from synaspice.characterization.slow_time.two_states import TwoStateThermal
from synaspice.characterization.slow_time.wells import Wells
from synaspice.devices import MTJ, VTEAM, ParameterError
from synaspice.figures import plot

MEMORY = junction_with_barrier(45.0)
IKEDA = MTJ.preset("ikeda2010")


# --- telegraph ------------------------------------------------------------------------------------------


def test_the_sigmoid_of_a_p_bit_is_the_hyperbolic_tangent():
    """tanh(2 Delta V / V_c), with a torque per voltage that is constant: both states have the same critical voltage."""
    junction = junction_with_barrier(14.0).replace(tmr=1e-6)
    table = telegraph(junction, voltage=np.linspace(-8e-3, 8e-3, 9), dwells=400, seed=4)
    critical = junction.critical_current_to_parallel * junction.parallel_resistance
    assert table.attrs["balance"] == pytest.approx(0.0, abs=1e-7)
    # (1 + i) / (1 - i) of the wells' widths adds 2 i to 4 Delta i, and Brown's next terms take some of it away.
    assert abs(table.attrs["slope"]) == pytest.approx(4 * 14.0 / critical, rel=2 / 14.0)
    expected = 0.5 * (1 + np.tanh(2 * 14.0 * table["voltage"] / critical * np.sign(table.attrs["slope"])))
    np.testing.assert_allclose(table["probability"], expected, atol=0.02)
    np.testing.assert_allclose(table["sigmoid"], table["probability"], atol=2e-3)
    for state in table.attrs["states"]:
        off = (table[f"drawn_{state}"] - table[f"dwell_{state}"]) / table[f"error_{state}"]
        assert np.abs(off).max() < 4
    np.testing.assert_allclose(table["drawn_probability"], table["probability"], atol=0.08)
    again = telegraph(junction, voltage=np.linspace(-8e-3, 8e-3, 9), dwells=400, seed=4)
    assert again.equals(table)


def test_the_telegraph_suggests_voltages_at_which_both_states_are_seen():
    table = telegraph(junction_with_barrier(14.0), dwells=20, seed=1)
    ratio = table["dwell_parallel"] / table["dwell_antiparallel"]
    assert ratio.min() == pytest.approx(0.01, rel=0.1) and ratio.max() == pytest.approx(100, rel=0.1)
    assert len(plot(table).axes) == 2


# --- coercivity -----------------------------------------------------------------------------------------


def test_coercivity_is_that_of_browns_rate_over_eight_decades():
    """Mean and spread for each rate; Brown's next term, 1 / Delta' of the rate, moves the mean by it over d ln G/di."""
    critical = MEMORY.critical_current_to_parallel
    rates = np.array([1e-4, 1e-1, 1e2, 2e4])
    table = coercivity(MEMORY, quantity="current", rate=rates * critical)
    part = table[table["state"] == "antiparallel"]
    np.testing.assert_allclose(part["rate"], rates * critical)
    for pace, (_, row) in zip(rates, part.iterrows(), strict=True):
        mean, spread = kurkijarvi(pace, 45.0, rate_of(MEMORY))
        left = 45.0 * (1 - mean) ** 2
        slope = 2 * 45.0 * (1 - mean)
        assert row["mean"] / critical == pytest.approx(mean, abs=1.5 / left / slope)
        assert row["standard_deviation"] / critical == pytest.approx(spread, rel=0.03)
        assert row["lower"] < row["median"] < row["upper"]
        # The closed form leaves out the bend of the logarithm over its width: a term of one over the barrier left.
        assert row["kurkijarvi_mean"] == pytest.approx(row["mean"], abs=1.5 / left * row["standard_deviation"])
        assert row["kurkijarvi_deviation"] == pytest.approx(row["standard_deviation"], rel=1.5 / left)
    # Both states alike, with the sign of the drive.
    other = table[table["state"] == "parallel"]
    np.testing.assert_allclose(-other["mean"].to_numpy(), part["mean"].to_numpy(), rtol=1e-3)


def test_coercive_fields_of_layers_in_the_plane():
    """Kurkijarvi's closed form from the same rates, and Sharrock's law: the barrier left falls by one per e-fold."""
    device = in_plane_junction(45.0, damping=0.05)
    warmer = {"temperature": [ROOM, 330.0], "read_voltage": 0.0}
    table = coercivity(device, quantity="field_x", rate=np.logspace(4, 8, 3), **warmer)
    part = table[(table["state"] == "parallel") & (table["temperature"] == ROOM)]
    assert table.attrs["method"] == "closed-form" and (part["mean"] < 0).all()
    share = part["mean"].abs() / device.anisotropy_field
    left = 45.0 * (1 - share) ** 2
    assert np.all(np.abs(part["mean"] - part["kurkijarvi_mean"]) < 1.5 / left * part["standard_deviation"])
    assert np.polyfit(np.log(part["rate"]), left, 1)[0] == pytest.approx(-1.0, abs=0.12)
    means = table.pivot_table(index=["state", "rate"], columns="temperature", values="mean").abs()
    assert (means[330.0] < means[ROOM]).all()


def test_coercivity_falls_with_the_temperature():
    table = coercivity(IKEDA, rate=1.0, temperature=[300.0, 320.0])
    assert table.attrs["temperatures"] == [300.0, 320.0]
    means = table.pivot_table(index="state", columns="temperature", values="mean").abs()
    assert (means[320.0] < means[300.0]).all()
    assert "°C" not in plot(table).get_suptitle()


def test_coercivity_refuses_rates_at_which_there_is_none():
    with pytest.raises(ParameterError, match="two states end: sweep more slowly, or follow noisy trajectories"):
        coercivity(IKEDA, rate=1e9)
    with pytest.raises(ParameterError, match="jumps back and forth"):
        coercivity(junction_with_barrier(14.0), rate=1e-6)
    with pytest.raises(ParameterError, match="offers no Dwelling"):
        coercivity(VTEAM())


# --- retention ------------------------------------------------------------------------------------------


def test_the_ten_year_line_is_where_the_lifetime_is_ten_years():
    table = retention(MEMORY, time=1.0)
    for state, kelvin in table.attrs["ten_year_temperature"].items():
        found = Wells(MEMORY, temperature=kelvin).dwell_time(0.0, state)
        assert found == pytest.approx(TEN_YEARS, rel=0.02)
    assert retention(MEMORY, temperature=[250.0, 260.0], time=1.0).attrs["ten_year_temperature"]["parallel"] is None
    assert plot(retention(IKEDA)).axes


def test_retention_needs_two_states():
    with pytest.raises(ParameterError, match="below 4"):
        retention(junction_with_barrier(3.0))
    with pytest.raises(ParameterError, match="below 4"):
        retention(junction_with_barrier(5.0), temperature=[300.0, 500.0])


# --- reads ----------------------------------------------------------------------------------------------


def test_reads_that_are_too_short_or_too_strong_are_refused():
    with pytest.raises(ParameterError, match="shorter than the decay of a precession"):
        read_disturb(IKEDA, width=1e-11)
    with pytest.raises(ParameterError, match="beyond the range"):
        read_disturb(IKEDA, voltage=1.0)


# --- loops ----------------------------------------------------------------------------------------------


def test_a_loop_of_a_second_is_handed_over():
    """The two switching currents are where the coercivity of that rate says, in a loop of a thousand points."""
    table = hysteresis(IKEDA, period=1.0, seed=3)
    assert table.attrs["mode"] == "two-state" and table.attrs["jumps"] == 2 and table.attrs["temperature"] == ROOM
    assert table.attrs["seed"] == 3 and table.attrs["period"] == 1.0
    amplitude = table.attrs["amplitude"]
    told = coercivity(IKEDA, quantity="current", rate=4 * amplitude).set_index("state")
    for state, drive in zip(("antiparallel", "parallel"), table.attrs["switching"], strict=True):
        assert abs(drive - told["mean"][state]) < 4 * told["standard_deviation"][state]
        flips = np.flatnonzero(np.diff(np.sign(table["m_z"])))
        assert len(flips) == 2
    at = table["current"].to_numpy()[flips]
    np.testing.assert_allclose(at, table.attrs["switching"], atol=8 * amplitude / 1000)
    assert set(np.abs(table["m_z"].round(9))) == {1.0}
    np.testing.assert_allclose(table["current"] * table["resistance"], table["voltage"], rtol=1e-9)
    assert "jumps between two states" in plot(table).axes[0].get_title()


def test_loops_that_can_be_followed_are_followed():
    quick = hysteresis(IKEDA, points=51, cycles=1)
    assert "mode" not in quick.attrs
    with pytest.raises(ParameterError, match="turn .* times in 1 s"):
        hysteresis(IKEDA, period=1.0, mode="trajectory")
    with pytest.raises(ParameterError, match="too fast for the two-state mode"):
        hysteresis(IKEDA, mode="two-state", seed=1)
    with pytest.raises(ParameterError, match="offers no Dwelling"):
        hysteresis(VTEAM.preset("talati2016"), mode="two-state")
    with pytest.raises(ParameterError, match="numeric engine"):
        hysteresis(IKEDA, period=1.0, engine="ngspice", mode="two-state")
    with pytest.raises(ParameterError, match="field_x does not tilt the states"):
        hysteresis(IKEDA, period=1.0, quantity="field_x", amplitude=1e4, mode="two-state")


@pytest.mark.parametrize(("quantity", "unit"), [("voltage", "V"), ("current", "A"), ("field_z", "A/m")])
def test_a_sweep_that_is_over_before_the_magnet_turns_is_refused_before_rates_are_tabulated(
    quantity, unit, monkeypatch
):
    monkeypatch.setattr(TwoStateThermal, "of", lambda *_, **__: pytest.fail("rates were tabulated"))
    with pytest.raises(ParameterError, match=rf"too long to follow.* nor is it .* passes [-+\d.e]+ {unit}, .*turns"):
        hysteresis(IKEDA, quantity=quantity, amplitude=1e12, period=1e-3 if quantity == "voltage" else 1e-6)


def test_a_sweep_switches_where_noisy_trajectories_do():
    """A barrier of 12 k_B T and strong damping, swept in two microseconds: both ways of computing apply."""
    junction = junction_with_barrier(12.0).replace(damping=0.3)
    critical, length, count = junction.critical_current_to_parallel, 1.2e-6, 128
    start = junction.replace(**junction.reference_states()["antiparallel"])
    ensemble = start.ensemble(
        [0.0, 0.6 * critical], length, source="current", temperature=ROOM, trajectories=count, seed=5, time_step=1e-11
    )
    measured = 0.6 * critical * ensemble.first_passage("m_z", 0.9, rising=True)["time"].to_numpy() / length
    model = TwoStateThermal.of(junction, quantity="current")
    expected = switching_drive(model, "antiparallel", 0.6 * critical / length)
    assert np.all(np.isfinite(measured))
    spread = expected.standard_deviation
    assert measured.mean() == pytest.approx(expected.mean, abs=3 * spread / math.sqrt(count))
    assert measured.std(ddof=1) == pytest.approx(spread, rel=4 / math.sqrt(2 * count))
