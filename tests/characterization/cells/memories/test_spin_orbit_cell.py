"""The 2T1MTJ cell: write errors against a closed form, polarity, currents, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization.benches.write_error import butler_write_error
from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.memories import spin_orbit
from synaspice.characterization.cells.memories.spin_orbit import missed, spin_orbit_reliability
from synaspice.circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from synaspice.devices import MTJ, ParameterError, Pulse, SpinOrbitTorqueMTJ
from synaspice.devices.language.equations.constants import CONSTANTS, k_B, mu_0

BOLTZMANN, MU_0 = (CONSTANTS[name][0] for name in (k_B, mu_0))

#: Magnet that is symmetric about y, along the spins of the line: then the spin-orbit torque is that of Slonczewski.
AXIAL = SpinOrbitTorqueMTJ.preset(
    "lee2013-like",
    uniaxial_anisotropy=0.0,
    demagnetizing_factor_x=0.4,
    demagnetizing_factor_y=0.2,
    demagnetizing_factor_z=0.4,
    damping=0.05,
    reference_polar_angle=math.pi / 2,
    reference_azimuth=math.pi / 2,
    initial_polar_angle=math.pi / 2,
    initial_azimuth=math.pi / 2,
)


@pytest.mark.parametrize(("overdrive", "width"), [(3.0, 0.7e-9), (5.0, 0.35e-9)])
def test_write_errors_of_an_axial_magnet_are_butlers(overdrive, width):
    """The closed form, with the prefactor of the Fokker-Planck equation for large tilts in place of its pi^2 / 8."""
    trials, field = 4000, AXIAL.anisotropy_field
    assert field == pytest.approx(0.2 * AXIAL.saturation_magnetization)
    assert AXIAL.hard_axis_field == pytest.approx(field)
    stability = MU_0 * AXIAL.saturation_magnetization * field * AXIAL.volume / 2 / (BOLTZMANN * 300.0)
    pace = AXIAL.damping * AXIAL.gamma_0 * field / (1 + AXIAL.damping**2)
    small_tilts = float(butler_write_error(overdrive, [pace * width], stability)[0])
    i = overdrive
    prefactor = 2 ** ((i - 1) / (i + 1)) * ((i - 1) / i) ** (2 / (i + 1))
    expected = 1 - (1 - small_tilts) ** (prefactor / (math.pi**2 / 8))
    volts = overdrive * AXIAL.critical_line_current * AXIAL.line_resistance
    errors = missed(AXIAL, "parallel", volts, width, 300.0, trials=trials)
    assert errors / trials == pytest.approx(expected, abs=4 * math.sqrt(expected / trials))


def test_below_its_critical_current_a_line_writes_nothing():
    volts = 0.7 * AXIAL.critical_line_current * AXIAL.line_resistance
    assert missed(AXIAL, "parallel", volts, 2e-9, 300.0, trials=500) == 500


@pytest.mark.ngspice
def test_both_states_are_written_with_noise_and_kept():
    cell = SpinOrbitBitCell()
    table = simulate(cell).set_index("step")
    critical, attrs = table.attrs["critical_line_current"], table.attrs
    assert attrs["works"] and attrs["thermal_noise"] and attrs["error_rate"] < 1e-3 and attrs["disturb"] < 1e-3
    low, high = table["line_current"]["parallel"], -table["line_current"]["antiparallel"]
    assert 3 * critical < low < high, "the source follower gives less"
    assert high < cell.supply_voltage / cell.junction.line_resistance
    expected = cell.junction.antiparallel_resistance / cell.junction.parallel_resistance
    assert table["resistance"]["antiparallel"] / table["resistance"]["initial"] == pytest.approx(expected, rel=0.15)
    reliable = spin_orbit_reliability(cell)
    assert reliable.error_rate == attrs["error_rate"] and reliable.retention == attrs["retention"] > 10 * 3.2e7


@pytest.mark.ngspice
def test_a_line_too_thick_to_be_written_is_told(monkeypatch):
    monkeypatch.setattr(spin_orbit, "TRIALS", 200)  # nearly all of its writes fail
    table = simulate(SpinOrbitBitCell(**{"junction.line_thickness": 30e-9}))
    assert table.attrs["error_rate"] > 0.5 and not table.attrs["works"] and table.attrs["reason"]


def test_the_netlist_is_there_in_every_dialect():
    for dialect in ("ngspice", "xyce", "ltspice", "hspice", "spectre"):
        text = SpinOrbitBitCell().netlist(dialect)
        assert "spin_orbit_bit_cell" in text and "spin_orbit_bit_cell_mtj" in text


def test_the_polarity_is_that_of_the_spin_hall_angle():
    negative, positive = SpinOrbitBitCell(), SpinOrbitBitCell(spin_hall_angle=0.3)
    assert (negative.parallel_line, positive.parallel_line) == ("write_bit", "source")
    for cell in (negative, positive):
        junction = cell.junction.replace(initial_polar_angle=math.pi / 2, initial_azimuth=1e-3)
        sign = 1 if cell.parallel_line == "write_bit" else -1
        volts = sign * 5 * junction.critical_line_current * junction.line_resistance
        end = junction.simulate(0.0, 5e-9, inputs={"line_voltage": volts}, points=2).iloc[-1]
        assert end["cosine"] > 0.5


def test_a_perpendicular_layer_needs_a_field():
    with pytest.raises(ParameterError, match="by a field along the line: set junction.field_x"):
        SpinOrbitBitCell(junction="spin-orbit-torque-mtj:lee2013-like")
    # So much damping that the layer does not ring when the pulse ends.
    junction = SpinOrbitTorqueMTJ.preset("lee2013-like", damping=0.5)
    for sign in (-1, 1):
        steered = junction.replace(field_x=sign * 0.1 * junction.anisotropy_field)
        cell = SpinOrbitBitCell(junction=steered)
        volts = 2 * steered.critical_line_current * steered.line_resistance
        pulse = Pulse(0.0, volts if cell.parallel_line == "write_bit" else -volts, 0.0, 5e-11, 5e-11, 2e-9)
        for start in (0.01, math.pi - 0.01):
            held = steered.replace(initial_polar_angle=start)
            assert held.simulate(0.0, 4e-9, inputs={"line_voltage": pulse}, points=2)["cosine"].iloc[-1] > 0.9


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"spin_hall_angle": 0.0}, "writes nothing"),
        ({"junction": MTJ()}, "spin-orbit-torque-mtj"),
        ({"write_width": 0.1}, "outside its bounds"),
        ({"width": "3 ohm"}, "width"),
    ],
)
def test_cells_that_cannot_be_are_refused(values, words):
    with pytest.raises(ParameterError, match=words):
        SpinOrbitBitCell(**values)


@pytest.mark.ngspice
def test_a_state_that_is_none_has_a_reason():
    """A magnet so small that it does not stay: there is no rate of loss to tell, and the table says why."""
    told = spin_orbit_reliability(
        SpinOrbitBitCell(diameter=20e-9, width=22e-9, **{"junction.interfacial_anisotropy": 3e-4})
    )
    assert np.isnan(told.retention) and "barrier" in told.without["retention"]
