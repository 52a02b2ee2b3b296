r"""Cells that hold weights: levels, spread, noise and drift of the conductances of one kind of device.

A weight is a difference of conductances (:mod:`~synaspice.circuits.crossbars.weights.mapping`). Every cell has a
factor of its own, fixed for its life, and errors that are drawn anew at each programming and at each read:

.. math::

    G_\mathrm{prog} = f\,[G + \sigma_\mathrm{prog}(G)\,\zeta], \qquad f = \max(1 + s\,\zeta_f, 0)

but for cells that are stuck, which conduct nothing or the most whatever is programmed; with the statistics of
:class:`~synaspice.devices.simulation.conductance_errors.ConductanceErrors` for programming, drift and reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ....devices.language.checks import instance, known, positive, real, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.conductance_errors import ConductanceErrors, chord_conductance, measured_errors
from ..crosspoints.crossings import matrix_of
from ..crosspoints.faults import FaultMap, checked_shares
from .mapping import SCHEMES, WeightMapping, map_weights

#: Two states of a device are told apart if their conductances differ by more than this. [1]
DISTINCT = 1e-3
#: States between those two, and they themselves, in which the noise of a read is looked at.
STATES = 33


@dataclass(frozen=True)
class WeightCells:
    """What cells of one kind make of weights.

    Attributes
    ----------
    errors : ConductanceErrors
        Statistics of programming, drift and reads.
    least, most : float
        The range of conductances that is used. [S]
    levels : int, optional
        Evenly spaced levels of a cell; default: any conductance.
    scheme : str
        ``"differential"``, a pair of cells for each weight, or ``"offset"``, one cell for each and a column of fixed
        references, which neither spread nor drift, for all.
    variation : float
        Relative standard deviation, s, of the conductance from cell to cell: the same at every programming. [1]
    stuck_open, stuck_on : float
        Shares of cells that always conduct nothing, and ``most``. [1]

    Raises
    ------
    ParameterError
        If the range is empty or beyond that of the statistics, there are fewer than two levels, the variation is
        negative, or so are shares.
    UnknownNameError
        If there is no such scheme.
    """

    errors: ConductanceErrors
    least: float
    most: float
    levels: int | None = None
    scheme: str = "differential"
    variation: float = 0.0
    stuck_open: float = 0.0
    stuck_on: float = 0.0

    def __post_init__(self) -> None:
        instance("errors", self.errors, ConductanceErrors)
        low, high = positive("least", self.least, "S"), positive("most", self.most, "S")
        if not low < high:
            raise ParameterError(f"least = {low:g} S must lie below most = {high:g} S")
        self.errors.checked([low, high])
        known("scheme", self.scheme, SCHEMES)
        if self.levels is not None:
            whole("levels", self.levels, 2)
        if real("variation", self.variation) < 0:
            raise ParameterError(f"variation must not be negative, not {self.variation!r}")
        checked_shares(self.stuck_open, self.stuck_on)

    @classmethod
    def of(
        cls,
        device: CompactModel,
        *,
        levels: int | None = None,
        scheme: str = "differential",
        variation: float = 0.0,
        stuck_open: float = 0.0,
        stuck_on: float = 0.0,
        read_voltage: float = 0.1,
        temperature: float | None = None,
    ) -> WeightCells:
        """Cells of a device, between the conductances of its two reference states.

        A device that declares statistics of its conductance, as phase-change memory does, has these. Of any other, the
        noise of its current in a read (1 Hz to 1 MHz) is that of its model; there is no error of programming beside
        ``variation``, and no drift.

        Parameters
        ----------
        device : CompactModel
            The device. Of several branches the first is read whose conductance differs between the states.
        levels, scheme, variation, stuck_open, stuck_on
            As the attributes.
        read_voltage : float
            Voltage of a read. [V]
        temperature : float, optional
            Temperature of the noise [K]; default: the device's.

        Raises
        ------
        ParameterError
            If the device has no two states of different conductance.
        """
        instance("device", device, CompactModel)
        volts = positive("read_voltage", read_voltage, "V")
        branch, states = _two_states(device, volts)
        least, most = sorted(states)
        if getattr(device, "declared_errors", None) is not None:
            errors = device.conductance_errors()
            least, most = max(least, errors.smallest), min(most, errors.largest)
        else:
            parameter, values = _state_parameter(device)
            how: dict[str, Any] = {"read_voltage": volts, "branch": branch, "temperature": temperature}
            errors = measured_errors(device, parameter, np.linspace(values[0], values[1], STATES), {}, devices=2, **how)
            least, most = errors.smallest, errors.largest
        return cls(errors, least, most, levels, scheme, variation, stuck_open, stuck_on)

    @property
    def on_off_ratio(self) -> float:
        """The largest conductance over the smallest [1]."""
        return self.most / self.least

    def mapping(self, weights: ArrayLike, largest: float | None = None) -> WeightMapping:
        """Weights as conductances on the levels, without errors; see :func:`~.mapping.map_weights`.

        Parameters
        ----------
        weights : array_like
            Weights, shape (inputs, outputs). Those beyond the largest count as the largest.
        largest : float, optional
            The weight that the whole range stands for; default: the largest there is.
        """
        values = matrix_of("weights", weights, "1")
        if largest is None:
            limit = float(np.max(np.abs(values))) or 1.0  # weights that are all 0 have no scale of their own
        else:
            limit = positive("largest", largest)
        clipped = np.clip(values, -limit, limit)
        return map_weights(clipped, self.least, self.most, scheme=self.scheme, largest=limit, levels=self.levels)

    def shape(self, inputs: int, outputs: int) -> tuple[int, int]:
        """Shape of the array of cells that weights of a shape take, references aside."""
        return inputs, 2 * outputs if self.scheme == "differential" else outputs

    def draw_factors(self, inputs: int, outputs: int, generator: np.random.Generator) -> FloatArray:
        """Factors f by which the cells of an array are off for life, of the shape :meth:`shape` says. [1]."""
        normal = generator.standard_normal(self.shape(inputs, outputs))
        return np.maximum(1 + self.variation * normal, 0.0)

    def draw_faults(self, inputs: int, outputs: int, generator: np.random.Generator) -> FaultMap | None:
        """Which cells of an array, of the shape :meth:`shape` says, are stuck; None where cells are never."""
        if self.stuck_open == self.stuck_on == 0:
            return None
        return FaultMap.drawn(self.shape(inputs, outputs), self.stuck_open, self.stuck_on, generator)

    def program(
        self,
        weights: ArrayLike,
        generator: np.random.Generator,
        *,
        factors: FloatArray | None = None,
        faults: FaultMap | None = None,
        largest: float | None = None,
    ) -> ProgrammedCells:
        """Program weights into cells, with all the errors of that.

        Parameters
        ----------
        weights : array_like
            Weights, shape (inputs, outputs).
        generator : numpy.random.Generator
            Of the errors.
        factors : ndarray, optional
            The cells' own factors; default: those of other cells are drawn.
        faults : FaultMap, optional
            Which cells are stuck; default: those of other cells are drawn.
        largest : float, optional
            As of :meth:`mapping`.

        Raises
        ------
        ParameterError
            If factors or faults are not of as many cells.
        """
        mapping = self.mapping(weights, largest)
        inputs, outputs = mapping.weights.shape
        shape = self.shape(inputs, outputs)
        own = self.draw_factors(inputs, outputs, generator) if factors is None else factors
        if np.shape(own) != shape:
            raise ParameterError(f"factors must be of the shape {shape}, one for each cell, not {np.shape(own)}")
        stuck = self.draw_faults(inputs, outputs, generator) if faults is None else faults
        if stuck is not None and stuck.shape != shape:
            raise ParameterError(f"faults must be of the shape {shape}, that of the cells, not {stuck.shape}")
        target = mapping.conductance[:, : shape[1]]
        programmed = own * self.errors.draw_programmed(target, generator)
        exponents = self.errors.draw_exponents(target, generator)
        values = None if stuck is None else stuck.conductance(0.0, self.most)
        return ProgrammedCells(self.errors, mapping, target, programmed, exponents, values)


@dataclass(frozen=True, eq=False)
class ProgrammedCells:
    """Weights in cells, as one programming left them; made by :meth:`WeightCells.program`.

    Attributes
    ----------
    errors : ConductanceErrors
        The statistics.
    mapping : WeightMapping
        The weights, and the conductances that they should be.
    target, programmed : ndarray
        Conductances that the cells should have, and that they have at the first read; references aside. [S]
    exponents : ndarray
        Drift exponents of the cells. [1]
    stuck : ndarray, optional
        Conductances of stuck cells, which neither drift nor are noisy, NaN for the others. [S]
    """

    errors: ConductanceErrors
    mapping: WeightMapping
    target: FloatArray
    programmed: FloatArray
    exponents: FloatArray
    stuck: FloatArray | None = None
    _last: Any = field(default=None, init=False, repr=False)

    def conductance(self, time: float = 0.0) -> FloatArray:
        """Conductances of the whole array at a time [s] after the first read, without the noise of reads. [S]."""
        return self._with_references(self.errors.drift(self.programmed, time, self.exponents))

    def read(self, generator: np.random.Generator, time: float = 0.0) -> FloatArray:
        """Conductances that one read of the whole array finds at a time [s] after the first read. [S]."""
        if self._last is None or self._last[0] != time:  # what stays the same from read to read
            drifted = self.errors.drift(self.programmed, time, self.exponents)
            object.__setattr__(self, "_last", (time, drifted, self.errors.read_noise(self.target, time)))
        _, drifted, noise = self._last
        return self._with_references(self.errors.draw_read(drifted, self.target, time, generator, noise=noise))

    def weights(self, conductance: FloatArray) -> FloatArray:
        """Weights that conductances of the whole array stand for, shape (inputs, outputs). [1]."""
        return self.mapping.effective(conductance)

    def _with_references(self, cells: FloatArray) -> FloatArray:
        if self.stuck is not None:
            cells = np.where(np.isnan(self.stuck), cells, self.stuck)
        return np.hstack([cells, self.mapping.conductance[:, cells.shape[1] :]])


def _two_states(device: CompactModel, voltage: float) -> tuple[str, tuple[float, float]]:
    """The branch that tells a device's first two reference states apart, and their conductances. [S]."""
    held = [device.replace(**values) for values in list(device.reference_states().values())[:2]]
    if len(held) == 2:
        for branch in device.branches():
            first, second = (chord_conductance(one, branch, voltage) for one in held)
            if min(first, second) > 0 and abs(math.log(first / second)) > DISTINCT:
                return branch, (first, second)
    raise ParameterError(f"{device!r} has no two states of different conductance at {voltage:g} V to hold weights")


def _state_parameter(device: CompactModel) -> tuple[str, list[float]]:
    """The parameter that sets the first two reference states of a device, and its values there."""
    first, second = list(device.reference_states().values())[:2]
    name = next(key for key in first if first[key] != second.get(key))
    return name, [first[name], second[name]]
