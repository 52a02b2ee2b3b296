"""Lookup tables: read back equal, interpolated within the bound of linear interpolation, in ngspice too."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from synaspice.characterization import lookup, read_table, write_table
from synaspice.circuits.engine.ngspice import DCSweep, run
from synaspice.devices import MTJ, VTEAM, ParameterError, UnknownNameError, Yakopcic
from synaspice.devices.targets.lookup import write_table_module, write_table_subcircuit


def test_a_table_holds_the_static_curves_and_is_read_back_equal(tmp_path):
    device = VTEAM()
    grid = {"voltage": np.linspace(-1, 1, 21), "x": np.linspace(0, 1, 11)}
    table = lookup(device, grid)
    path = write_table(table, tmp_path / "vteam.parquet")
    again = read_table(path)
    assert again.equals(table)
    assert again.attrs["units"]["dcurrent/dvoltage"] == "S"
    assert again.attrs["units"]["dx/dt"] == "1/s"
    assert again.attrs["device"] == "vteam"
    assert again.attrs["shape"] == [21, 11]
    current = again["current"].to_numpy().reshape(again.attrs["shape"])
    expected = device.static(voltage=grid["voltage"][3], x=grid["x"][7])
    assert current[3, 7] == expected["current"]


def bound(device, axis):
    """Error bound of linear interpolation, h^2 max|i''| / 8, with the largest curvature on a fine grid."""
    fine = np.linspace(axis[0], axis[-1], 20001)
    curvature = np.gradient(device.static(voltage=fine)["dcurrent/dvoltage"], fine)
    return (axis[1] - axis[0]) ** 2 / 8 * np.abs(curvature).max()


@pytest.mark.ngspice
@pytest.mark.parametrize(
    "device", [MTJ.preset("ikeda2010", initial_polar_angle=3.1), Yakopcic(initial_state=0.5)], ids=["mtj", "yakopcic"]
)
def test_ngspice_interpolates_within_the_bound_and_converges_at_second_order(device):
    voltage, errors = np.linspace(-0.5, 0.5, 401), []
    exact = device.static(voltage=voltage)["current"]
    for points in (11, 21):
        axis = np.linspace(-0.5, 0.5, points)
        text = write_table_subcircuit(device, axis, name="device")
        circuit = f"* table\n{text}\nV1 a 0 0\nX1 a 0 device\n"
        current = -run(circuit, DCSweep("V1", -0.5, 0.5, 0.0025))["i(v1)"].to_numpy()
        errors.append(np.abs(current - exact).max())
        # ngspice solves to its default reltol of 1e-3 of a current; a source without unknowns is exact but for 1e-9
        assert errors[-1] < bound(device, axis) * 1.001 + 1e-9 * np.abs(exact).max()
    assert 3.2 < errors[0] / errors[1] < 4.8


def test_the_module_s_data_are_a_grid_that_others_interpolate():
    device = VTEAM(initial_state=0.35)
    errors = []
    for points in (9, 17):
        grid = {"voltage": np.linspace(-1, 1, points), "x": np.linspace(0.3, 1, points)}
        written = write_table_module(device, grid, "vteam.tbl")
        rows = np.array([line.split() for line in written.data.splitlines() if not line.startswith("#")], dtype=float)
        axes = [np.unique(rows[:, k]) for k in (0, 1)]
        for axis, name in zip(axes, grid, strict=True):
            np.testing.assert_array_equal(axis, grid[name])
        interpolate = RegularGridInterpolator(axes, rows[:, 2].reshape(points, points))
        v, x = np.random.default_rng(1).uniform([[-1], [0.3]], [[1], [1]], (2, 2000))
        errors.append(np.abs(interpolate(np.stack([v, x], axis=1)) - device.static(voltage=v, x=x)["current"]).max())
    assert 3.2 < errors[0] / errors[1] < 4.8
    assert '$table_model(V(p, n), x, "vteam.tbl", "1C,1C")' in written.module
    assert "parameter real x = 0.35;" in written.module


def test_bad_grids_and_names_are_refused():
    device = VTEAM()
    with pytest.raises(UnknownNameError, match="voltage, state or input"):
        lookup(device, {"volts": [0, 1]})
    with pytest.raises(ParameterError, match="increase"):
        lookup(device, {"voltage": [1, 0]})
    with pytest.raises(ParameterError, match="axis"):
        lookup(device, {})
    with pytest.raises(ParameterError, match="too large"):
        lookup(device, {"voltage": np.linspace(0, 1, 10**4), "x": np.linspace(0, 1, 10**4)})
    with pytest.raises(UnknownNameError, match="dialect with a table"):
        write_table_subcircuit(device, [0, 1], dialect="spectre")
    with pytest.raises(ParameterError, match="cannot be the name"):
        write_table_subcircuit(device, [0, 1], name="a\n.end")
    with pytest.raises(ParameterError, match="data file"):
        write_table_module(device, {"voltage": [0, 1]}, 'a"; $system("')
    with pytest.raises(ParameterError, match="the voltage 'voltage'"):
        write_table_module(device, {"x": [0, 1]}, "a.tbl")
