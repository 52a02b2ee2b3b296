"""The one Newton's method: what it must find, and what it must refuse, in every form that has it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from frameworks import framework

from synaspice.devices import MTJ, PhaseChangeMemory, SimulationError
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.language.declarations.declaration import Branch, Parameter, State
from synaspice.devices.model import CompactModel
from synaspice.devices.simulation.numerics.newton import roots, voltage_at_current, voltages_at_current

#: 100 uA are within the transition at the threshold, where Newton's method alone goes round in circles; as ngspice.
CURRENT, VOLTAGE = 1e-4, 0.806


class _Saturating(CompactModel, abstract=True):
    voltage = Branch("p", "n", "v")
    largest = Parameter(1e-3, "A", "largest current")
    x = State("1", "x", initial=lambda s: 0)

    @classmethod
    def equations(cls, s):
        return {"current": s.largest * sp.tanh(s.voltage), "dx/dt": -s.x / 1e-9}


def test_numbers_and_arrays_find_the_root_of_a_threshold():
    device = PhaseChangeMemory()
    found = voltage_at_current(device, CURRENT)
    assert found == pytest.approx(VOLTAGE, abs=1e-3)
    assert float(device.static(voltage=found)["current"]) == pytest.approx(CURRENT, rel=1e-12)
    currents = np.concatenate([-np.logspace(-2, -9, 40), [0.0], np.logspace(-9, -2, 40)])
    vectors = initial_state(device), parameter_vector(device)
    many = voltages_at_current(compiled(device), 0, currents, [0.0], *vectors)
    np.testing.assert_allclose(device.static(voltage=many)["current"], currents, rtol=1e-12)
    for current, voltage in zip(currents[::8].tolist(), many[::8].tolist(), strict=True):
        assert voltage_at_current(device, current) == pytest.approx(voltage, rel=1e-12)


def test_trajectories_carry_the_current_that_was_asked_for():
    device = PhaseChangeMemory()
    end = device.simulate(CURRENT, 1e-6, source="current", points=2).iloc[0]
    assert (end["current"], end["voltage"]) == (pytest.approx(CURRENT, rel=1e-9), pytest.approx(VOLTAGE, abs=1e-3))
    noisy = device.ensemble(CURRENT, 1e-8, source="current", trajectories=3, seed=1, time_step=1e-9).final()
    np.testing.assert_allclose(noisy["current"], CURRENT, rtol=1e-9)
    alone = device.simulate(CURRENT, 1e-8, source="current", temperature=300.0, seed=1, time_step=1e-9, points=3)
    np.testing.assert_allclose(alone["current"], CURRENT, rtol=1e-9)


@pytest.mark.parametrize("share", [0.5, 0.99, 1 - 1e-9])
def test_a_current_below_saturation_is_found(share):
    assert voltage_at_current(_Saturating(), share * 1e-3) == pytest.approx(math.atanh(share), rel=1e-6)


@pytest.mark.parametrize("current", [1.001e-3, -2e-3])
def test_a_current_that_cannot_flow_is_an_error(current):
    device = _Saturating()
    with pytest.raises(SimulationError, match="voltage at which"):
        voltage_at_current(device, current)
    with pytest.raises(SimulationError, match="voltage at which"):
        device.simulate(current, 1e-9, source="current", points=3)
    with pytest.raises(SimulationError, match="voltage at which"):
        device.ensemble(current, 1e-9, source="current", trajectories=3, seed=1).final()
    vectors = initial_state(device), parameter_vector(device)
    with pytest.raises(SimulationError, match="voltage at which"):
        voltages_at_current(compiled(device), 0, np.array([1e-4, current]), [0.0], *vectors)


def test_a_jump_over_the_root_is_an_error_and_a_cube_is_none():
    with pytest.raises(SimulationError, match="the edge was not found"):
        roots(lambda v: (np.where(v < 0.3, -1.0, 1.0), np.zeros_like(v)), np.zeros(2), what="the edge")
    wanted = np.array([1e-30, -1e-9, 0.0, 8.0, 1e30])  # no slope at the start
    found = roots(lambda v: (v**3 - wanted, 3 * v**2), np.zeros(5), what="the cube root")
    np.testing.assert_allclose(found, np.cbrt(wanted), rtol=1e-12, atol=1e-30)


def test_a_bracket_is_kept():
    tried = []

    def function(v):
        tried.append(v.copy())
        return np.tanh(50 * (v - 0.9)), 50 / np.cosh(50 * (v - 0.9)) ** 2

    assert roots(function, np.array([0.1]), 0.0, 1.0, what="it") == pytest.approx(0.9, rel=1e-12)
    assert np.min(tried) >= 0 and np.max(tried) <= 1


def test_torch_finds_the_same_and_refuses_the_same():
    framework("torch")
    device = PhaseChangeMemory().to_torch()
    table = device(CURRENT, 1e-8, source="current", points=2, steps=10)
    np.testing.assert_allclose(table["current"].detach(), CURRENT, rtol=1e-9)
    assert table["voltage"][0].item() == pytest.approx(VOLTAGE, abs=1e-3)
    with pytest.raises(SimulationError, match="no voltage"):
        _Saturating().to_torch()(2e-3, 1e-9, source="current", points=2, steps=4)


def test_jax_finds_the_same_and_refuses_the_same():
    jax = framework("jax")
    jax.config.update("jax_enable_x64", True)
    functions = PhaseChangeMemory().to_jax()
    table = functions.simulate(functions.parameters, CURRENT, 1e-8, source="current", points=2, steps=10)
    np.testing.assert_allclose(table["current"], CURRENT, rtol=1e-9)
    assert float(table["voltage"][0]) == pytest.approx(VOLTAGE, abs=1e-3)
    functions = _Saturating().to_jax()
    with pytest.raises(SimulationError, match="no voltage"):
        functions.simulate(functions.parameters, 2e-3, 1e-9, source="current", points=2, steps=4)
    compiled_run = jax.jit(
        lambda current: functions.simulate({}, current, 1e-9, source="current", points=2, steps=4)["voltage"]
    )
    assert np.all(np.isnan(compiled_run(2e-3))) and np.all(np.isfinite(compiled_run(5e-4)))


def test_a_junction_carries_its_current_at_any_size():
    device = MTJ.preset("kiselev2003") if "kiselev2003" in MTJ.presets() else MTJ()
    for current in (1e-12, -1e-6, 1e-3):
        voltage = voltage_at_current(device, current)
        assert float(device.static(voltage=voltage)["current"]) == pytest.approx(current, rel=1e-12)
