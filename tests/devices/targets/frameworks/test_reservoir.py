"""The reservoirpy node: its amplitudes are the device's, and it does what a linear model cannot."""

from __future__ import annotations

import numpy as np
import pytest
from frameworks import framework

from synaspice.devices import AutoOscillator, ParameterError, PiecewiseLinear, UnknownNameError

reservoirpy = framework("reservoirpy")
from reservoirpy.nodes import Ridge  # noqa: E402

#: At 1.3 times the threshold the amplitude relaxes within 1.7 ns.
SETTINGS = {"bias": 1.3e-3, "amplitude": 0.45e-3, "node_time": 0.4e-9}


def waves(count, generator):
    """Periods of a sine or a square at random, eight samples each, and which it is at every sample."""
    phase = 2 * np.pi * np.arange(8) / 8
    shapes = np.array([np.sin(phase), np.where(np.arange(8) < 4, 1.0, -1.0)])
    kinds = generator.integers(0, 2, count)
    return shapes[kinds].reshape(-1, 1), np.repeat(kinds, 8).reshape(-1, 1).astype(float)


def accuracy(model, train, test):
    model.fit(*train)
    return np.mean((model.run(test[0]) > 0.5) == (test[1] > 0.5))


def test_an_oscillator_tells_sines_from_squares_and_a_linear_model_does_not():
    """The task of Torrejon et al. 2017, fig. 2: it takes memory, as the samples at 1 and -1 are of both."""
    generator = np.random.default_rng(1)
    train, test = waves(60, generator), waves(40, generator)
    node = AutoOscillator(initial_power=0.2).to_reservoirpy(24, seed=1, **SETTINGS)
    assert accuracy(node >> Ridge(ridge=1e-8), train, test) > 0.97
    assert accuracy(Ridge(ridge=1e-8), train, test) < 0.8


def test_the_virtual_nodes_are_the_amplitudes_of_the_driven_device():
    device = AutoOscillator(initial_power=0.2)
    mask = np.array([[1.0], [-1.0], [0.5]])
    node = device.to_reservoirpy(3, mask=mask, time_step=0.5e-12, **SETTINGS)
    found = node.run(np.array([[1.0], [-0.5]]))
    # The levels jump: straight lines that are very steep come near to that.
    levels = 1.3e-3 + 0.45e-3 * np.repeat([*mask[:, 0], *(-0.5 * mask[:, 0])], 2)
    ends = 0.4e-9 * np.arange(1, 7)
    edges = np.sort([0.0, *ends, *(ends[:-1] + 1e-16)])
    drive = PiecewiseLinear(tuple(edges), tuple(levels))
    exact = device.simulate(drive, 2.5e-9, source="current", times=ends, rtol=1e-10, atol=1e-12)
    # Heun's scheme: its amplitude grows by (omega h)^3 / 8 per radian, omega h = 2 pi 5e9 * 0.5e-12
    np.testing.assert_allclose(found.ravel(), exact["envelope"], rtol=1e-4)


def test_a_run_goes_on_where_the_last_one_ended():
    inputs = np.random.default_rng(2).uniform(-1, 1, (6, 2))
    nodes = [AutoOscillator(initial_power=0.2).to_reservoirpy(4, **SETTINGS) for _ in range(2)]
    whole = nodes[0].run(inputs)
    parts = np.concatenate([nodes[1].run(inputs[:2]), [nodes[1](x) for x in inputs[2:]]])
    np.testing.assert_allclose(parts, whole, rtol=1e-12)
    nodes[0].reset()
    np.testing.assert_array_equal(nodes[0].run(inputs), whole)


def test_noise_is_reproducible_and_new_in_every_run():
    device = AutoOscillator(initial_power=0.2)
    runs = []
    for _ in range(2):
        node = device.to_reservoirpy(4, temperature=300.0, seed=3, **SETTINGS)
        runs.append([node.run(np.zeros((2, 1))) for _ in range(2)])
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0][0], runs[0][1])


def test_the_amplitude_of_the_voltage_serves_where_there_is_no_envelope():
    device = AutoOscillator(initial_power=0.2)
    settings = SETTINGS | {"node_time": 2e-9}
    amplitudes = device.to_reservoirpy(2, observable="voltage", **settings).run(np.zeros((4, 1)))[-1]
    envelope = device.to_reservoirpy(2, **settings).run(np.zeros((4, 1)))[-1]
    # v = (R_0 + Delta R Re c) i; 16 samples over ten periods alias to six phases and more of the rf voltage
    np.testing.assert_allclose(amplitudes, envelope * device.resistance_swing * 1.3e-3, rtol=0.1)


def test_bad_requests_are_refused():
    device = AutoOscillator()
    with pytest.raises(UnknownNameError, match="observable"):
        device.to_reservoirpy(4, observable="envelop", **SETTINGS)
    with pytest.raises(ParameterError, match="units"):
        device.to_reservoirpy(0, **SETTINGS)
    with pytest.raises(ParameterError, match="node_time"):
        device.to_reservoirpy(4, **SETTINGS | {"node_time": -1.0})
    with pytest.raises(ParameterError, match="mask"):
        device.to_reservoirpy(4, mask=np.ones((3, 1)), **SETTINGS)
    with pytest.raises(ParameterError, match="finite"):
        device.to_reservoirpy(4, **SETTINGS).run(np.array([[np.inf]]))
