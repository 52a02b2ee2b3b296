"""What decides the form of a network's kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

#: Name of the port that is the driven branch: its voltage, or its current.
DRIVE = "drive"
#: Name of the voltage of the driven branch where that is a state: of the capacitance beside each device.
NODE = "node"
#: Runge-Kutta methods whose stages need the last stage alone: steps to the next stage, weights, times; in steps.
TABLEAUS = {
    "rk4": (
        (sp.Rational(1, 2), sp.Rational(1, 2), sp.S.One, sp.S.Zero),
        (sp.Rational(1, 6), sp.Rational(1, 3), sp.Rational(1, 3), sp.Rational(1, 6)),
        (0.0, 0.5, 0.5, 1.0),
    ),
    "heun": ((sp.S.One, sp.S.Zero), (sp.Rational(1, 2), sp.Rational(1, 2)), (0.0, 1.0)),
}


@dataclass(frozen=True)
class Port:
    """What drives every device: its driven branch, or an input.

    Attributes
    ----------
    name : str
        :data:`DRIVE`, or the input's name.
    timed : bool
        Whether a waveform is a part of it.
    coupled : bool
        Whether outputs of other devices are.
    """

    name: str
    timed: bool
    coupled: bool


@dataclass(frozen=True)
class Link:
    """One coupling.

    Attributes
    ----------
    form : str
        How its matrix is kept: "dense", "single" (dense, in single precision), "sparse" or "shared" (of rank one).
    output, port : int
        Numbers of the output that it reads, and of the port that it adds to.
    held : bool
        Whether it is computed once a step and interpolated between steps, rather than in every stage.
    points : int
        Steps between which it is then interpolated.
    delayed : bool
        Whether it is held for its delay. Otherwise the first steps, which have too few others behind them, compute it
        in every stage.
    """

    form: str
    output: int
    port: int
    held: bool = False
    points: int = 1
    delayed: bool = False


@dataclass(frozen=True)
class NetworkStructure:
    """Key of a kernel: everything but the numbers.

    Attributes
    ----------
    model : type
        The model.
    options : tuple of (str, str)
        Its options.
    branch : int
        Number of the driven branch.
    by_current : bool
        Whether its current is imposed, rather than its voltage.
    node : bool
        Whether a capacitance is beside every device, whose voltage is one more state.
    ports : tuple of Port
        What drives the devices.
    outputs : tuple of Expr
        What couplings read: expressions in the model's states, observables, parameters and its driven voltage.
    links : tuple of Link
        The couplings.
    varied : frozenset of str
        Parameters in which the devices differ.
    block : int
        Devices in a block.
    method : str
        Key of :data:`TABLEAUS`.
    noise : bool
        Whether there is thermal noise.
    known : tuple of (str, float)
        Hoisted quantities that are 0 or 1: operations with them are left out.
    """

    model: Any
    options: tuple[tuple[str, str], ...]
    branch: int
    by_current: bool
    node: bool
    ports: tuple[Port, ...]
    outputs: tuple[sp.Expr, ...]
    links: tuple[Link, ...]
    varied: frozenset[str]
    block: int
    method: str
    noise: bool
    known: tuple[tuple[str, float], ...] = ()
