"""Time and energy of one operation of a cell, at one operating point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...devices.language.quantities.quantity import format_si
from ...devices.language.waveforms.shapes import FloatArray


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Time and energy of one operation of a cell at one of its operating points.

    Attributes
    ----------
    operation : str
        The counted operation: ``"spike"``, ``"evaluation"``, ...
    at : str
        The operating point: what the bench varies, for people to read; see :func:`told`.
    delay : float, optional
        From 50 % of the input's edge to 50 % of the output's; None where either has no edge. [s]
    duration : float
        How long one operation occupies the cell, the time over which the energies are counted: the period of a neuron
        that fires, the cycle of a clock, the width of a pulse. [s]
    supply, inputs : float
        Energy from the supply, and from the sources that drive the inputs. [J]
    devices, cmos : float
        Energy into the devices, and into transistors and passive elements. [J]
    returned : float
        Energy that flows back into supply and sources, which lose it. [J]
    periphery : Mapping
        Circuits around the cell that one operation takes, by the names of
        :data:`~synaspice.characterization.cells.periphery.PERIPHERY`, and how many of each.
    """

    operation: str
    at: str
    delay: float | None
    duration: float
    supply: float
    inputs: float
    devices: float
    cmos: float
    returned: float = 0.0
    periphery: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Energy from supply and inputs together [J]."""
        return self.supply + self.inputs

    @classmethod
    def of(
        cls,
        operation: str,
        at: str,
        spent: Mapping[str, float],
        *,
        duration: float,
        delay: float | None = None,
        number: float = 1,
        periphery: Mapping[str, int] | None = None,
    ) -> Cost:
        """The cost of one of several operations that together spent some energies.

        Parameters
        ----------
        operation, at, duration, delay, periphery
            As the attributes; a delay that is NaN is none.
        spent : Mapping
            What :func:`~synaspice.characterization.cells.standard.energies` returns, of all operations. [J]
        number : float
            How many operations.
        """
        energies = {key: float(spent[key]) / number for key in ("supply", "inputs", "devices", "cmos", "returned")}
        known = delay if delay is not None and math.isfinite(delay) else None
        return cls(
            operation=operation,
            at=at,
            delay=known,
            duration=float(duration),
            **energies,
            periphery=dict(periphery or {}),
        )


def told(what: str, value: float, unit: str) -> str:
    """An operating point for people to read, as in ``input current 10 nA``."""
    return f"{what} {format_si(value, unit, 4)}"


def delivered(time: FloatArray, power: FloatArray) -> tuple[float, float]:
    r"""Energy that a source delivers, and energy that flows back into it, each counted positive [J].

    .. math:: E = \int \max(p, 0)\,dt, \qquad E_\mathrm{returned} = \int \max(-p, 0)\,dt

    A supply or a driver does not keep what it takes back: that is no income. Samples are joined by straight lines,
    which are cut where they cross zero.

    Parameters
    ----------
    time : ndarray
        Times. [s]
    power : ndarray
        Power out of the source. [W]
    """
    step, first, second = np.diff(time), power[:-1], power[1:]
    net = float(np.sum(step * (first + second)) / 2)
    opposite = first * second < 0
    with np.errstate(invalid="ignore", divide="ignore"):
        positive = np.where(first > 0, first, second)
        cut = positive**2 / (2 * np.abs(first - second))
    area = np.where(opposite, cut, (np.maximum(first, 0) + np.maximum(second, 0)) / 2)
    given = float(np.sum(step * area))
    return given, given - net
