"""Checks of arguments: each returns the value in the form that is meant, or says what is wrong with it."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Iterable
from typing import Any

from .errors import ParameterError, UnknownNameError


def known(kind: str, name: Any, choices: Iterable[str], hint: str = "") -> str:
    """Return a name that is one of the choices.

    Parameters
    ----------
    kind : str
        Kind of the named thing, for the message.
    name : object
        The name.
    choices : iterable of str
        The names there are, such as the keys of a mapping.
    hint : str
        What else there is to say of a name that is not there.

    Raises
    ------
    UnknownNameError
        If it is not one of them; the message lists them and names the nearest one.
    """
    if not isinstance(name, str) or name not in choices:
        raise UnknownNameError(kind, name, choices, hint=hint)
    return name


def whole(name: str, value: Any, least: int, most: int = 2**63 - 1) -> int:
    """Return a whole number, or say what is wrong with it.

    Raises
    ------
    ParameterError
        Not a whole number (nor a float or text that looks like one), or out of range.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be a whole number, not {value!r}") from None
    if isinstance(value, bool):
        raise ParameterError(f"{name} must be a whole number, not {value!r}")
    if number < least:
        raise ParameterError(f"{name} must be at least {least}, not {value!r}")
    if number > most:
        raise ParameterError(f"{name} must be at most {most}, not {value!r}")
    return number


def positive(name: str, value: Any, unit: str = "") -> float:
    """Return a positive, finite number, or refuse it.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < float(value) < math.inf:
        raise ParameterError(f"{name} must be positive and finite, not {value!r}{unit and ' ' + unit}")
    return float(value)
