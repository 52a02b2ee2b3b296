"""Pulses that write cells, and how they change from one to the next: size, length, and gate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....devices.language.checks import known, positive
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from .access import SquareLawTransistors, Transistors

#: Voltages of the lines in a pulse of 1 V: selected word line, selected bit line, other word lines, other bit lines.
SELECTIONS = {
    "isolated": (1.0, 0.0, 0.0, 0.0),
    "half": (1 / 2, -1 / 2, 0.0, 0.0),
    "third": (1.0, 0.0, 1 / 3, 2 / 3),
}
#: Why a cell is not within the tolerance.
REASONS = {
    "range": "no state of the cell has this conductance",
    "voltage": "the largest pulse moves it no further, with the gate fully on where there is one",
    "steps": "to its last pulse it was carried beyond the target, from either side",
    "pulses": "it has had as many pulses as it may",
    "open": "the cell is stuck open",
    "on": "the cell is stuck on",
}
#: Turns after which a cell that ran out of pulses is one that pulses carry beyond the target.
MANY_TURNS = 4


@dataclass(frozen=True)
class Gate:
    r"""Voltages of the gates of access transistors while cells are written, which limit the current.

    The transistors follow the square law, their on-resistance that at the ``full`` voltage:

    .. math:: I_\mathrm{max} = \frac{(V_g - V_t)^2}{2 R_\mathrm{on} (V_\mathrm{full} - V_t)}

    Pulses that raise the conductance begin with the gate at ``start``, and it goes up by ``step`` whenever one left the
    cell short of its target, up to ``full``; only then do their own sizes grow. All others have it at ``full``.

    Attributes
    ----------
    full : float
        Gate voltage of reads and of pulses that lower the conductance. [V]
    threshold : float
        Threshold voltage of the transistors. [V]
    start : float
        Gate voltage of the first pulse that raises the conductance. [V]
    step : float
        By how much it goes up. [V]
    """

    full: float
    threshold: float
    start: float
    step: float

    def __post_init__(self) -> None:
        positive("step", self.step, "V")
        if not 0 <= self.threshold < self.start <= self.full < np.inf:
            raise ParameterError(
                "a gate needs 0 <= threshold < start <= full, "
                f"not {self.threshold!r}, {self.start!r} and {self.full!r} V"
            )

    def transistors(self, switches: Transistors, gates: FloatArray) -> SquareLawTransistors:
        """The transistors of switches with the gate of every cell at a voltage [V]."""
        gain = 1 / (switches.on_resistance * (self.full - self.threshold))
        return SquareLawTransistors(gates, self.threshold, gain)


@dataclass(frozen=True)
class Pulses:
    """How cells are written.

    Attributes
    ----------
    increase, decrease : float
        Voltages from word to bit line that raise and lower a cell's conductance, of opposite signs; with a step those
        of its first pulses. [V]
    duration : float
        Length of a cell's first pulses. [s]
    selection : str
        ``"isolated"``: the access devices cut off all other cells; ``"half"``: the other lines at 0 V, half of the
        voltage across the other cells of both lines; ``"third"``: a third of it across all others.
    shortening : float
        Factor on the length of a cell's pulses whenever one went beyond the target; with a step, on the step, while
        the length stays.
    step : float
        By how much a cell's pulses grow whenever one left it short of its target: incremental step pulse programming.
        When one went beyond, those of the other direction go on from a step below where they were, or shorter if that
        is where they began. [V]
    largest : float, optional
        Largest size of a pulse with a step; default: twice the larger of both voltages. [V]
    gate : Gate, optional
        Voltages of the gates of :class:`~.access.Transistors`; default: they are on.
    """

    increase: float
    decrease: float
    duration: float
    selection: str = "isolated"
    shortening: float = 0.5
    step: float = 0.0
    largest: float | None = None
    gate: Gate | None = None

    def __post_init__(self) -> None:
        positive("duration", self.duration, "s")
        if not (np.isfinite(self.increase) and np.isfinite(self.decrease) and self.increase * self.decrease < 0):
            raise ParameterError(
                "increase and decrease must be voltages of opposite signs, "
                f"not {self.increase!r} and {self.decrease!r} V"
            )
        if not 0 < self.shortening <= 1:
            raise ParameterError(f"shortening must be above 0 and at most 1, not {self.shortening!r}")
        known("selection", self.selection, SELECTIONS)
        if not 0 <= self.step < np.inf:
            raise ParameterError(f"step must be finite and not negative, not {self.step!r} V")
        if self.largest is not None and not max(abs(self.increase), abs(self.decrease)) <= self.largest < np.inf:
            raise ParameterError(f"largest must be finite and no less than the first pulses, not {self.largest!r} V")
        if self.gate is not None and self.selection != "isolated":
            raise ParameterError("a gate limits the current of isolated cells: selection='isolated'")

    @property
    def limit(self) -> float:
        """Largest size of a pulse [V]."""
        first = max(abs(self.increase), abs(self.decrease))
        if not self.step:
            return first
        return 2 * first if self.largest is None else self.largest

    def line_voltages(self, i: int, j: int, shape: tuple[int, int], voltage: float) -> tuple[FloatArray, FloatArray]:
        """Voltages of all word lines and bit lines in a pulse at cell (i, j) [V]."""
        own_word, own_bit, word, bit = (voltage * part for part in SELECTIONS[self.selection])
        words, bits = np.full(shape[0], word), np.full(shape[1], bit)
        words[i], bits[j] = own_word, own_bit
        return words, bits


class Course:
    """Where every cell of an array is in the course of its pulses.

    Attributes
    ----------
    voltages, lengths, gates : ndarray
        Of each cell's next pulse, from word to bit line [V], its length [s], and the gate's voltage [V].
    moved, can_grow : ndarray of bool
        Whether the last pulse moved the cell, and whether a next one could be larger.
    """

    def __init__(self, pulses: Pulses, shape: tuple[int, int]) -> None:
        self.pulses = pulses
        self.lengths = np.full(shape, pulses.duration)
        self.direction, self.turns = np.zeros(shape), np.zeros(shape, dtype=int)
        self.moved, self.can_grow = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        self._first = {1: abs(pulses.increase), -1: abs(pulses.decrease)}
        self._sizes = {sign: np.full(shape, first) for sign, first in self._first.items()}
        self._steps = {sign: np.full(shape, pulses.step) for sign in self._first}
        gate = pulses.gate
        self._gate = np.full(shape, gate.start if gate else 0.0)
        self._gate_step = np.full(shape, gate.step if gate else 0.0)
        self.voltages, self.gates = np.zeros(shape), np.zeros(shape)

    def turn(self, direction: FloatArray, due: np.ndarray) -> None:
        """Set the next pulses of the cells that are due, towards where they have to go."""
        pulses, gate = self.pulses, self.pulses.gate
        beyond, short = due & (direction * self.direction < 0), due & (direction * self.direction > 0)
        self.turns += beyond
        if not pulses.step and gate is None:
            self.lengths = np.where(beyond, pulses.shortening * self.lengths, self.lengths)
        self.can_grow = np.zeros(due.shape, dtype=bool)
        for sign, sizes in self._sizes.items():
            this, steps = direction == sign, self._steps[sign]
            grow, back = short & this, beyond & this & (self.turns > 1)
            closed = np.zeros(due.shape, dtype=bool)
            if gate is not None and sign > 0:
                closed = self._gate < gate.full
                self._step_gate(gate, grow & closed, back)
            # One that the first size carries beyond needs shorter pulses.
            smallest = back & (sizes <= self._first[sign]) & bool(pulses.step)
            self.lengths = np.where(smallest, pulses.shortening * self.lengths, self.lengths)
            sizes[back] = np.maximum(sizes - steps, self._first[sign])[back]
            steps[back] *= pulses.shortening
            growing = grow & ~closed
            sizes[growing] = np.minimum(sizes + steps, pulses.limit)[growing]
            self.can_grow |= due & this & (closed | (bool(pulses.step) & (sizes < pulses.limit)))
        self.direction = np.where(due, direction, self.direction)
        self.voltages = np.where(
            direction > 0, np.sign(pulses.increase) * self._sizes[1], np.sign(pulses.decrease) * self._sizes[-1]
        )
        if gate is not None:
            self.gates = np.where(direction > 0, self._gate, gate.full)

    def _step_gate(self, gate: Gate, grow: np.ndarray, back: np.ndarray) -> None:
        lowest = gate.threshold + (gate.start - gate.threshold) / 2
        self._gate[back] = np.maximum(self._gate - self._gate_step, lowest)[back]
        self._gate_step[back] *= self.pulses.shortening
        self._gate[grow] = np.minimum(self._gate + self._gate_step, gate.full)[grow]

    def see(self, moved: np.ndarray, due: np.ndarray) -> None:
        """Remember which cells their last pulse has moved."""
        self.moved = np.where(due, moved, self.moved)

    def reasons(self, wanted: FloatArray, reached: np.ndarray, least: FloatArray, most: FloatArray) -> np.ndarray:
        """Why each cell has not got to its target, by the range that its states have [S]; empty if it has."""
        beyond = (wanted < least) | (wanted > most)
        # Pulses that once grew, and can no more, creep at best; those of one size may have had too few.
        grown = bool(self.pulses.step) or self.pulses.gate is not None
        stuck = ~self.can_grow & (~self.moved | (grown & (self.turns < MANY_TURNS)))
        chosen = np.where(
            beyond,
            REASONS["range"],
            np.where(
                stuck,
                REASONS["voltage"],
                np.where(self.turns >= MANY_TURNS, REASONS["steps"], REASONS["pulses"]),
            ),
        )
        return np.where(reached, "", chosen)
