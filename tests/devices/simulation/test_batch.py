"""Many trajectories in one call are those of single calls."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import sympy as sp

from synaspice.devices import MTJ, VTEAM, ParameterError, Pulse, SimulationError, Triangle, simulate_many
from synaspice.devices.core.protocols import Compliance
from synaspice.devices.language.declarations.declaration import Branch, State
from synaspice.devices.model import CompactModel

JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.3)


def one_by_one(count, of, **how):
    """The tables of single calls, one below the other."""
    tables = [device.simulate(drive, 2e-9, **arguments, **how) for device, drive, arguments in map(of, range(count))]
    return pd.concat(tables, ignore_index=True)


def assert_same(table, expected, count):
    assert list(table["trajectory"]) == list(np.repeat(range(count), len(table) // count))
    pd.testing.assert_frame_equal(table.drop(columns="trajectory"), expected, check_exact=True)


@pytest.mark.parametrize("threads", [1, 2])
def test_drives_may_differ(threads):
    drives = [-0.5, Pulse(0.0, -1.0, delay=1e-10, width=1e-9), np.sin(np.linspace(0, 6, 50)), 0.4]
    table = simulate_many(JUNCTION, drives, 2e-9, points=11, threads=threads)
    assert_same(table, one_by_one(4, lambda k: (JUNCTION, drives[k], {}), points=11), 4)
    assert "varied" not in table.attrs and table.attrs["units"]["trajectory"] == "1"


def test_an_array_of_currents_is_one_for_each_trajectory():
    currents = np.linspace(-6e-5, 6e-5, 5)
    table = simulate_many(JUNCTION, currents, 2e-9, source="current", times=[1e-9, 2e-9])
    expected = one_by_one(5, lambda k: (JUNCTION, currents[k], {}), source="current", times=[1e-9, 2e-9])
    assert_same(table, expected, 5)


def test_devices_inputs_and_initial_states_may_differ():
    devices = [JUNCTION.replace(damping=0.01 * (1 + k), initial_polar_angle=0.1 + 0.2 * k) for k in range(3)]
    fields = [1e4, Triangle(2e4, 1e-9), 0.0]
    table = simulate_many(devices, -0.3, 2e-9, inputs={"field_z": fields, "field_x": 1e3}, points=7)
    expected = one_by_one(3, lambda k: (devices[k], -0.3, {"inputs": {"field_z": fields[k], "field_x": 1e3}}), points=7)
    assert_same(table, expected, 3)
    assert table.attrs["varied"]["damping"] == [0.01, 0.02, 0.03]
    assert not set(table.attrs["varied"]) & set(table.attrs["parameters"])
    json.dumps(table.attrs)


def test_a_compliance_holds_for_each():
    device, limit = VTEAM(window="biolek"), Compliance(1e-4)
    devices = [device.replace(initial_state=x) for x in (0.1, 0.5)]
    table = simulate_many(devices, [Triangle(1.0, 1e-9), 0.9], 2e-9, compliance=limit, points=9)
    drives = [Triangle(1.0, 1e-9), 0.9]
    assert_same(table, one_by_one(2, lambda k: (devices[k], drives[k], {}), compliance=limit, points=9), 2)


class _Saturating(CompactModel, abstract=True):
    """Carries a milliampere and no more."""

    voltage = Branch("p", "n", "v")
    x = State("1", "x", initial=lambda s: 0)

    @classmethod
    def equations(cls, s):
        return {"current": 1e-3 * sp.tanh(s.voltage), "dx/dt": -s.x / 1e-9}


def test_the_one_that_fails_is_named():
    with pytest.raises(
        SimulationError, match="^trajectory 1: the voltage at which the device carries .* was not found"
    ):
        simulate_many(_Saturating(), [5e-4, 2e-3], 1e-9, source="current", points=3)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (([JUNCTION, JUNCTION], [0.1, 0.2, 0.3], 1e-9), "not 2 devices, 3 drives"),
        (([], 0.1, 1e-9), "not 0 devices"),
        ((JUNCTION, [], 1e-9), "not 0 drives"),
        (([JUNCTION, VTEAM()], 0.1, 1e-9), "of one model with the same options"),
        (([JUNCTION, "mtj"], 0.1, 1e-9), "devices must be devices, not 'mtj'"),
        ((JUNCTION, [0.1, float("nan")], 1e-9), "finite"),
        ((JUNCTION, [0.1, "a"], 1e-9), "drive"),
        ((JUNCTION, [0.1, 0.2], -1e-9), "duration"),
        ((JUNCTION, [0.1] * 10, 1e-9, {"points": 10**8}), "points take"),
        ((JUNCTION, 0.1, 1e-9, {"threads": 0}), "threads"),
        ((JUNCTION, 0.1, 1e-9, {"rtol": 1.0}), "rtol"),
        ((JUNCTION, 0.1, 1e-9, {"inputs": {"field_x": [1.0, "a"]}}), "field_x"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, problem):
    *given, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
    with pytest.raises(ParameterError, match=problem):
        simulate_many(*given, **options)
