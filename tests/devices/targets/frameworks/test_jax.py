"""The JAX target: the numeric target's values, order of convergence, and transformations of its pure functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from frameworks import framework

from synaspice.devices import MTJ, VTEAM, AutoOscillator, ParameterError, Sine, UnknownNameError
from synaspice.devices.catalog import models

jax = framework("jax")
jnp = jax.numpy
DEVICES = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}


@pytest.fixture(autouse=True)
def double_precision():
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


@pytest.mark.parametrize("name", DEVICES)
def test_static_curves_equal_the_numeric_target(name):
    device = DEVICES[name]()
    voltages = {branch: np.random.default_rng(1).normal(size=8) for branch in device.branches()}
    functions, expected = device.to_jax(), device.static(**voltages)
    found = functions.static(functions.parameters, voltages)
    assert list(found) == list(expected)
    for key, values in expected.items():
        assert np.all(np.isfinite(found[key]))
        # XLA's elementary functions differ from NumPy's by roundings, of which 1 - tanh(x) is one
        state = device.state_declarations().get(key.removeprefix("d").removesuffix("/dt"))
        size = max(np.abs(values).max(), state.scale / device.settling_time if state else 0.0)
        np.testing.assert_allclose(found[key], values, rtol=1e-12, atol=1e-12 * size)


def test_trajectories_converge_to_the_numeric_ones_at_fourth_order():
    device = AutoOscillator(initial_power=0.05)
    drive = Sine(1.5e-3, 0.5e-3, 2e8)
    exact = device.simulate(drive, 1e-9, source="current", points=11, rtol=1e-12, atol=1e-14)
    functions, errors = device.to_jax(), []
    for steps in (200, 400):
        found = functions.simulate({}, drive, 1e-9, source="current", steps=steps, points=11)
        errors.append(np.abs(found["c_re"] - exact["c_re"].to_numpy()).max())
    assert errors[1] < 1e-4
    assert 3.8 < math.log2(errors[0] / errors[1]) < 4.2
    np.testing.assert_allclose(found["voltage"], exact["voltage"], rtol=1e-5)


def test_compiled_gradients_equal_finite_differences():
    """Of a junction's m_z amid its switching, by the damping and a drive in time."""
    functions = MTJ.preset("ikeda2010", initial_polar_angle=0.3).to_jax()

    def final(damping, drive):
        return functions.simulate({"damping": damping}, drive, 1.8e-9, steps=200, points=5)["m_z"][-1]

    damping, drive = float(functions.device.damping), jnp.full(3, -1.2)
    compiled = jax.jit(final)
    gradients = jax.jit(jax.grad(final, argnums=(0, 1)))(damping, drive)
    assert -0.9 < float(compiled(damping, drive)) < 0.9

    def difference(function, size):
        values = [float(function(factor * size)) for factor in (-2, -1, 1, 2)]
        return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * size)

    by_damping = difference(lambda h: compiled(damping + h, drive), 1e-4 * damping)
    by_drive = difference(lambda h: compiled(damping, drive.at[1].add(h)), 1e-4)
    np.testing.assert_allclose([gradients[0], gradients[1][1]], [by_damping, by_drive], rtol=1e-6)


def test_noise_is_that_of_its_key_and_maps_over_many():
    functions = AutoOscillator().to_jax()

    def power(key):
        found = functions.simulate({}, 0.0, 5e-10, steps=50, points=2, temperature=300.0, key=key)
        return found["power"][-1]

    keys = jax.random.split(jax.random.key(1), 16)
    ensemble = jax.jit(jax.vmap(power))(keys)
    assert ensemble.shape == (16,)
    assert len(set(ensemble.tolist())) == 16
    np.testing.assert_allclose(ensemble[3], power(keys[3]), rtol=1e-12)


def test_a_batch_is_what_its_members_are():
    device = VTEAM(initial_state=0.3)
    functions = device.to_jax()
    drives = jnp.linspace(-1.0, 1.0, 5)[:, None] * jnp.linspace(0.5, 1.0, 51)
    batch = functions.simulate({}, drives, 20 * device.settling_time)
    single = functions.simulate({}, drives[1], 20 * device.settling_time)
    assert batch["x"].shape == (5, 51)
    assert float(jnp.abs(batch["x"][:, -1] - batch["x"][:, 0]).max()) > 0
    for name in single.keys() - {"time"}:
        np.testing.assert_allclose(batch[name][1], single[name], rtol=1e-12)


def test_bad_requests_are_refused():
    functions = VTEAM().to_jax()
    with pytest.raises(UnknownNameError, match="did you mean 'resistance_on'"):
        functions.static({"resistance_onn": 1.0})
    with pytest.raises(UnknownNameError, match="voltage, state or input"):
        functions.static({}, volts=1.0)
    with pytest.raises(UnknownNameError, match="source"):
        functions.simulate({}, 1.0, 1e-3, source="field")
    with pytest.raises(ParameterError, match="key"):
        functions.simulate({}, 1.0, 1e-3, temperature=300.0)
    with pytest.raises(UnknownNameError, match="dtype"):
        VTEAM().to_jax(dtype="float16")
    jax.config.update("jax_enable_x64", False)
    with pytest.raises(ParameterError, match="jax_enable_x64"):
        VTEAM().to_jax()
    assert VTEAM().to_jax(dtype="float32").static({}, voltage=0.1)["current"].dtype == jnp.float32
