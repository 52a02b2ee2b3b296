"""Pulses that write a memristor: their voltages in both directions, and the width that covers most of the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....devices.core.protocols import Compliance, PulseVoltages, Sweep
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import PiecewiseLinear
from .reader import Reader

#: Share of a pulse's width that each of its edges takes.
EDGE = 0.01
#: Share of the way between the reference states that a train of pulses of the default width covers.
COVERED = 0.9
#: How often the time that takes is looked for in a longer transient, and by how much longer each is.
LONGER, FACTOR = 12, 4.0
#: A source that limits no current.
UNLIMITED = Compliance()
#: Points of such a transient, and the least of them before the end of the way.
POINTS, RESOLVED = 401, 50


def write_voltages(
    low: Reader, sweep: Sweep, begun: float, amplitude: float | None, depression: float | None
) -> tuple[float, float]:
    """The voltages of pulses that raise and lower the conductance.

    Parameters
    ----------
    low : Reader
        The device in its state of low conductance.
    sweep : Sweep
        How it suggests to be swept.
    begun : float
        Time within which a pulse raises the conductance. [s]
    amplitude, depression : float or None
        The voltages as they are given; by default what the device offers, or the sweep's amplitude with the sign that
        raises the conductance, and the same with the other sign. [V]

    Raises
    ------
    ParameterError
        If no amplitude is given, and the device suggests none.
    """
    device = low.device
    if amplitude is None and device.suits(PulseVoltages):
        told = device.protocol(PulseVoltages)
        return told.raising, told.lowering if depression is None else float(depression)
    if amplitude is None and (sweep.quantity != "voltage" or sweep.amplitude is None):
        raise ParameterError(f"give the amplitude: {device.model_name()} suggests none of the voltage")
    up = rising(low, abs(float(sweep.amplitude or 0.0)), begun) if amplitude is None else float(amplitude)
    return up, -up if depression is None else float(depression)


def require_way(start: Reader, volts: float, width: float, goal: float) -> None:
    """Refuse a write that does not move the conductance towards a goal [S]."""
    first, last = start.of(start.device.simulate(volts, width, points=2))[[0, -1]]
    word, change = ("raise", last - first) if goal > first else ("lower", first - last)
    if not change > 1e-6 * first:
        raise ParameterError(
            f"a write of {volts:g} V for {width:.3g} s does not {word} the conductance: give a voltage of the other "
            "sign, a larger one, or a longer width"
        )


def rising(low: Reader, size: float, begun: float) -> float:
    """The voltage of a size whose sign raises the conductance."""
    start = float(low.conductance())
    for up in (size, -size):
        if low.of(low.device.simulate(up, begun, points=2))[-1] > start * (1 + 1e-6):
            return up
    raise ParameterError(f"neither {size:g} V nor {-size:g} V raises the conductance within {begun:.3g} s")


def default_width(
    low: Reader,
    drives: tuple[float, ...],
    end: float | Reader,
    begun: float,
    pulses: int,
    compliance: Compliance = UNLIMITED,
) -> float:
    """Width of pulses that cover most of the way to an end, from transients under a steady voltage that get longer.

    Drives are the voltage; or a voltage, how long it is there [s], and the voltage after it.
    """
    before = drives[1] if len(drives) > 1 else 0.0
    target = end if isinstance(end, float) else float(end.conductance())
    length = begun
    for _ in range(2 * LONGER):
        times = before + np.linspace(0.0, length, POINTS)
        drive: Any = drives[0]
        if before:
            edge = EDGE * min(before, length)
            drive = PiecewiseLinear((0.0, before - edge, before), (drives[0], drives[0], drives[2]))
        reported = np.concatenate([[0.0], times]) if before else times
        run = low.of(low.device.simulate(drive, float(reported[-1]), times=reported, compliance=compliance))[-POINTS:]
        covered = (run - run[0]) / (target - run[0])
        there = np.flatnonzero(covered >= COVERED)
        if not len(there):
            length *= FACTOR
        elif there[0] < RESOLVED and length > begun * FACTOR**-LONGER:
            length *= max(2 * there[0], 2) / POINTS
        else:
            return float(times[there[0]] - before) / pulses
    raise ParameterError(
        f"{drives[-1]:g} V does not move the conductance through {100 * COVERED:g} % of the way: give another "
        "voltage, or a width"
    )
