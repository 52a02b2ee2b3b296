"""Checks of arguments: each returns the value in the form that is meant, or says what is wrong with it.

Those of arrays are in :mod:`.array_checks`: the command line starts without NumPy.
"""

from __future__ import annotations

import decimal
import math
import numbers
import operator
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import ParameterError, UnknownNameError, shown, with_article


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


def names(kind: str, given: Any, *, empty: bool = False) -> list[str]:
    """Return one name or several as a list of them.

    Raises
    ------
    ParameterError
        If it is neither, or there is none where there may not be.
    """
    if isinstance(given, str):
        return [given]
    listed = isinstance(given, Iterable) and not isinstance(given, Mapping | bytes) and getattr(given, "ndim", 1) > 0
    found = list(given) if listed else [None]
    if not (found or empty):
        raise ParameterError(f"{kind} must be at least one name, and there is none")
    if any(not isinstance(name, str) for name in found):
        raise ParameterError(f"{kind} must be a name or a list of names, not {shown(given)}")
    return [str(name) for name in found]


def mapping(name: str, given: Any) -> dict[str, Any]:
    """Return a mapping from names as a dictionary; an empty one for None.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise ParameterError(f"{name} must be a mapping from names, not {shown(given)}")
    return dict(given)


def instance(name: str, value: Any, kind: type | tuple[type, ...], meant: str = "") -> Any:
    """Return an object of a class, or of one of several.

    Parameters
    ----------
    name : str
        What the object is, for the message.
    value : object
        The object.
    kind : type or tuple of type
        Its classes.
    meant : str
        What it must be, for the message; default: the name of the class.

    Raises
    ------
    ParameterError
        If it is of another class.
    """
    if not isinstance(value, kind):
        wanted = meant or with_article(kind.__name__ if isinstance(kind, type) else kind[0].__name__)
        raise ParameterError(f"{name} must be {wanted}, not {shown(value)}")
    return value


def flag(name: str, value: Any) -> bool:
    """Return a truth value, or refuse what is none.

    Raises
    ------
    ParameterError
        If it is neither True nor False.
    """
    of_numpy = getattr(getattr(value, "dtype", None), "kind", "") == "b" and getattr(value, "ndim", None) == 0
    if not (isinstance(value, bool) or of_numpy):
        raise ParameterError(f"{name} must be True or False, not {shown(value)}")
    return bool(value)


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
        raise ParameterError(f"{name} must be a whole number, not {shown(value)}") from None
    if isinstance(value, bool) or type(value).__name__ == "ndarray":  # this module does without NumPy
        raise ParameterError(f"{name} must be a whole number, not {shown(value)}")
    if number < least:
        raise ParameterError(f"{name} must be at least {least}, not {shown(value)}")
    if number > most:
        raise ParameterError(f"{name} must be at most {most}, not {shown(value)}")
    return number


def real(name: str, value: Any, unit: str = "", *, infinite: bool = False) -> float:
    """Return a finite number, or refuse what is none: text, a truth value, a complex number, an array, NaN.

    Parameters
    ----------
    name : str
        What it is, for the message.
    value : object
        The number.
    unit : str
        Its unit, for the message.
    infinite : bool
        Whether it may be infinite as well.

    Raises
    ------
    ParameterError
        If it is none.
    """
    item = value.item() if getattr(value, "ndim", None) == 0 else value  # of NumPy
    unit = "" if unit == "1" else unit
    if isinstance(item, bool) or not isinstance(item, numbers.Real | decimal.Decimal):
        raise ParameterError(f"{name} must be a number{unit and ' in ' + unit}, not {shown(value)}")
    try:
        number = float(item)
    except (ArithmeticError, ValueError):
        raise ParameterError(f"{name} must be a number below {1e308:g}, not {shown(value)}") from None
    if math.isnan(number) or not (infinite or math.isfinite(number)):
        raise ParameterError(f"{name} = {number} is not {'a number' if infinite else 'finite'}")
    return number


def positive(name: str, value: Any, unit: str = "", *, infinite: bool = False) -> float:
    """Return a positive number, finite unless it may be infinite, or refuse it.

    Raises
    ------
    ParameterError
        If it is not.
    """
    try:
        number = real(name, value, infinite=infinite)
    except ParameterError:
        number = math.nan
    if not number > 0:
        limits = "positive" if infinite else "positive and finite"
        given = not isinstance(value, str) and unit not in ("", "1")
        raise ParameterError(f"{name} must be {limits}, not {shown(value)}{f' {unit}' if given else ''}")
    return number
