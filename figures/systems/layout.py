"""What figures of systems share: letters of panels, and error bars of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ...devices.language.waveforms.shapes import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def letter(axes: Axes, name: str) -> None:
    """Put a panel's letter above its left corner."""
    axes.set_title(name, loc="left", fontweight="bold", fontsize=8)


def percent_bars(mean: ArrayLike, spread: ArrayLike) -> FloatArray:
    """Lengths of the error bars of percentages, below and above: none ends below 0 % or above 100 %.

    Parameters
    ----------
    mean, spread : array_like
        Mean and standard deviation in per cent; a standard deviation that is NaN, of one trial alone, has no bar.
    """
    at, length = np.atleast_1d(np.asarray(mean, dtype=float)), np.atleast_1d(np.asarray(spread, dtype=float))
    known = np.nan_to_num(length)
    return np.array([np.minimum(known, at), np.minimum(known, 100 - at)])
