r"""Analog substrates of a rate-based network: synapses in cells of a device, and neurons of a circuit.

A neuron's activity is what a run of the substrate counts: spikes of a threshold switch, or decisions of a spin neuron.
Its drive :math:`u` is the weighted sum of the activities before it, in units in which :math:`u = 1` is full activity of
the one, and a thermal width of the other. Every neuron is off by what it was made with, in every run alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ....circuits.cells.neurons.neurons import MemristorNeuron
from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.crossbars.weights.weight_cells import WeightCells
from ....devices.core.distributions import normal_cdf, normal_quantile
from ....devices.language.checks import positive, real, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray

#: Voltage of the preset of spin neurons, that of their signals. [V]
PRESET_VOLTAGE = 0.03
#: What silent neurons are taken to answer a change of their drive with, so that they can learn to fire. [1]
SILENT_SLOPE = 0.1
#: Part of the current at which a membrane is not discharged any more, up to which neurons are driven. [1]
SAFE = 0.9


class Neurons(Protocol):
    """Neurons of one kind."""

    @property
    def sharpness(self) -> float:
        """Factor of the activity in the exponent of the softmax of the loss. [1]."""
        ...

    def ideal(self, drive: FloatArray) -> FloatArray:
        """Activity in software [1], of a drive. [1]."""
        ...

    def slope(self, activity: FloatArray) -> FloatArray:
        """Slope of the activity in software over the drive [1], where the activity [1] was recorded."""
        ...

    def draw_pattern(self, shape: tuple[int, ...], generator: np.random.Generator) -> FloatArray:
        """How far neurons are off for life. [1]."""
        ...

    def respond(self, drive: FloatArray, pattern: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Activity in one run of the substrate [1], of a drive [1], of neurons with a pattern. [1]."""
        ...


def firing_rate(cell: MemristorNeuron, current: FloatArray, threshold: FloatArray | float = 1.0) -> FloatArray:
    r"""Firing rate of a threshold-switch neuron, of the charge and discharge of its membrane.

    .. math::

        \frac{1}{f} = R C \ln\frac{I R - V_r}{I R - V_t} + R_s C \ln\frac{V_t - I R_s}{V_r - I R_s} + 2 t_s, \qquad
        V_r = V_h \frac{R_s}{R_\mathrm{on}}

    with the load :math:`R_l`, :math:`R = R_\mathrm{off} + R_l`, :math:`R_s = R_\mathrm{on} + R_l`, and the time
    constant :math:`t_s` of the switch, once each way; 0 below the threshold :math:`V_t / R`. The membrane is discharged
    down to the hold voltage :math:`V_h` across the switch.

    Parameters
    ----------
    cell : MemristorNeuron
        The neuron.
    current : ndarray
        Input current [A]; none reaches that which holds the switch on, :math:`V_h / R_\mathrm{on}`.
    threshold : ndarray or float
        Threshold voltage over the cell's own. [1]

    Returns
    -------
    ndarray
        Rate. [Hz]
    """
    total, series = cell.resistance_off + cell.load_resistance, cell.resistance_on + cell.load_resistance
    reset = cell.hold_voltage * series / cell.resistance_on
    level = cell.threshold_voltage * np.asarray(threshold, dtype=float)
    held = np.minimum(current, SAFE * cell.hold_voltage / cell.resistance_on)
    fires = held * total > level * (1 + 1e-9)
    drive = np.where(fires, held, 2 * level / total)
    charge = total * np.log((drive * total - reset) / (drive * total - level))
    discharge = series * np.log((level - drive * series) / (reset - drive * series))
    period = cell.capacitance * (charge + discharge) + 2 * cell.switching_time
    return np.where(fires, 1 / period, 0.0)


@dataclass(frozen=True)
class SwitchNeurons:
    r"""Volatile-memristor neurons: the activity is a number of spikes over that at full drive.

    .. math:: I = I_t\,[1 + (m - 1)\,u], \qquad a = \lfloor N f(I) / f(m I_t) + U \rfloor / N, \qquad U \in [0, 1)

    A train of regular spikes is counted from a moment at random. In software the neuron is
    :math:`a = \max(u, 0)`. Neurons differ in the threshold of their switch.

    Attributes
    ----------
    cell : MemristorNeuron
        The circuit.
    spikes : int
        Spikes that full activity has in a run, N.
    spread : float
        Relative standard deviation of the thresholds; assumed. [1]
    multiple : float
        Full drive over the threshold current, m. [1]
    """

    cell: MemristorNeuron
    spikes: int = 20
    spread: float = 0.1
    multiple: float = 4.0
    sharpness: float = 4.0

    def __post_init__(self) -> None:
        whole("spikes", self.spikes, 1)
        if not 0 <= real("spread", self.spread) < 0.5 or not positive("multiple", self.multiple) > 1:
            raise ParameterError("spread must be from 0 to below a half, and multiple above 1")

    def ideal(self, drive: FloatArray) -> FloatArray:
        """Activity in software [1], of a drive. [1]."""
        return np.maximum(drive, 0.0)

    def slope(self, activity: FloatArray) -> FloatArray:
        """Slope of the activity in software [1], where the activity [1] was recorded."""
        return np.where(activity > 0, 1.0, SILENT_SLOPE)

    def draw_pattern(self, shape: tuple[int, ...], generator: np.random.Generator) -> FloatArray:
        """Thresholds over the cell's own. [1]."""
        return np.clip(1 + self.spread * generator.standard_normal(shape), 0.5, 1.5)

    def transfer(self, drive: FloatArray, pattern: FloatArray | float = 1.0) -> FloatArray:
        """Mean activity [1], of a drive. [1]."""
        unit = self.cell.threshold_current
        full = firing_rate(self.cell, np.asarray(self.multiple * unit))
        return firing_rate(self.cell, unit * (1 + (self.multiple - 1) * drive), pattern) / full

    def respond(self, drive: FloatArray, pattern: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Activity in one run of the substrate [1]."""
        mean = self.spikes * self.transfer(drive, pattern)
        return np.floor(mean + generator.random(mean.shape)) / self.spikes


@dataclass(frozen=True)
class SpinNeurons:
    r"""Spin neurons: the activity is the share of decisions in which the magnet fires.

    It is binomial about

    .. math:: P = \Phi(u + \delta), \qquad u = I_s / I_w

    with the thermal width :math:`I_w` of the decision (:class:`~synaspice.circuits.cells.spin.decision.Decision`), and
    the spin current in units of it. Neurons differ in an offset :math:`\delta`, as of a preset that is not quite in the
    plane.

    Attributes
    ----------
    valve : LateralSpinValve
        The circuit.
    decisions : int
        Decisions in a run.
    spread : float
        Standard deviation of the offsets, in thermal widths; assumed. [1]
    """

    valve: LateralSpinValve
    decisions: int = 20
    spread: float = 0.5
    sharpness: float = 8.0

    def __post_init__(self) -> None:
        whole("decisions", self.decisions, 1)
        if real("spread", self.spread) < 0:
            raise ParameterError(f"spread must not be negative, not {self.spread!r}")

    def unit_current(self, temperature: float = 300.0) -> float:
        """Spin current of a drive of 1: the thermal width [A] at a temperature [K], with preset and read as usual."""
        return self.valve.decision(temperature, PRESET_VOLTAGE, READ_TIME - PRESET_TIME).noise_current

    def ideal(self, drive: FloatArray) -> FloatArray:
        """Activity in software [1], of a drive. [1]."""
        return np.asarray(normal_cdf(drive))

    def slope(self, activity: FloatArray) -> FloatArray:
        """Slope of the activity in software [1], where the activity [1] was recorded."""
        inside = np.clip(activity, 0.5 / self.decisions, 1 - 0.5 / self.decisions)
        return np.asarray(np.exp(-(normal_quantile(inside) ** 2) / 2) / np.sqrt(2 * np.pi))

    def draw_pattern(self, shape: tuple[int, ...], generator: np.random.Generator) -> FloatArray:
        """Offsets in thermal widths. [1]."""
        return self.spread * generator.standard_normal(shape)

    def respond(self, drive: FloatArray, pattern: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Activity in one run of the substrate [1]."""
        return np.asarray(generator.binomial(self.decisions, self.ideal(drive + pattern)) / self.decisions)


@dataclass(frozen=True)
class Substrate:
    """Synapses and neurons of one technology.

    Attributes
    ----------
    name : str
        What it is made of.
    cells : WeightCells
        Cells of the synapses.
    neurons : Neurons
        The neurons.
    """

    name: str
    cells: WeightCells
    neurons: Neurons
