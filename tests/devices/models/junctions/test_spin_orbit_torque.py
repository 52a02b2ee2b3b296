"""Spin-orbit torque of a heavy-metal line."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import hysteresis, switching
from synaspice.devices import ParameterError, SpinOrbitTorqueMTJ


def damping_like_field(device, current):
    """hbar theta J / (2 e mu0 M_s t), by hand."""
    density = current / (device.line_width * device.line_thickness)
    return (
        codata.hbar
        * device.spin_hall_angle
        * density
        / (2 * codata.e * codata.mu_0 * device.saturation_magnetization * device.free_layer_thickness)
    )


def largest_balance(hold, field):
    """Largest damping-like field that a perpendicular layer, turning in the x-z plane, can balance.

    With m = (sin t, 0, cos t) the torques about y balance where H_DL = H_k sin t cos t - H_x cos t.
    """
    angle = np.linspace(0, math.pi / 2, 200001)
    return np.max(hold * np.sin(angle) * np.cos(angle) - field * np.cos(angle))


def leaves_its_axis(device, current):
    # Slowly on, so that precession does not help.
    ramp = device.simulate(
        np.array([0.0, current, current]) * device.line_resistance, 60e-9, source="line_voltage", points=3
    )
    return ramp["m_z"].iloc[-1] < 0.3


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1])
def test_the_switching_current_is_that_of_lee(share):
    """J_c = (2 e mu0 M_s t / hbar theta) (H_k / 2 - H_x / sqrt 2) for H_x << H_k.

    K.-S. Lee, S.-W. Lee, B.-C. Min, K.-J. Lee, Appl. Phys. Lett. 102, 112410 (2013), doi:10.1063/1.4798288. The field
    along the line assists the torque, so that its sign follows the current's.
    """
    device = SpinOrbitTorqueMTJ(damping=0.3, tmr=1.0)
    hold = device.anisotropy_field
    field = share * hold
    exact = largest_balance(hold, field)
    lee = hold / 2 - field / math.sqrt(2)
    # The expansion in H_x / H_k: the next term is of its square.
    assert lee == pytest.approx(exact, rel=max(1e-6, 2 * share**2))
    # The current whose pull towards -y, through m x (m x sigma), turns m towards +x.
    pushed = device.replace(field_x=field)
    critical = exact / damping_like_field(device, 1.0)
    assert device.critical_line_current == pytest.approx(hold / 2 / damping_like_field(device, 1.0), rel=1e-9)
    assert device.perpendicular
    signs = [sign for sign in (1, -1) if leaves_its_axis(pushed, 1.02 * sign * critical)]
    assert signs, "one sign of the current has to take it off its axis"
    assert not leaves_its_axis(pushed, 0.98 * signs[0] * critical)


def test_an_in_plane_magnet_settles_along_the_injected_spins():
    """With its spins along the easy axis the line works as a spin-transfer torque does: -y for a positive current."""
    values = {"interfacial_anisotropy": 0.0, "diameter": 40e-9, "width": 100e-9, "free_layer_thickness": 2e-9}
    device = SpinOrbitTorqueMTJ(
        **values, initial_polar_angle=math.pi / 2 - 0.05, initial_azimuth=math.pi / 2 - 0.05, spin_hall_angle=0.3
    )
    # alpha (H_k + M_eff / 2) balances the damping-like field at the threshold.
    needed = device.damping * (device.anisotropy_field + device.hard_axis_field) / 2
    current = 4 * needed / damping_like_field(device, 1.0)
    voltage = current * device.line_resistance
    assert device.simulate(voltage, 20e-9, source="line_voltage", points=2)["m_y"].iloc[-1] < -0.9
    assert device.simulate(-voltage, 20e-9, source="line_voltage", points=2)["m_y"].iloc[-1] > 0.9
    gentle = device.simulate(0.5 * voltage / 4, 20e-9, source="line_voltage", points=2)
    assert gentle["m_y"].iloc[-1] > 0.9


def test_the_line_is_a_resistor_and_the_barrier_is_read_beside_it():
    device = SpinOrbitTorqueMTJ(line_resistivity=1e-6, line_length=1e-7, line_width=5e-8, line_thickness=4e-9)
    assert device.line_resistance == pytest.approx(1e-6 * 1e-7 / (5e-8 * 4e-9), rel=1e-12)
    trace = device.simulate(0.3, 1e-11, source="line_voltage", inputs={"voltage": 0.05}, points=2)
    assert trace["line_current"].iloc[0] == pytest.approx(0.3 / device.line_resistance, rel=1e-12)
    assert trace["current"].iloc[0] == pytest.approx(0.05 / trace["resistance"].iloc[0], rel=1e-12)
    assert device.terminals() == ("p", "n", "line")


def test_bad_lines_are_refused():
    for values in ({"line_width": 0.0}, {"line_resistivity": math.nan}, {"spin_hall_angle": 3.0}):
        with pytest.raises(ParameterError, match="bounds|not nan"):
            SpinOrbitTorqueMTJ(**values)


@pytest.mark.ngspice
@pytest.mark.parametrize("engine", ["numeric", "ngspice"])
def test_the_line_current_switches_back_and_forth(engine):
    table = hysteresis(SpinOrbitTorqueMTJ(), engine=engine, max_step=2e-12)
    assert table.attrs["swept"] == "line_current"
    up = table["cosine"][table["line_current"] > 0.99 * table["line_current"].max()]
    down = table["cosine"][table["line_current"] < 0.99 * table["line_current"].min()]
    # At the turning points the torque holds the layer near the plane, on the side that field and current favour.
    assert up.mean() > 0 > down.mean()
    # Back at zero current it is where the last half-cycle left it.
    zero = np.flatnonzero(np.diff(np.sign(table["line_current"])))
    assert sorted(np.round(table["cosine"].iloc[zero[-2:]])) == [-1, 1]


def test_pulses_of_the_line_switch_an_ensemble():
    # With little damping the layer precesses when the pulse ends, and may fall to either side.
    device = SpinOrbitTorqueMTJ(damping=0.3)
    amplitude = [0.3 * device.critical_line_current, 2 * device.critical_line_current]
    table = switching(device, amplitude=amplitude, width=1e-9, trajectories=40, seed=1)
    assert table["probability"].iloc[0] < 0.1 and table["probability"].iloc[1] > 0.9
