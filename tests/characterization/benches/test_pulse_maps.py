"""Maps of write errors, shapes of pulses, precession under a voltage, spin-orbit torque, and magnets that come back."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from barriers import ROOM, junction_with_barrier, rate_of
from scipy.integrate import quad

from synaspice.characterization import (
    back_switching,
    precessional_switching,
    pulse_shape,
    switching_map,
    write_error,
    write_error_map,
)
from synaspice.characterization.benches.maps.precessional_switching import half_period
from synaspice.characterization.benches.maps.spin_orbit import spin_orbit_threshold
from synaspice.characterization.benches.maps.write_error_map import iso_error_widths
from synaspice.characterization.benches.write_error import butler_pulse_width, butler_write_error
from synaspice.characterization.rare_events.axial_magnet import from_reference_state
from synaspice.characterization.rare_events.fokker_planck import PolarGrid
from synaspice.characterization.rare_events.shaped_pulses import still_there_after
from synaspice.characterization.slow_time.sweeping import switching_drive
from synaspice.characterization.slow_time.two_states import TwoStateThermal
from synaspice.devices import MTJ, VTEAM, ParameterError, SpinOrbitTorqueMTJ, UnknownNameError
from synaspice.devices.language.waveforms.shapes import PiecewiseLinear
from synaspice.figures import plot
from synaspice.figures.drawing import drawing_of

ROUND = MTJ.preset("ikeda2010")
PLAIN = junction_with_barrier(45.0)
ONCE = 1 / rate_of(PLAIN)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


# --- write-error map ------------------------------------------------------------------------------------


def test_points_of_a_map_are_write_errors_and_its_lines_lie_between_them():
    """And where the closed form is known to be right for i = 3: 1.07 times too large, a width of 0.02 decays."""
    critical = PLAIN.critical_current_to_parallel
    widths = np.linspace(1.0, 9.0, 17) * ONCE
    table = write_error_map(PLAIN, current=[2.5 * critical, 3 * critical], width=widths)
    assert table.attrs["map"] == ["current", "width"] and table.attrs["method"] == "fokker-planck"
    alone = write_error(PLAIN, overdrive=3.0, width=widths, methods="fokker-planck")
    there = table[table["current"] > 2.9 * critical]
    np.testing.assert_allclose(there["probability"], alone["probability"], rtol=1e-12)
    assert there["probability"].min() < 1e-9
    lines = iso_error_widths(table, [1e-3, 1e-6, 1e-9])
    for level, part in lines.groupby("level"):
        found = part["width"].iloc[1]
        closed = table.attrs["decay"] * float(butler_pulse_width(3.0, float(level), table.attrs["stability"]))
        # Less ln(1.07) / 2 (i - 1) for the closed form's prefactor, and what a straight line between widths leaves.
        assert found / ONCE == pytest.approx(closed / ONCE - math.log(1.07) / 4, abs=0.02)
        assert table.attrs["decay"] == pytest.approx(ONCE)
        errors = write_error(PLAIN, overdrive=3.0, width=[found], methods="fokker-planck")
        assert errors["probability"].iloc[0] == pytest.approx(level, rel=0.03)
    assert len(plot(table).axes) == 3
    with pytest.raises(ParameterError, match="error rates between 0 and 1"):
        iso_error_widths(table, [2.0])


def test_the_width_of_an_error_inverts_the_closed_form():
    for overdrive in (1.2, 2.0, 3.5):
        for error in (0.3, 1e-3, 1e-9):
            width = butler_pulse_width(overdrive, error, 40.0)
            assert butler_write_error(overdrive, width, 40.0) == pytest.approx(error, rel=1e-9)
    for bad in ((0.9, 1e-3, 40.0), (2.0, 0.0, 40.0), (2.0, 1.5, 40.0), (2.0, 1e-3, -1.0)):
        with pytest.raises(ParameterError):
            butler_pulse_width(*bad)


def test_maps_over_temperature_and_field():
    critical, hold = PLAIN.critical_current_to_parallel, PLAIN.anisotropy_field
    table = write_error_map(
        PLAIN, current=2 * critical, width=4 * ONCE, temperature=[300.0, 350.0], field=[0.0, 0.1 * hold]
    )
    assert table.attrs["map"] == ["temperature", "field"]
    errors = table.pivot_table(index="temperature", columns="field", values="probability").to_numpy()
    # A field towards the parallel state helps, as a tenth of the critical current does; a wider start helps too.
    more = write_error(PLAIN, overdrive=2.1, width=[4 * ONCE], methods="fokker-planck")["probability"].iloc[0]
    assert errors[0, 1] == pytest.approx(more, rel=0.1) and errors[0, 1] < 0.9 * errors[0, 0]
    assert errors[1, 0] < errors[0, 0]
    assert len(plot(table).axes) == 2


def test_layers_in_the_plane_take_splitting():
    flat = MTJ.preset("kim2015-inplane")
    critical = flat.critical_current_to_parallel
    table = write_error_map(
        flat, current=[4 * critical, 6 * critical], width=[0.5e-9, 1e-9], walkers=32, replicas=2, seed=1
    )
    assert table.attrs["method"] == "splitting" and table["probability"].between(0, 1).all()
    with pytest.raises(ParameterError, match="does not lie on the z axis"):
        write_error_map(flat, method="fokker-planck")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"current": 1e-4, "width": 1e-9}, "two quantities"),
        ({"current": [1e-4, 2e-4], "voltage": [0.1, 0.2]}, "not both"),
        ({"width": [-1e-9, 1e-9]}, "positive"),
        ({"method": "splitting", "checkpoint": "nowhere"}, "give a seed"),
        ({"current": [math.nan, 1e-4]}, "current"),
    ],
)
def test_what_makes_no_map_is_refused(given, says):
    with pytest.raises(ParameterError, match=says):
        write_error_map(ROUND, **given)


# --- shapes of pulses -----------------------------------------------------------------------------------


def test_edges_of_no_length_are_the_rectangular_pulse_and_long_ones_cost_what_does_not_grow():
    """At the same charge; the closed form of the growth has a prefactor that is 1.07 times too large for i = 3."""
    edges = np.array([0.0, 1.5, 3.0]) * ONCE
    table = pulse_shape(PLAIN, shapes="trapezoid", overdrive=3.0, width=6 * ONCE, edge=edges)
    alone = write_error(PLAIN, overdrive=3.0, width=[6 * ONCE], methods="fokker-planck")["probability"].iloc[0]
    # A quarter as many cells, at an error of 3e-9.
    assert table["probability"].iloc[0] == pytest.approx(alone, rel=0.015)
    assert table.attrs["rectangle"] == pytest.approx(alone, rel=0.015)
    np.testing.assert_allclose(table["charge"], 1.0, rtol=1e-5)
    assert table["closed_form"].iloc[0] == pytest.approx(float(butler_write_error(3.0, 6.0, 45.0)), rel=1e-4)
    ratio = table["closed_form"] / table["probability"]
    assert ratio.iloc[0] == pytest.approx(1.07, abs=0.03)
    # At the end of a falling edge the current is that of small overdrives, at which it is an upper bound alone.
    assert table["probability"].iloc[2] > 7 * table["probability"].iloc[0]
    assert (np.diff(ratio) > 0).all() and ratio.iloc[2] < 3.5
    assert plot(table)


def test_all_shapes_have_the_charge_of_the_rectangle_and_more_errors():
    table = pulse_shape(PLAIN, overdrive=2.5, width=4 * ONCE, edge=[2 * ONCE])
    np.testing.assert_allclose(table["charge"], 1.0, rtol=1e-3)
    assert (table["probability"] > 1.02 * table.attrs["rectangle"]).all()
    assert plot(table)
    top = pulse_shape(PLAIN, shapes=["trapezoid", "precharge"], keep="top", overdrive=2.5, width=4 * ONCE, edge=[ONCE])
    assert (top["probability"] < top.attrs["rectangle"]).all() and top["charge"].iloc[0] == pytest.approx(1.25)


def test_the_equation_with_a_shape_is_that_of_noisy_trajectories():
    exact, drawn = (
        pulse_shape(
            PLAIN, shapes="double", overdrive=1.6, width=4 * ONCE, method=method, trajectories=400, seed=2,
            temperature=ROOM,
        )
        for method in ("fokker-planck", "ensemble")
    )  # fmt: skip
    assert drawn["lower"].iloc[0] < exact["probability"].iloc[0] < drawn["upper"].iloc[0]


def test_a_slow_ramp_switches_where_kurkijarvis_rates_do():
    """Half are left at the median of the two-state mode; they pass the equator some decays after the barrier."""
    junction = junction_with_barrier(14.0)
    critical, decay = junction.critical_current_to_parallel, 1 / rate_of(junction)
    model = TwoStateThermal.of(junction, quantity="current")
    magnet = from_reference_state(junction, "antiparallel", "current", ROOM)
    for length in (8_000 * decay, 30_000 * decay):
        pace = critical / length
        expected = switching_drive(model, "antiparallel", pace)
        at = expected.quantiles[1]
        ramp = PiecewiseLinear((0.0, at / pace), (0.0, at))
        left = still_there_after(magnet, ramp, at / pace, cells=40)
        assert left.value == pytest.approx(0.5, abs=0.03)
        assert left.upper / left.lower < 1.1


def test_what_makes_no_shape_is_refused():
    for given in ({"edge": [-1e-9]}, {"edge": [1.0]}, {"overdrive": -1.0}, {"width": 0.0}):
        with pytest.raises(ParameterError):
            pulse_shape(ROUND, **given)
    for given in ({"shapes": ["triangle"]}, {"keep": "height"}, {"start": "sideways"}):
        with pytest.raises(UnknownNameError):
            pulse_shape(ROUND, **given)
    with pytest.raises(ParameterError, match="does not lie on the z axis"):
        pulse_shape(MTJ.preset("kim2015-inplane"), method="fokker-planck")


# --- precession under a voltage -------------------------------------------------------------------------


def test_the_half_period_is_that_of_the_energy():
    """pi / gamma H without anisotropy; else that of a trajectory of the same magnet without damping."""
    assert half_period(1e4, 0.0, 0.1, 2.2e5) == pytest.approx(math.pi / 2.2e9)
    field, left, sine = 3e4, 2e4, 0.2

    def speed(z):
        x = sine + left / (2 * field) * (1 - sine**2 - z * z)
        return math.sqrt(max(1 - z * z - x * x, 1e-300))

    top = math.sqrt(1 - sine**2)
    integral = 2 * quad(lambda a: top * math.cos(a) / speed(top * math.sin(a)), 0, math.pi / 2, limit=200)[0]
    assert half_period(field, left, sine, 2.2e5) == pytest.approx(integral / (2.2e5 * field), rel=1e-6)
    with pytest.raises(ParameterError, match="precesses on one side"):
        half_period(1e4, 5e4, 0.0, 2.2e5)
    for bad in ((0.0, 0.0, 0.0, 1.0), (1.0, math.nan, 0.0, 1.0), (1.0, 0.0, 1.0, 1.0), (1.0, 0.0, 0.0, -1.0)):
        with pytest.raises(ParameterError):
            half_period(*bad)


def test_reversals_come_and_go_with_half_the_period_of_the_precession():
    """At half periods of 0.45 ns; a little later each by the damping, which turns the magnet to the field."""
    device = MTJ.preset("kang2017", diameter=44e-9)
    half = math.pi * (1 + device.damping**2) / (device.gamma_0 * device.field_x)
    table = precessional_switching(
        device, width=half * np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0]), trajectories=64, seed=1
    )
    assert table.attrs["half_period"] == pytest.approx(half, rel=1e-12)
    share = table["probability"].to_numpy()
    assert share[1] > 0.9 and share[4] > 0.8 and share[3] < 0.1 and share[5] < 0.25
    assert 0.2 < share[0] < 0.8 and 0.1 < share[2] < 0.8
    np.testing.assert_allclose(table["error"], 1 - share)
    assert plot(table)
    with pytest.raises(ParameterError, match="no anisotropy that follows"):
        precessional_switching(ROUND.replace(vcma_coefficient=0.0))
    with pytest.raises(ParameterError, match="precesses on one side"):
        precessional_switching(device, voltage=0.1)
    with pytest.raises(ParameterError, match="field across"):
        precessional_switching(device, field=1e7)


# --- spin-orbit torque ----------------------------------------------------------------------------------


def test_the_threshold_of_a_spin_orbit_torque():
    h = np.array([0.0, 0.05, 0.3, 0.8])
    angle = np.linspace(0, math.pi / 2, 200_001)[:, None]
    largest = np.max(np.sin(angle) * np.cos(angle) - h * np.cos(angle), axis=0)
    np.testing.assert_allclose(spin_orbit_threshold(h), largest, rtol=1e-8)
    # The closed form of the article, as remembered, and its first order.
    full = np.sqrt((8 + 20 * h**2 - h**4 - h * (8 + h**2) ** 1.5) / 32)
    np.testing.assert_allclose(spin_orbit_threshold(h), full, rtol=1e-12)
    assert spin_orbit_threshold(0.01) == pytest.approx(0.5 - 0.01 / math.sqrt(2), abs=1e-4)
    assert spin_orbit_threshold(2.0) == 0.0


def test_a_map_of_a_spin_orbit_torque_has_that_threshold_without_overshoot():
    """With a damping of one a pulse of steep edges does not overshoot; the switching needs field and current alike."""
    device = SpinOrbitTorqueMTJ.preset("lee2013-like", diameter=40e-9, damping=1.0)
    hold, critical = device.anisotropy_field, device.critical_line_current
    shares = np.array([-0.3, -0.1, 0.1, 0.3])
    levels = np.linspace(0.0, 1.3, 27)
    table = switching_map(device, amplitude=levels * critical, field=shares * hold, width=5e-9, states=["parallel"])
    assert table.attrs["map"] == ["line_current", "field"] and table.attrs["axis"] == "x"
    grid = table.pivot_table(index="line_current", columns="field", values="probability")
    line = table.attrs["spin_orbit_line"]
    helping = 1 if line["current"] > 0 else -1
    for share, column in zip(shares, grid.columns, strict=True):
        switched = grid[column].to_numpy() == 1
        if share * helping < 0:
            assert not switched.any()
            continue
        threshold = 2 * float(spin_orbit_threshold(abs(share)))
        first = levels[np.argmax(switched)]
        assert threshold - 0.05 <= first <= threshold + 0.1 and switched[np.argmax(switched) :].all()
    assert plot(table)


def test_a_tilted_axis_switches_without_a_field():
    """An easy axis tilted along the injected spins takes the place of the field: the sign of the current decides."""
    tilt = {"anisotropy_polar_angle": 0.1, "anisotropy_azimuth": math.pi / 2}
    device = SpinOrbitTorqueMTJ.preset("lee2013-like", diameter=40e-9, damping=0.5, **tilt)
    critical = device.critical_line_current
    table = switching_map(device, amplitude=[-1.5 * critical, 1.5 * critical], field=0.0, width=[3e-9, 5e-9])
    by_start = {start: part["switched"].to_numpy().reshape(2, 2) for start, part in table.groupby("start")}
    for start, switched in by_start.items():
        assert (switched[:, 0] == switched[:, 1]).all() and switched[:, 0].sum() == 1, start
    assert (by_start["parallel"] != by_start["antiparallel"]).all()


# --- back-switching ---------------------------------------------------------------------------------------


def test_nothing_comes_back_under_a_fixed_reference_and_the_bench_says_so():
    table = back_switching(ROUND, voltage=[1.2, 1.8], trajectories=48, seed=1)
    assert (table["switched"] > 40).all() and (table["returned"] == 0).all()
    assert "None of" in drawing_of(table).in_words(table)
    assert plot(table)


def test_a_field_like_torque_takes_magnets_back_as_the_two_states_say():
    """A field of the square of the voltage towards antiparallel, against the torque: h = 0.53, i = 0.5, and the
    stationary distribution of the Fokker-Planck equation."""
    device = junction_with_barrier(6.0, tmr=1e-6).replace(damping=0.3)
    voltage = 0.5 * device.critical_current_to_parallel * device.parallel_resistance
    device = device.replace(field_like_per_square_volt=-0.53 * device.anisotropy_field / voltage**2)
    grid = PolarGrid.of(from_reference_state(device, "antiparallel", "voltage", ROOM), voltage, 200)
    stationary = float(grid.equilibrium()[: grid.barrier()].sum())
    assert 0.6 < stationary < 0.75
    given = {"voltage": [voltage], "states": ["antiparallel"], "seed": 2}
    row = back_switching(device, width=600 / rate_of(device), trajectories=200, **given).iloc[0]
    assert 0 < row["returned"] < row["switched"]
    # A rest of eight decays at no voltage mixes the states by 8 / 170.
    assert row["lower"] - 0.03 < row["two_state"] < row["upper"] + 0.03
    table = back_switching(device, width=600 / rate_of(device), trajectories=20, **given)
    assert drawing_of(table).in_words(table) is None
    assert plot(table)


def test_what_has_no_pulses_that_switch_is_refused():
    for given, why in (
        ({"voltage": [-0.1]}, "voltages are positive"),
        ({"voltage": [math.nan]}, "voltage must be finite"),
        ({"width": 0.0}, "width must be positive"),
        ({"states": {"mine": {}}}, "from parallel or antiparallel"),
    ):
        with pytest.raises(ParameterError, match=why):
            back_switching(ROUND, **given)
    for measure, why in (
        (back_switching, "no magnetisation that turns"),
        (precessional_switching, "vteam has no anisotropy that follows the voltage$"),
        (pulse_shape, "offers no Writing"),
        (write_error_map, "no magnetisation that turns"),
    ):
        with pytest.raises(ParameterError, match=why):
            measure(VTEAM())
    with pytest.raises(ParameterError, match="set vcma_coefficient"):
        precessional_switching(ROUND.replace(vcma_coefficient=0.0))
