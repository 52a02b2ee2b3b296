"""Checks of what waveforms are asked: times, lengths, and how many corners there are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..array_checks import reals
from ..checks import positive
from ..memory import NUMBER, require_memory


def times(time: ArrayLike) -> NDArray[np.float64]:
    """Times at which a waveform is asked for."""
    return reals("the time", time, "s", dimensions=None, empty=True)


def length(duration: float) -> float:
    """Length of what a waveform drives."""
    return positive("the duration", duration, "s")


def checking(method: Callable[..., Any], check: Callable[[Any], Any]) -> Callable[..., Any]:
    """A method of a waveform that checks its argument."""

    @functools.wraps(method)
    def checked(self: Any, *given: Any, **named: Any) -> Any:
        return method(self, *map(check, given), **{name: check(value) for name, value in named.items()})

    return checked


def require_periods(periods: float) -> None:
    """Refuse a periodic waveform with more corners than memory has room for."""
    require_memory(periods, "periods of the waveform", 32 * NUMBER, "take")
