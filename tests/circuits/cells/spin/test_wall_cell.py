"""The 2T1DW cell: velocity and threshold against closed forms, a staircase of levels with noise, what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
import scipy.constants as codata
from corners import some_of
from peers import kit

from synaspice.characterization import simulate
from synaspice.characterization.cells.errors.arrhenius import TEN_YEARS
from synaspice.characterization.cells.spin.wall_cell import Programme, staircase, wall_cell_reliability, writes
from synaspice.characterization.cells.standard import run_bench
from synaspice.circuits.cells.spin.wall_cell import SpinOrbitWallCell
from synaspice.circuits.cells.spin.wall_writing import steady_velocity
from synaspice.devices import MTJ, DomainWallSynapse, ParameterError, Pulse
from synaspice.figures import plot


def spin_hall_field(strip, current):
    """Field of the spin Hall torque by hand [A/m]."""
    density = current / (strip.strip_width * (strip.thickness + strip.heavy_metal_thickness))
    moment = 2 * codata.e * codata.mu_0 * strip.saturation_magnetization * strip.thickness
    return codata.hbar * strip.spin_hall_angle * density / moment


@pytest.mark.parametrize("current", [2e-5, -1.1e-4, 5e-4])
def test_a_wall_that_the_dmi_alone_holds_moves_as_thiaville_says(current):
    strip = SpinOrbitWallCell().strip.replace(transverse_anisotropy_field=0.0)
    gamma_0 = strip.gyromagnetic_ratio * codata.mu_0
    holding = strip.dmi / (codata.mu_0 * strip.saturation_magnetization * strip.wall_width)
    limit = math.pi / 2 * gamma_0 * strip.wall_width * abs(holding)
    ratio = strip.damping * holding / spin_hall_field(strip, current)
    expected = math.copysign(limit / math.sqrt(1 + ratio**2), current)
    assert steady_velocity(strip, current) == pytest.approx(expected, rel=1e-6)
    assert abs(expected) < limit and steady_velocity(strip, 0.0) == pytest.approx(0.0, abs=1e-9)
    # The other spin Hall angle drives it the other way.
    assert steady_velocity(strip.replace(spin_hall_angle=0.3), current) == pytest.approx(-expected, rel=1e-6)


def test_the_steady_velocity_is_that_of_a_simulation():
    strip = SpinOrbitWallCell().strip.replace(pinning_energy=0.0, initial_state=0.1)
    run = strip.simulate(1.1e-4, 3e-9, source="current", points=301)
    late = run[run["time"] > 1.5e-9]
    slope = np.polyfit(late["time"], late["x"] * strip.length, 1)[0]
    assert slope == pytest.approx(steady_velocity(strip, 1.1e-4), rel=2e-3)


def test_a_wall_beyond_its_breakdown_has_no_steady_velocity():
    strip = DomainWallSynapse(nonadiabaticity=0.0, polarization=0.5, spin_hall_angle=0.0, dmi=0.0)
    with pytest.raises(ParameterError, match="over and over"):
        steady_velocity(strip, 2 * strip.critical_current)
    assert steady_velocity(strip, 0.5 * strip.critical_current) == pytest.approx(0.0, abs=1e-6)


def test_the_critical_current_frees_a_wall():
    cell = SpinOrbitWallCell()
    strip = cell.strip
    line = strip.thickness + strip.heavy_metal_thickness
    expected = 2 * codata.e * strip.pinning_energy * line / (codata.hbar * 0.3 * strip.pinning_period)
    assert cell.critical_current == pytest.approx(expected, rel=1e-6)
    for part, freed in ((0.95, False), (1.05, True)):
        pulse = Pulse(0.0, part * expected, 0.0, 2e-9, 1e-10, 8e-9)
        x = strip.simulate(pulse, 1e-8, source="current", points=2)["x"].iloc[-1]
        assert (x > 0.6) == freed


class Longer(Programme):
    """Pulses that are longer by a quarter."""

    def write(self, change):
        made = super().write(change)
        return dataclasses.replace(made, width=1.25 * made.width)


@pytest.mark.ngspice
@pytest.mark.parametrize("change", [1, -1])
def test_without_pinning_a_pulse_moves_the_wall_by_velocity_times_width(change):
    """In the circuit, between transistors and without noise."""
    cell = SpinOrbitWallCell()
    strip, write = cell.strip, writes(cell)[0 if change > 0 else 1]
    assert abs(write.velocity * write.width) == pytest.approx(1.2 * strip.pinning_period)
    free = cell.replace(noise_step=0.0, **{"strip.pinning_energy": 1e-27})
    if change < 0:  # away from the end at which it starts
        free = free.replace(**{"strip.pinning_period": 240e-9})
    moved = []
    for kind in (Programme, Longer):
        programme = kind(cell, [change])
        (run,) = run_bench(free, programme.lines(), programme.analysis())
        # From the pulse to the read after it: reads push a wall that nothing holds.
        before, after = np.interp(programme.starts[1], run["time"], run["v(x)"])
        moved.append((after - before) * strip.length)
    assert moved[1] - moved[0] == pytest.approx(write.velocity * write.width / 4, rel=0.01)
    # The angle turns back after the pulse, and takes the wall along by less than Delta / alpha times a right angle.
    beyond = (moved[0] - write.velocity * write.width) * change
    assert 0 < beyond < strip.wall_width / strip.damping * math.pi / 2


@pytest.mark.ngspice
def test_levels_are_written_up_and_down_with_noise_read_and_kept():
    cell = SpinOrbitWallCell()
    table = simulate(cell)
    attrs = table.attrs
    assert attrs["works"] and attrs["thermal_noise"] and attrs["levels"] == cell.levels == 5, attrs["reason"]
    assert table["level"].tolist() == [1, 2, 3, 4, 5, 4, 3, 2, 1]
    # In their sites the walls shiver by sqrt(k_B T p^2 / (2 pi^2 V_0)), some 4 nm; averages by less.
    assert np.allclose(table["x"], table["level"] / 6, rtol=0, atol=0.012)
    assert np.allclose(table["moved"][1:], 120e-9 * table["change"][1:], rtol=0, atol=12e-9)
    # The read transistor's resistance, some kilohm, comes on top of the junction's.
    assert (table["resistance"] - table["expected"]).between(0, 3e3).all()
    assert (abs(table["line_current"][1:]) / attrs["critical_line_current"]).between(1.9, 2.15).all()
    assert attrs["error_rate"] < 1e-3 and attrs["read_error_rate"] < 1e-6 and attrs["disturb"] < 1e-3
    reliable = wall_cell_reliability(cell)
    assert reliable.error_rate == attrs["error_rate"] and reliable.retention == attrs["retention"] > TEN_YEARS
    # Ohm's law of line and transistor, at the bit line's voltage.
    assert table["write_energy"].iloc[1] == pytest.approx(1.2e-4 * writes(cell)[0].level * 1e-9, rel=0.2)
    plot(table)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("technology", "corner"),
    some_of(
        list(itertools.product(("generic", "sky130"), ("typical", "slow", "fast"))),
        [("generic", "slow"), ("sky130", "typical")],
    ),
)
def test_corners_and_temperatures(technology, corner):
    """Pulses are made for the corner; at 125 degrees Celsius the wall diffuses more, and more of them miss."""
    if technology == "sky130":
        kit("sky130")
    kelvin = {"typical": 300.15, "slow": 233.15, "fast": 398.15}[corner]
    table = simulate(SpinOrbitWallCell(technology=technology, corner=corner, temperature=kelvin), pulses=1)
    assert np.allclose(table["x"] * 6, [1, 2, 1], rtol=0, atol=0.15)
    assert table.attrs["error_rate"] < (1e-3 if kelvin < 310 else 1e-2), table.attrs["reason"]
    assert table.attrs["works"] or corner == "fast"


@pytest.mark.ngspice
@pytest.mark.slow
def test_a_write_transistor_that_is_too_narrow_is_told():
    table = simulate(SpinOrbitWallCell(write_width=1.0), pulses=1)
    assert not table.attrs["works"] and "sites from where it should be" in table.attrs["reason"]


def test_the_netlist_is_there_in_every_dialect():
    for dialect in ("ngspice", "xyce", "ltspice", "hspice", "spectre"):
        text = SpinOrbitWallCell().netlist(dialect)
        assert "spin_orbit_wall_cell" in text and "spin_orbit_wall_cell_wall" in text


def test_the_polarity_is_that_of_the_spin_hall_angle():
    negative, positive = SpinOrbitWallCell(), SpinOrbitWallCell(spin_hall_angle=0.3)
    raised = [next(iter(set(cell.lines.writes[0]) - {"write_word"})) for cell in (negative, positive)]
    assert raised == ["write_bit", "source"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"spin_hall_angle": 0.0}, "no current moves the wall"),
        ({"strip": MTJ()}, "domain-wall-synapse"),
        ({"strip": "domain-wall-synapse:sengupta2016-like"}, "two or more sites"),
        ({"strip": DomainWallSynapse(pinning_energy=2e-19, pinning_period=3e-7)}, "two or more sites"),
        ({"write_width": 0.1}, "outside its bounds"),
        ({"noise_step": "3 ohm"}, "noise_step"),
    ],
)
def test_cells_that_cannot_be_are_refused(values, words):
    with pytest.raises(ParameterError, match=words):
        SpinOrbitWallCell(**values)


@pytest.mark.parametrize("pulses", [0, 5, 1.5])
def test_pulses_that_no_level_is_there_for_are_refused(pulses):
    with pytest.raises(ParameterError, match="pulses"):
        staircase(SpinOrbitWallCell(), pulses=pulses)
