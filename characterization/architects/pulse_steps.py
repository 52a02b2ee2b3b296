"""Steps of a device's conductance by equal pulses: what programs that train networks with devices ask for."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.crossbars.weights.weight_cells import WeightCells
from ...devices.core.variability import Distribution, sample
from ...devices.language.checks import mapping, whole
from ...devices.language.errors import ParameterError, ValidityWarning
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..benches.memristors.potentiation import potentiation

#: Weight of the curvature of the steps over the weight, against the misfit, in their fit at nodes.
SMOOTHNESS = 0.1
#: Nodes at which steps are compared.
FINE = 63
#: Misfit of a curve above which sizes at nodes are no smaller than its smallest step. [1]
CLOSE = 0.01
#: Cycles from which the noise of steps is taken, by default and at least.
CYCLES, FEWEST = 8, 3


@dataclass(frozen=True)
class PulseSteps:
    r"""Conductances over equal pulses, and their spreads, with weights from -1 at the lowest to 1 at the highest.

    Attributes
    ----------
    table : pandas.DataFrame
        Of the bench ``potentiation``.
    lowest, highest : float
        Conductances at the weights -1 and 1. [S]
    up, down : ndarray
        Weights before the first pulse and after each, that raise and lower the conductance. [1]
    cycle_spread : float
        Standard deviation of a step over its mean, from cycle to cycle. [1]
    step_spread, lowest_spread, highest_spread : float
        Standard deviations from device to device: of the steps over those of the device at the same weight, and of both
        ends, as weights. [1]
    read_spread : float or None
        Standard deviation of a read, as a weight, the largest over the range; None if the device's is not known. [1]
    """

    table: pd.DataFrame
    lowest: float
    highest: float
    up: FloatArray
    down: FloatArray
    cycle_spread: float = 0.0
    step_spread: float = 0.0
    lowest_spread: float = 0.0
    highest_spread: float = 0.0
    read_spread: float | None = None

    def conductance(self, weight: FloatArray) -> FloatArray:
        """Conductances of weights [S]."""
        return np.asarray(self.lowest + (np.asarray(weight) + 1) / 2 * (self.highest - self.lowest))

    def at_nodes(self, nodes: int) -> tuple[FloatArray, FloatArray]:
        """Sizes of steps up and down at weights evenly spaced from -1 to 1, between which they are lines [1].

        Fitted to the steps of the curves by least squares, smoothly; where no pulse has been they go on as lines do.
        Where they miss the curve, none is smaller than its smallest step, so that no weight is stuck.

        Parameters
        ----------
        nodes : int
            How many weights.
        """
        up, down = _at_nodes(self.up, nodes), _at_nodes(self.down[::-1], nodes, -1)
        return _along_curve(self.up, up, 1), _along_curve(self.down, down, -1)

    def repeated(self, nodes: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
        """The curves that steps at nodes make, from where the device's begin, with bounds at -1 and 1 [1]."""
        return _repeated(self.up, nodes[0], 1), _repeated(self.down, nodes[1], -1)

    def misfit(self, nodes: tuple[FloatArray, FloatArray]) -> tuple[float, float]:
        """Root mean square distance of these curves from the device's, over the range [1]."""
        up, down = (_apart(*each) for each in zip(self.repeated(nodes), (self.up, self.down), strict=True))
        return up, down


def pulse_steps(
    device: CompactModel,
    *,
    pulses: int = 64,
    read_voltage: float = 0.1,
    temperature: float | None = None,
    cycles: int = CYCLES,
    seed: int = 0,
    distributions: Mapping[str, Distribution] | None = None,
    devices: int = 20,
) -> PulseSteps:
    """Measure the steps of a device, from cycle to cycle and from device to device.

    Parameters
    ----------
    device : CompactModel
        A device whose conductance pulses raise and lower.
    pulses : int
        Pulses in each direction.
    read_voltage : float
        Voltage at which the conductance is read. [V]
    temperature : float, optional
        Temperature of the noise, from which the spread from cycle to cycle is [K]; default: none.
    cycles : int
        Cycles with noise, three or more.
    seed : int
        Seed of the noise and of the devices.
    distributions : mapping, optional
        Distributions of parameters, by name, from which the spread from device to device is; default: none.
    devices : int
        Devices of that sample.

    Raises
    ------
    ParameterError
        If the bench ``potentiation`` refuses the device, or there are fewer than three cycles or devices.
    """
    table = measured(device, pulses=pulses, read_voltage=read_voltage)
    up, down = curves_of(table)[:, 0]
    both = np.concatenate([up, down])
    lowest, highest = float(both.min()), float(both.max())

    def weight(conductance: Any) -> FloatArray:
        return np.asarray(2 * (np.asarray(conductance) - lowest) / (highest - lowest) - 1)

    ends = lowest, highest, weight(up), weight(down)
    found: dict[str, Any] = {}
    again = {
        "pulses": pulses, "read_voltage": read_voltage, "amplitude": table.attrs["amplitudes"][0],
        "depression": table.attrs["amplitudes"][1], "width": table.attrs["widths"][0],
        "depression_width": table.attrs["widths"][1],
    }  # fmt: skip
    if temperature is not None:
        number = whole("cycles", cycles, FEWEST)
        noisy = measured(device, cycles=number, temperature=temperature, seed=whole("seed", seed, 0), **again)
        found["cycle_spread"] = _cycle_spread(weight(curves_of(noisy)), PulseSteps(table, *ends).at_nodes(FINE))
    if spread := mapping("distributions", distributions):
        drawn = sample(device, spread, whole("devices", devices, FEWEST), whole("seed", seed, 0))
        curves = np.array([curves_of(measured(one, **again))[:, 0] for one in drawn])
        nodes = PulseSteps(table, *ends).at_nodes(FINE)
        found["step_spread"] = float(np.std([_step_scale(weight(each), nodes) for each in curves], ddof=1))
        for name, end in (("lowest_spread", np.min), ("highest_spread", np.max)):
            found[name] = float(weight(end(curves, axis=(1, 2))).std(ddof=1))
    return PulseSteps(table, *ends, read_spread=_read_spread(device, read_voltage, lowest, highest), **found)


def measured(device: CompactModel, **how: Any) -> pd.DataFrame:
    """The bench's table, whatever NeuroSim's formula makes of it, and whether or not its loop is closed."""
    with warnings.catch_warnings():
        for told in ("the formula misses", "without noise the cycles differ"):
            warnings.filterwarnings("ignore", message=told, category=ValidityWarning)
        return potentiation(device, **how)


def curves_of(table: pd.DataFrame) -> FloatArray:
    """Conductances of the bench ``potentiation``, shape (2 directions, cycles, pulses + 1) [S]."""
    cycles = int(table["cycle"].max()) + 1
    return np.array([
        part["conductance"].to_numpy().reshape(cycles, -1) for _, part in table.groupby("direction", sort=False)
    ])  # fmt: skip


def _beside(weights: FloatArray, sizes: FloatArray, sign: int) -> tuple[FloatArray, FloatArray]:
    """Steps of curves within the range, and those expected at the same weights [1]."""
    expected = np.interp(weights[..., :-1], np.linspace(-1, 1, len(sizes)), sizes)
    within = (np.abs(weights[..., :-1]) <= 1) & (np.abs(weights[..., :-1] + sign * expected) <= 1)
    return (sign * np.diff(weights, axis=-1))[within], expected[within]


def _cycle_spread(weights: FloatArray, nodes: tuple[FloatArray, FloatArray]) -> float:
    """Deviation of steps within the range from those without noise at the same weight, over these, rms [1]."""
    apart, size = 0.0, 0.0
    for sign, each, sizes in zip((1, -1), weights, nodes, strict=True):
        steps, expected = _beside(each, sizes, sign)
        apart += float(np.sum((steps - expected) ** 2))
        size += float(np.sum(expected**2))
    return math.sqrt(apart / size)


def _step_scale(weights: FloatArray, nodes: tuple[FloatArray, FloatArray]) -> float:
    """The factor by which a device's steps differ from those at the same weight, by least squares [1]."""
    both = [_beside(each, sizes, sign) for sign, each, sizes in zip((1, -1), weights, nodes, strict=True)]
    steps, expected = (np.concatenate(part) for part in zip(*both, strict=True))
    return float(np.sum(steps * expected) / np.sum(expected**2))


def _read_spread(device: CompactModel, voltage: float, lowest: float, highest: float) -> float | None:
    try:
        cells = WeightCells.of(device, read_voltage=voltage)
    except ParameterError:
        return None
    levels = np.clip(np.linspace(lowest, highest, 33), cells.errors.smallest, cells.errors.largest)
    return float(np.max(2 * levels * cells.errors.read_noise(levels)) / (highest - lowest))


def _at_nodes(weights: FloatArray, nodes: int, sign: int = 1) -> FloatArray:
    """Sizes of steps at nodes, from weights in rising order; those of a falling curve are before the later one."""
    steps = np.abs(np.diff(weights))
    before = weights[:-1] if sign > 0 else weights[1:]
    position = (before + 1) / 2 * (nodes - 1)
    cell = np.clip(np.floor(position).astype(int), 0, nodes - 2)
    part = position - cell
    rows = np.arange(len(steps))
    matrix = np.zeros((len(steps), nodes))
    matrix[rows, cell], matrix[rows, cell + 1] = 1 - part, part
    curvature = SMOOTHNESS * np.diff(np.eye(nodes), 2, axis=0)
    scale = float(steps.mean()) or math.inf
    sizes, *_ = np.linalg.lstsq(
        np.vstack([matrix, curvature]), np.concatenate([steps / scale, np.zeros(nodes - 2)]), rcond=None
    )
    return np.asarray(scale * np.maximum(sizes, 0.0))


def _repeated(there: FloatArray, sizes: FloatArray, sign: int) -> FloatArray:
    """The curve that sizes at nodes make from where another begins, with bounds at -1 and 1 [1]."""
    grid, values = np.linspace(-1, 1, len(sizes)).tolist(), sizes.tolist()
    step, last = 2 / (len(sizes) - 1), len(sizes) - 2
    weights = [float(there[0])]
    for _ in there[1:]:
        now = weights[-1]
        cell = min(int((now + 1) / step), last)
        size = values[cell] + (values[cell + 1] - values[cell]) * (now - grid[cell]) / step
        weights.append(min(max(now + sign * size, -1.0), 1.0))
    return np.array(weights)


def _apart(made: FloatArray, there: FloatArray) -> float:
    return float(np.sqrt(np.mean((made - there) ** 2)) / 2)


def _along_curve(there: FloatArray, sizes: FloatArray, sign: int) -> FloatArray:
    """Sizes at nodes, of a curve that they miss no smaller than its smallest step [1].

    Fitted to steps of very different lengths they are 0 somewhere, where the weight would stay for ever.
    """
    if _apart(_repeated(there, sizes, sign), there) <= CLOSE:
        return sizes
    steps = np.abs(np.diff(there))
    return np.asarray(np.maximum(sizes, steps[steps > 0].min()))
