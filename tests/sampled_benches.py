"""Benches whose answers are known, for tests of statistics, that other processes can import."""

from __future__ import annotations

import time

import numpy as np

from synaspice.devices import ParameterError
from synaspice.devices.core.metadata import device_table

#: Ishigami's constants.
A, B = 7.0, 0.1
#: Weights of the linear figure.
WEIGHTS = {"resistance_on": 2.0, "resistance_off": -0.5}


def linear(device):
    """A figure of merit that is linear in two parameters, and a curve of it."""
    figure = sum(weight * device.values[name] for name, weight in WEIGHTS.items())
    at = np.linspace(0.0, 1.0, 5)
    columns = {"x": (at, "1", "place"), "y": (figure * at, "ohm", "figure"), "kind": (["a"] * 5, "", "a text")}
    return device_table(device, columns, bench="linear", engine="numeric", figure=figure)


def exponential(device):
    """A figure of merit that rises with three parameters."""
    names = ("resistance_on", "resistance_off", "mobility")
    total = sum(device.values[name] / type(device)().values[name] for name in names)
    return device_table(device, {"y": ([np.exp(total)], "1", "figure")}, bench="exponential", engine="numeric")


def ishigami(device):
    """Ishigami's function of three parameters that reach from half to one and a half times their defaults."""
    names = ("resistance_on", "resistance_off", "mobility")
    x, y, z = (2 * np.pi * (device.values[name] / type(device)().values[name] - 1) for name in names)
    figure = np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)
    return device_table(device, {"y": ([figure], "1", "figure")}, bench="ishigami", engine="numeric")


def slow_and_random(device, *, seed=None, wait=0.0):
    """A bench with noise of its own, that takes time."""
    time.sleep(wait)
    noise = np.random.default_rng(seed).standard_normal(3)
    columns = {"y": (device.resistance_on + noise, "ohm", "figure"), "label": (["a", "b", "c"], "", "a text")}
    return device_table(device, columns, bench="slow-and-random", engine="numeric", seed=seed)


def fails_above(device, *, limit=100.0):
    """A bench that cannot measure devices of too high a resistance."""
    if device.resistance_on > limit:
        raise ParameterError("too high")
    return linear(device)
