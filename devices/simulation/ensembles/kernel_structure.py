"""What decides the form of an ensemble's kernel, and the kernel that was written for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Structure:
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
    inputs : tuple of str
        Inputs that change with time.
    others : tuple of int
        Numbers of the other branches that have a voltage.
    watched : str, optional
        State or observable whose first passage is recorded.
    block : int
        Trajectories in a block.
    noise : bool
        Whether there is any; without, the loop is the deterministic Heun scheme.
    known : tuple of (str, float)
        Hoisted quantities that are 0 or 1 for all trajectories: operations with them are left out.
    held : bool
        Whether each trajectory has a drive of its own, levels that are each held for the same number of steps.
    alike : bool
        Whether the hoisted quantities are the same for all trajectories: they are read once.
    """

    model: Any
    options: tuple[tuple[str, str], ...]
    branch: int
    by_current: bool
    inputs: tuple[str, ...]
    others: tuple[int, ...]
    watched: str | None
    block: int
    noise: bool = True
    known: tuple[tuple[str, float], ...] = ()
    held: bool = False
    alike: bool = False


@dataclass(frozen=True)
class Kernel:
    """A kernel's text, and what its memory must hold.

    Attributes
    ----------
    source : str
        Functions ``prepare``, ``fill``, ``run`` and ``advance``.
    block : int
        Trajectories in a block.
    hoisted : int
        Quantities that are computed once per trajectory.
    rows : int
        Rows of the scratch array.
    window : int
        Steps whose noise is made at a time.
    noises : int
        Noises.
    words : int
        Random words of which the noise of a group of steps is made, for a block or, alone, for a window.
    """

    source: str
    block: int
    hoisted: int
    rows: int
    window: int
    noises: int
    words: int
