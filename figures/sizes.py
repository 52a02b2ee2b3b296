"""Sizes of figures: how panels stand in a width, and the height that they need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..devices.language.array_checks import reals
from ..devices.language.errors import ParameterError, shown

#: Width and height of a figure, or its width alone. [in]
Size = float | tuple[float, float]
#: Width of a panel, and height of a figure; a single panel is wider, for its title. [in]
PANEL, SINGLE, HEIGHT = 3.5, 4.4, 3.0
#: Least width and least height of a panel that can be read with its labels, and usual height where it was given a
#: width. [in]
NARROWEST, LOWEST, USUAL = 2.2, 1.3, 2.2
#: Largest width and height: of a poster. A pixel of a file takes four bytes. [in]
LARGEST = 60.0
#: Height of the title. [in]
TITLE = 0.4
#: Height of a panel of waveforms: usual and least; and least height of a figure that has some. [in]
WAVE, LOWEST_WAVE, LEAST = 0.85, 0.6, 4.2
#: Width from which on waveforms stand beside the summary, not above it. [in]
BESIDE = 5.0


@dataclass(frozen=True)
class Arrangement:
    """How the panels of a figure stand.

    Attributes
    ----------
    width, height : float
        Size of the figure. [in]
    columns : int
        Panels in a row.
    beside : bool
        Whether waveforms stand on the left of the panels, not above them.
    """

    width: float
    height: float
    columns: int
    beside: bool = True

    def rows(self, count: int) -> int:
        """Rows of so many panels."""
        return math.ceil(count / self.columns)


def checked_size(name: str, size: Any) -> list[float]:
    """Return a width, or a width and a height, of a figure [in], or refuse what is none for any figure.

    Raises
    ------
    ParameterError
        If it is no size, or none that can be read or written.
    """
    given: list[float] = reals(name, size, "inches").tolist()
    if len(given) not in (1, 2) or min(given) <= 0:
        raise ParameterError(f"{name} is a width, or a width and a height, in inches, not {shown(size)}")
    if given[0] < NARROWEST:
        raise ParameterError(f"{name}: a figure {given[0]:g} in wide cannot be read: {NARROWEST:g} in at least")
    if max(given) > LARGEST:
        raise ParameterError(f"{name}: a side of {max(given):g} in is too long: {LARGEST:g} in at most")
    return given


def arrangement(size: Size | None, what: str, count: int, waves: int = 0) -> Arrangement:
    """How so many panels, and panels of waveforms, stand in a size.

    Parameters
    ----------
    size : float or pair of float, optional
        Width, or width and height [in]; default: panels side by side, each of the usual size.
    what : str
        Of what the figure is, for the message.
    count, waves : int
        Number of panels, and of panels of waveforms.

    Raises
    ------
    ParameterError
        If panels of that size could not be read, or it is no size.
    """
    if size is None:
        width = PANEL * count if count > 1 else SINGLE
        return Arrangement(width, max(LEAST, WAVE * waves + 0.9) if waves else HEIGHT, 1 if waves else count)
    given = checked_size("figsize", size)
    width = given[0]
    columns = 1 if waves else min(count, int(width / NARROWEST))
    beside = width >= BESIDE
    usual, least = (
        _height(Arrangement(width, 0.0, columns, beside).rows(count), panel, waves, wave, beside)
        for panel, wave in ((USUAL, WAVE), (LOWEST, LOWEST_WAVE))
    )
    least = math.ceil(10 * least - 1e-6) / 10  # as it is told
    height = given[1] if len(given) == 2 else usual
    if height < least:
        raise ParameterError(
            f"the figure of {what} has {count + waves} panels, which cannot be read in {width:g} x {height:g} in: "
            f"give it {least:.1f} in of height at least, or only the width, for which it takes {usual:.1f} in"
        )
    return Arrangement(width, height, columns, beside)


def _height(rows: int, panel: float, waves: int, wave: float, beside: bool) -> float:
    """Height of a figure with so many rows of panels and of waveforms."""
    waveforms = wave * waves + 0.5 if waves else 0.0
    return TITLE + (max(panel * rows, waveforms) if beside else panel * rows + waveforms)
