"""Cells behind access devices: a transistor or a selector in series with each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....devices.language.checks import positive
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ...cells.building.cmos import TECHNOLOGIES
from ...engine.ngspice import OperatingPoint, run
from .crossings import Cells, split

#: Let Newton's method of ngspice go on to the end: small currents and differences of potentials count.
OPTIONS = {"reltol": 1e-9, "abstol": 1e-18, "vntol": 1e-13}


def _checked_gates(gates: object) -> np.ndarray:
    found = np.asarray(gates)
    if found.dtype != bool or found.ndim != 1 or not len(found):
        raise ParameterError("gates must be a vector of booleans, one per word line")
    return found


@dataclass(frozen=True, eq=False)
class Transistors:
    """Access transistors as switches, their gates along the word lines.

    Attributes
    ----------
    on_resistance : float
        Resistance of a transistor that is on. [ohm]
    gates : array_like of bool
        Whether the transistors of each word line are on, shape (N,).
    bits : int
        Number of bit lines.
    off_conductance : float
        Conductance of one that is off. [S]
    """

    on_resistance: float
    gates: np.ndarray
    bits: int
    off_conductance: float = 0.0

    def __post_init__(self) -> None:
        positive("on_resistance", self.on_resistance, "ohm")
        if not 0 <= self.off_conductance < np.inf:
            raise ParameterError(f"off_conductance must be finite and not negative, not {self.off_conductance!r} S")
        object.__setattr__(self, "gates", _checked_gates(self.gates))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return len(self.gates), self.bits

    @property
    def ohmic(self) -> FloatArray:
        """Conductance of every transistor [S]."""
        each = np.where(self.gates, 1 / self.on_resistance, self.off_conductance)
        return np.repeat(each[:, np.newaxis], self.bits, axis=1)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        return self.ohmic * voltage, self.ohmic


@dataclass(frozen=True, eq=False)
class SquareLawTransistors:
    r"""Access transistors of the square law, each with a gate of its own, while cells are written.

    .. math:: i = \beta \left[(V_g - V_t)\,u - \frac{u^2}{2}\right], \quad u = \min(|v|, V_g - V_t)

    with the sign of v: the gate's voltage counts from the lower end of the transistor.

    Attributes
    ----------
    gates : ndarray
        Voltage of the gate of each, shape (N, M). [V]
    threshold : float
        Threshold voltage V_t. [V]
    gain : float
        Gain :math:`\beta`. [A/V^2]
    """

    gates: FloatArray
    threshold: float
    gain: float

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        n, m = self.gates.shape
        return n, m

    @property
    def ohmic(self) -> None:
        """None: its current saturates."""

    @property
    def most_current(self) -> FloatArray:
        """Current of each in saturation [A]."""
        return np.asarray(self.gain / 2 * np.maximum(self.gates - self.threshold, 0.0) ** 2)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        overdrive = np.maximum(self.gates - self.threshold, 0.0)
        size = np.minimum(np.abs(voltage), overdrive)
        return np.sign(voltage) * self.gain * (overdrive * size - size**2 / 2), self.gain * (overdrive - size)


@dataclass(frozen=True, eq=False)
class Mosfets:
    """Access transistors of a technology, n-channel, their gates along the word lines, for ``method="netlist"``.

    Attributes
    ----------
    gates : array_like of bool
        Whether the gates of each word line are at the gate voltage or at 0 V, shape (N,).
    bits : int
        Number of bit lines.
    technology : str
        Name of the technology; see :mod:`synaspice.circuits.cells.building.cmos`.
    width, length : float, optional
        Drawn dimensions [m]; default: twice the smallest width, the smallest length.
    gate_voltage : float, optional
        Voltage of gates that are on; default: the technology's supply. [V]
    corner : str
        ``"typical"``, ``"slow"`` or ``"fast"``.
    """

    gates: np.ndarray
    bits: int
    technology: str = "generic"
    width: float | None = None
    length: float | None = None
    gate_voltage: float | None = None
    corner: str = "typical"

    def __post_init__(self) -> None:
        object.__setattr__(self, "gates", _checked_gates(self.gates))
        process = TECHNOLOGIES.find(self.technology)
        usual = 2 * process.minimum_width, process.minimum_length, process.supply_voltage
        for name, value in zip(("width", "length", "gate_voltage"), usual, strict=True):
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
            positive(name, getattr(self, name))
        self.line("", "drain", "gate", "source")  # refuses dimensions without models

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return len(self.gates), self.bits

    @property
    def ohmic(self) -> None:
        """None: a transistor has no ohmic conductance."""

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Not known outside of ngspice.

        Raises
        ------
        ParameterError
            Always; it says what to use instead.
        """
        raise ParameterError(
            "transistors of a technology are for method='netlist'; for the others, Mosfets.switches() are resistors "
            "like them"
        )

    def line(self, name: str, drain: str, gate: str, source: str) -> str:
        """The netlist line of a transistor, its body at ground."""
        assert self.width is not None and self.length is not None
        process = TECHNOLOGIES.find(self.technology)
        return process.transistor("nmos", name, [drain, gate, source, "0"], self.width, self.length)

    def models(self) -> str:
        """The lines of a netlist that define the transistors' models."""
        return TECHNOLOGIES.find(self.technology).models(self.corner)

    def switches(self, voltage: float = 0.01) -> Transistors:
        """Switches with the resistance of a transistor that is on and the conductance of one that is off, by ngspice.

        Parameters
        ----------
        voltage : float
            Voltage between drain and source, which is at 0 V, at which they are measured. [V]
        """
        deck = ["* access transistor", self.models(), f"V_gate gate 0 {self.gate_voltage!r}"]
        for name, gate in (("on", "gate"), ("off", "0")):
            deck += [f"V_{name} {name} 0 {positive('voltage', voltage, 'V')!r}", self.line(name, name, gate, "0")]
        found = run("\n".join(deck), OperatingPoint(), options=OPTIONS)
        on, off = (-found[f"i(v_{name})"].item() / voltage for name in ("on", "off"))
        return Transistors(1 / on, self.gates, self.bits, max(off, 0.0))


@dataclass(frozen=True, eq=False)
class InSeries:
    """Cells behind an access device each: 1T1R with :class:`Transistors`, 1S1R with :class:`DeviceCells` of a selector.

    Attributes
    ----------
    cells : Conductances or DeviceCells
        The programmed cells, at the word line.
    access : Transistors, Mosfets, DeviceCells or Conductances
        The access devices, at the bit line.
    """

    cells: Cells
    access: Cells

    def __post_init__(self) -> None:
        if self.cells.shape != self.access.shape:
            raise ParameterError(f"cells of {self.cells.shape} do not fit access devices of {self.access.shape}")

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return self.cells.shape

    @property
    def ohmic(self) -> FloatArray | None:
        """Conductances of both, if both are ohmic [S]."""
        first, second = self.cells.ohmic, self.access.ohmic
        if first is None or second is None:
            return None
        total = first + second
        return np.divide(first * second, total, out=np.zeros(self.shape), where=total > 0)  # an open cell that is off

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        across = split(self.cells.current, self.access.current, np.broadcast_to(voltage, self.shape))
        current, first = self.cells.current(across)
        _, second = self.access.current(voltage - across)
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = first * second / (first + second)
        return np.where(second > 0, current, 0.0), np.where(second > 0, slope, 0.0)
