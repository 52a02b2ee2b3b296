"""Checks of arrays of numbers, as :mod:`.checks` has them of single ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ParameterError, shown


def numeric(name: str, values: Any, meant: str) -> NDArray[np.float64]:
    """Return numbers of any kind as an array of any shape, or refuse what are none, and say what is meant.

    Raises
    ------
    ParameterError
        If they are text, truth values, complex or no array.
    """
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, OverflowError):  # a ragged list
        given = np.array(None)
    if given.dtype.kind not in "iuf":
        raise ParameterError(f"{name} must be {meant}, not {shown(values)}")
    return given.astype(np.float64)


def reals(
    name: str,
    values: Any,
    unit: str = "",
    *,
    dimensions: int | None = 1,
    infinite: bool = False,
    empty: bool = False,
    meant: str = "numbers",
) -> NDArray[np.float64]:
    """Return finite numbers as an array, or refuse what are none.

    Parameters
    ----------
    name : str
        What they are, for the message.
    values : array_like
        The numbers.
    unit : str
        Their unit, for the message.
    dimensions : int, optional
        How many the array has; a single number is an array of one dimension too. None: any.
    infinite : bool
        Whether they may be infinite as well.
    empty : bool
        Whether there may be none.
    meant : str
        What they must be, for the message.

    Raises
    ------
    ParameterError
        If they are not finite numbers, there are none, or they have other dimensions.
    """
    unit = "" if unit == "1" else unit
    found = numeric(name, values, f"{meant}{unit and ' in ' + unit}")
    if dimensions == 1 and found.ndim == 0:
        found = found[np.newaxis]
    if dimensions is not None and found.ndim != dimensions:
        raise ParameterError(
            f"{name} must be an array of {dimensions} dimension{'s' * (dimensions != 1)}, not of shape {found.shape}"
        )
    if not empty and not found.size:
        raise ParameterError(f"{name} must be at least one number, and there is none")
    bad = np.isnan(found) if infinite else ~np.isfinite(found)
    if np.any(bad):
        raise ParameterError(
            f"{name} must be {'numbers' if infinite else 'finite numbers'}, and one is {found[bad][0]}"
        )
    return found
