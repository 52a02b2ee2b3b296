"""Crossbars: arrays of two-terminal devices that multiply a vector of voltages by the matrix of their conductances."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ...devices.core.metadata import described_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import known, real
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.language.waveforms.shapes import FloatArray
from ..engine.process import TIME_LIMIT
from .crosspoints.crossings import Cells, Conductances, chord_conductance
from .netlists.elements import SIMULATORS
from .netlists.netlist import run_netlist
from .transients.response import StepResponse
from .transients.waveforms import Waveforms, transient
from .wires.solver import Network, Potentials
from .wires.wired import WiredCells, line_values

if TYPE_CHECKING:
    import pandas as pd

#: Newton's method: steps, the smallest part of one, and the relative tolerance of the currents.
MOST_CORRECTIONS, SMALLEST_STEP, NEWTON_TOLERANCE = 100, 1e-6, 1e-12


@dataclass(frozen=True)
class Solution:
    """Operating point of a crossbar.

    Attributes
    ----------
    word, bit : ndarray
        Potentials of word and bit lines at the cells, shape (N, M). [V]
    current : ndarray
        Current out of each bit line into its sensing end, shape (M,). [A]
    word_current : ndarray
        Current from each word line's source into the line, shape (N,). [A]
    cell_current : ndarray
        Current from word to bit line through each cell, shape (N, M). [A]
    """

    word: FloatArray
    bit: FloatArray
    current: FloatArray
    word_current: FloatArray
    cell_current: FloatArray

    @property
    def cell_voltage(self) -> FloatArray:
        """Voltage across each cell and its access device, shape (N, M) [V]."""
        return self.word - self.bit

    @property
    def cell_power(self) -> FloatArray:
        """Power dissipated in each cell and its access device, shape (N, M) [W]."""
        return self.cell_voltage * self.cell_current

    def table(self) -> pd.DataFrame:
        """One row per cell: lines, potentials and voltage [V], current [A], power [W]."""
        rows, columns = np.indices(self.word.shape)
        return described_table(
            {
                "word_line": (rows.ravel(), "1", "number of the word line"),
                "bit_line": (columns.ravel(), "1", "number of the bit line"),
                "word_potential": (self.word.ravel(), "V", "potential of the word line at the cell"),
                "bit_potential": (self.bit.ravel(), "V", "potential of the bit line at the cell"),
                "voltage": (self.cell_voltage.ravel(), "V", "voltage across the cell and its access device"),
                "current": (self.cell_current.ravel(), "A", "current of the cell"),
                "power": (self.cell_power.ravel(), "W", "power in the cell and its access device"),
            }
        )


@dataclass(frozen=True, eq=False)
class Crossbar(WiredCells):
    r"""N word lines, driven at their first cell, and M bit lines, sensed at their last, with a cell at each crossing.

    .. math:: I_j = \sum_i G_{ij} V_i

    for wires without resistance. Between two cells, between a source and the first cell, and between the last cell and
    the sensing end lies one segment of wire. Bit lines end at virtual grounds, or in sensing resistors.

    Parameters
    ----------
    cells : array_like or Cells
        Conductances, shape (N, M) [S], or the cells of :mod:`synaspice.circuits.crossbars.crosspoints.crossings`.
    word_line_resistance, bit_line_resistance : float
        Resistance of a segment of wire. [ohm]
    source_resistance : float or array_like
        Resistance of the drivers of the word lines, one or one for each; infinite for a line that floats. [ohm]
    sense_resistance : float or array_like
        The same at the ends of the bit lines. [ohm]
    word_line_capacitance, bit_line_capacitance : float
        Capacitance to ground of a segment of wire, at the cell. [F]
    cell_capacitance : float
        Capacitance between word and bit line at each cell. [F]

    Raises
    ------
    ParameterError
        If conductances are not positive, or resistances or capacitances are negative, or of the wrong number.
    """

    def with_cells(self, cells: Cells | ArrayLike) -> Crossbar:
        """The same wires with other cells."""
        return dataclasses.replace(self, cells=cells)  # type: ignore[arg-type]

    def linear(self, voltage: float = 0.0) -> Crossbar:
        """The same crossbar with ohmic cells.

        Parameters
        ----------
        voltage : float
            Cells get the conductance, current over voltage, that they have at this voltage [V]; at 0 V the slope.
        """
        voltage = real("the voltage", voltage, "V")
        if self.cells.ohmic is not None:
            return self
        return self.with_cells(Conductances(chord_conductance(self.cells, voltage)))

    @functools.cached_property
    def network(self) -> Network:
        """The linear network of crossbar and wires, cells at 0 V: :mod:`~synaspice.circuits.crossbars.wires.solver`."""
        values = self.cells.ohmic
        return Network(chord_conductance(self.cells, 0.0) if values is None else values, *self.lines)

    def solve(
        self, voltages: ArrayLike, *, bit_voltages: ArrayLike | None = None, method: str = "nonlinear"
    ) -> Solution:
        """Operating point under one vector of voltages.

        Parameters
        ----------
        voltages : array_like
            Voltages of the word lines' sources, shape (N,). [V]
        bit_voltages : array_like, optional
            Voltages at the sensing ends of the bit lines, shape (M,); default: 0 V. [V]
        method : str
            ``"ideal"`` without any resistance but the cells'; ``"linear"`` with that of wires and drivers, the cells
            ohmic as at 0 V; ``"nonlinear"`` with the cells' own characteristics, by Newton's method, of which
            ``"linear"`` is a step; ``"netlist"`` by ngspice, with ``"native"`` devices where this machine can, and
            with ``"subcircuits"`` where not; ``"vacask"`` by VACASK, with native devices or Verilog-A modules.

        Raises
        ------
        ParameterError
            If voltages are not finite, or not one per line.
        SimulationError
            If no operating point is found; from ngspice as :class:`~.ngspice.NgspiceError`.
        MissingDependencyError
            If this machine does not have the simulator.
        UnknownNameError
            If there is no such method.
        """
        return METHODS[known("method", method, METHODS)](self, *self._driven(voltages, bit_voltages))

    def _driven(self, voltages: ArrayLike, bit_voltages: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
        """Voltages of all sources, those of the word lines and those of the bit lines."""
        n, m = self.shape
        word = line_values("voltages", voltages, n, finite=True)
        return word, line_values("bit_voltages", np.zeros(m) if bit_voltages is None else bit_voltages, m, finite=True)

    def step(self, voltages: ArrayLike, *, bit_voltages: ArrayLike | None = None) -> StepResponse:
        """How the currents settle after the sources are switched on: exact, the cells ohmic as at 0 V.

        Settling time, Elmore delays, energies, and the currents at any time; see
        :mod:`synaspice.circuits.crossbars.transients.response`.

        Parameters
        ----------
        voltages, bit_voltages
            As of :meth:`solve`.

        Raises
        ------
        ParameterError
            If voltages are not finite, or not one per line.
        """
        return StepResponse(self, *self._driven(voltages, bit_voltages))

    def transient(
        self,
        voltages: ArrayLike,
        duration: float,
        *,
        bit_voltages: ArrayLike | None = None,
        points: int = 201,
        rise_time: float | None = None,
        method: str = "linear",
        time_limit: float = TIME_LIMIT,
    ) -> Waveforms:
        """Currents over time after the sources rise from 0 V.

        Parameters
        ----------
        voltages, bit_voltages
            As of :meth:`solve`.
        duration : float
            How long to look, from the beginning of the rise. [s]
        points : int
            Number of times; a simulator's steps are no longer than those between them, and its times its own.
        rise_time : float, optional
            Time in which all sources rise [s]; default: a thousandth of the duration.
        method : str
            ``"linear"``, exact, the cells ohmic as at 0 V and their states held; or by a simulator, with the cells' own
            characteristics and dynamics: ``"netlist"``, ``"native"``, ``"subcircuits"``, ``"vacask"``, as of
            :meth:`solve`.
        time_limit : float
            Wall-clock seconds after which a simulator is stopped. [s]

        Raises
        ------
        ParameterError
            If voltages are not finite, or not one per line, or a time makes no sense.
        SimulationError
            If the simulator fails.
        MissingDependencyError
            If this machine does not have it.
        UnknownNameError
            If there is no such method.
        """
        word, bit = self._driven(voltages, bit_voltages)
        return transient(
            self, word, bit, duration, points=points, rise_time=rise_time, method=method, time_limit=time_limit
        )

    def output(self, voltages: ArrayLike, *, method: str = "linear") -> FloatArray:
        """Currents of the bit lines for one vector of voltages or many.

        Linear cells, or ``method="linear"``, make the currents a matrix product: once as many vectors have been asked
        for as there are lines, the transfer matrix is computed and serves all that follow.

        Parameters
        ----------
        voltages : array_like
            Voltages of the word lines' sources, shape (N,) or (K, N). [V]
        method : str
            As of :meth:`solve`.

        Returns
        -------
        ndarray
            Currents, shape (M,) or (K, M). [A]
        """
        given = reals("voltages", voltages, "V", dimensions=None, empty=True)
        if given.ndim == 1:
            given = given[np.newaxis]
        if given.ndim != 2 or given.shape[1] != self.shape[0]:
            raise ParameterError(
                f"voltages must be finite, of shape ({self.shape[0]},) or (any, {self.shape[0]}), "
                f"not {np.shape(voltages)}"
            )
        known("method", method, METHODS)
        if not len(given):
            return np.empty((0, self.shape[1]))
        if method == "linear" or (method == "nonlinear" and self.cells.ohmic is not None):
            found = self.network.output(given)
        else:
            found = np.array([self.solve(vector, method=method).current for vector in given])
        return found[0] if np.ndim(voltages) == 1 else found


def _ideal(crossbar: Crossbar, word: FloatArray, bit: FloatArray) -> Solution:
    shape = crossbar.shape
    potentials = np.broadcast_to(word[:, np.newaxis], shape), np.broadcast_to(bit, shape)
    current, _ = crossbar.cells.current(potentials[0] - potentials[1])
    return Solution(*potentials, current.sum(axis=0), current.sum(axis=1), current)


def _linear(crossbar: Crossbar, word: FloatArray, bit: FloatArray) -> Solution:
    network = crossbar.network
    found = network.solve(word, bit)
    return _solution(found, network.conductance * (found.word - found.bit))


def _nonlinear(crossbar: Crossbar, word: FloatArray, bit: FloatArray) -> Solution:
    """Newton's method in the cells' voltages.

    Each step solves the wires with the cells' tangents, after which voltages and currents of the wires fit each other.
    The residual is the difference to the cells' own currents at these voltages; the step is halved until it is less.
    """
    cells = crossbar.cells
    if cells.ohmic is not None:
        return _linear(crossbar, word, bit)
    voltage = word[:, np.newaxis] - bit
    point: _Point | None = None
    for _ in range(MOST_CORRECTIONS):
        current, slope = cells.current(voltage)
        if not (np.all(np.isfinite(current)) and np.all(np.isfinite(slope))):
            raise SimulationError("the current of a cell is not finite")
        if point is not None and np.max(np.abs(current - point.carried)) <= NEWTON_TOLERANCE * np.max(np.abs(current)):
            return _solution(point.potentials, current)
        if np.any(slope < 0):
            i, j = np.argwhere(slope < 0)[0]
            raise SimulationError(
                f"the current of cell ({i}, {j}) falls with its voltage at {voltage[i, j]:g} V: "
                "there is no unique operating point"
            )
        start = None if point is None else point.potentials
        found = Network(slope, *crossbar.lines).solve(word, bit, current - slope * voltage, start)
        reached = _Point(found, current + slope * (found.word - found.bit - voltage))
        point = reached if point is None else _towards(cells, point, reached)
        voltage = point.voltage
    raise SimulationError(f"no operating point of the crossbar found in {MOST_CORRECTIONS} steps of Newton's method")


@dataclass(frozen=True)
class _Point:
    """Potentials, and the cells' currents that the wires carry at them."""

    potentials: Potentials
    carried: FloatArray

    @property
    def voltage(self) -> FloatArray:
        return self.potentials.word - self.potentials.bit

    def excess(self, cells: Cells) -> float:
        """Size of the currents that the cells draw more than the wires carry."""
        return float(np.linalg.norm(cells.current(self.voltage)[0] - self.carried))


def _towards(cells: Cells, start: _Point, end: _Point) -> _Point:
    """The end, or a point on the way to it that is better than the start."""
    fraction, point, before = 1.0, end, start.excess(cells)
    while not point.excess(cells) <= before and fraction > SMALLEST_STEP:
        fraction /= 2

        def between(a: FloatArray, b: FloatArray, part: float = fraction) -> FloatArray:
            return (1 - part) * a + part * b

        a, b = start.potentials, end.potentials
        word, bit = between(a.word, b.word), between(a.bit, b.bit)
        currents = between(a.word_current, b.word_current), between(a.bit_current, b.bit_current)
        point = _Point(Potentials(word, bit, *currents, b.steps), between(start.carried, end.carried))
    return point


def _simulated(crossbar: Crossbar, word: FloatArray, bit: FloatArray, method: str) -> Solution:
    return _solution(*run_netlist(crossbar, word, bit, method))


def _solution(found: Potentials, cell_current: FloatArray) -> Solution:
    return Solution(found.word, found.bit, found.bit_current, -found.word_current, cell_current)


#: The ways to solve a crossbar.
METHODS: dict[str, Callable[[Crossbar, FloatArray, FloatArray], Solution]] = {
    "ideal": _ideal,
    "linear": _linear,
    "nonlinear": _nonlinear,
    **{method: functools.partial(_simulated, method=method) for method in SIMULATORS},
}
