"""Systems of the article: what a system is, and the registry of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...devices.language.registry import Registry, summary
from ...devices.model import CompactModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Order:
    """How a system is to be made.

    Attributes
    ----------
    device : CompactModel
        The device that it is made of.
    quick : bool
        Whether less is computed: enough to see that it works, with wider error bars.
    seed : int
        Seed of everything that is drawn at random.
    data : Path, optional
        Folder with data of the user's.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.
    """

    device: CompactModel
    quick: bool = False
    seed: int = 0
    data: Path | None = None
    checkpoint: Path | None = None
    progress: bool = False


@dataclass(frozen=True)
class Made:
    """What a system gives.

    Attributes
    ----------
    tables : mapping
        Tables by name; the one named as nothing (``""``) has the system's own name.
    figures : mapping
        Figures, likewise.
    told : list of str
        Its numbers in lines, beside the published ones.
    """

    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    told: list[str] = field(default_factory=list)


@dataclass(eq=False)
class System:
    """A system of the article, as :func:`system` registered it.

    Attributes
    ----------
    function : callable
        Makes it.
    device : callable
        The device that it is made of, unless another one is asked for.
    """

    function: Callable[[Order], Made]
    device: Callable[[], CompactModel]

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.function)  # it comes from where its function does

    @property
    def summary(self) -> str:
        """What it is, in a line."""
        return summary(self)

    def __call__(self, order: Order) -> Made:
        """Make it."""
        return self.function(order)


#: The systems, by name.
SYSTEMS: Registry[System] = Registry("system", ("synaspice.figures.systems",), "synaspice.systems")


def system(
    name: str, *, device: Callable[[], CompactModel]
) -> Callable[[Callable[[Order], Made]], Callable[[Order], Made]]:
    """Register a function as a system of the article.

    Parameters
    ----------
    name : str
        Its name on the command line.
    device : callable
        Makes the device that it is made of, unless another one is asked for.

    Raises
    ------
    DuplicateNameError
        If there is another system of the name.
    """

    def register(function: Callable[[Order], Made]) -> Callable[[Order], Made]:
        SYSTEMS.register(name, System(function, device))
        return function

    return register
