"""Numbers with SPICE suffixes and units: ``40n``, ``1.2k``, ``18 ohm``, ``0.4V``."""

from __future__ import annotations

import math
import re
from typing import Any

from ..checks import real
from ..errors import ConversionWarning, ParameterError, shown, warn_user
from .units import OFFSETS, Conversion, canonical, conversion

# Powers of ten of the SPICE3 suffixes; case does not matter, so that "M" is milli and "meg" is 1e6.
SUFFIXES = {
    "t": 12,
    "g": 9,
    "meg": 6,
    "k": 3,
    "m": -3,
    "u": -6,
    "n": -9,
    "p": -12,
    "f": -15,
    "a": -18,
}

_NUMBER = re.compile(r"\s*(([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+))?|[+-]?inf)\s*(\S*)\s*$")
#: Units whose first factor is raised to a power.
_RAISED = re.compile(r"[^\W\d_]+\^")
#: Letters of a quantity: numbers that are longer are none that anybody wrote.
LONGEST = 1000
#: Capitals that are the symbol of a unit: "2A" does not mean 2e-18, nor "1T" 1e12.
_UNIT_LETTERS = {"A", "F", "T"}
#: Capitals that are a suffix where they follow the number at once, as in "1K" or "10G", and a unit after a blank.
_SUFFIX_LETTERS = {"G", "K", "N"}


def parse_quantity(text: str, unit: str = "1", *, difference: bool = False) -> float:
    """Read a number as SPICE does, and check the unit that may follow it.

    A tail that *is* the unit is the unit (``300K`` for a temperature is 300 kelvin); otherwise
    the tail starts with a SPICE suffix, and what follows the suffix must be empty or the unit.
    As in SPICE, case does not matter for suffixes: ``M`` is milli and ``meg`` is 1e6. A capital that is the
    symbol of another unit is refused: ``2A`` is not 2e-18 V, though ``2a`` is; ``K``, ``G`` and ``N`` after a blank.
    A temperature may be in degrees Celsius, as ``85 degC``; a bare number is in kelvin.

    Any other unit of the same quantity will do as well: ``500 Oe`` or ``50 mT`` for a field in A/m, ``800 emu/cc`` for
    a magnetisation, ``10 ohm*um^2``, ``5 %`` for a pure number, ``30 deg`` for an angle in radian, ``60 fJ/(V*m)``;
    case matters in them, and ``M`` is refused, for SPICE reads milli. A flux density B that stands for a field is
    that of vacuum, H = B / mu_0, and a :class:`~synaspice.devices.language.errors.ConversionWarning` says so.

    Parameters
    ----------
    text : str
        For example ``"40n"``, ``"40 nm"``, ``"1.2kohm"``, ``"1e6 A/m"``.
    unit : str
        The unit that is expected; ``"1"`` for a pure number. [-]
    difference : bool
        Whether it is a difference, such as a rise of the temperature, for which units with another zero make no sense.

    Returns
    -------
    float
        The value in ``unit``.

    Raises
    ------
    ParameterError
        If the text is not a number, or one beyond those that a computer has, or carries another unit.
    """
    match = _NUMBER.match(text) if len(text) <= LONGEST else None
    if not match:
        raise ParameterError(f"{shown(text)} is not a number (expected for example '1.5', '40n' or '1.2k')")
    tail = canonical(match.group(4))
    if tail in ("", unit):
        return _scaled(text, match, 0)
    if (unit, tail) in OFFSETS and not difference:
        return _scaled(text, match, 0) + OFFSETS[unit, tail]
    refused = _UNIT_LETTERS | (_SUFFIX_LETTERS if text[match.end(1)].isspace() else set())
    # A prefix before a power belongs to what is raised: nm^2 are (1e-9 m)^2, which the units know.
    whole = ("",) if _RAISED.match(unit) else ("", unit)
    for suffix in () if match.group(4) in refused else sorted(SUFFIXES, key=len, reverse=True):
        if tail.lower().startswith(suffix) and tail[len(suffix) :] in whole:
            return _scaled(text, match, SUFFIXES[suffix])
    converted = _converted(tail, unit)
    if converted is not None:
        value = _scaled(text, match, 0) * converted.factor
        if converted.by_law:
            warn_user(
                f"{text.strip()} is a flux density B, and a field is expected: H = B / mu_0 = {value:.6g} {unit}",
                ConversionWarning,
            )
        return value
    expected = "a number without unit" if unit == "1" else f"the unit {unit!r}"
    raise ParameterError(f"{shown(text)} ends in {match.group(4)!r}, but {expected} is expected here")


def _converted(tail: str, unit: str) -> Conversion | None:
    """How a number with another unit of the same quantity is converted; None if it is none, or says M."""
    if "M" in tail or (unit, tail) in OFFSETS:
        return None
    try:
        return conversion(tail, unit)
    except ParameterError:
        return None


def _scaled(text: str, match: re.Match[str], power: int) -> float:
    """The number of a match times a power of ten, rounded once."""
    if match.group(2) is None:  # infinite
        return float(match.group(1))
    value = float(f"{match.group(2)}e{int(match.group(3) or 0) + power}")
    if not math.isfinite(value):
        raise ParameterError(f"{shown(text)} is beyond the largest number, 1.8e308")
    return value


def number_from(value: Any, unit: str, *, difference: bool = False) -> float:
    """Return a number, or what a text says in :func:`parse_quantity`, whose arguments these are.

    Raises
    ------
    ParameterError
        If a text is not a number or carries another unit, or the value is no number otherwise.
    """
    if isinstance(value, str):
        return parse_quantity(value, unit, difference=difference)
    try:
        return real("the value", value, unit, infinite=True)
    except ParameterError:
        of = "" if unit in ("", "1") else f" in {unit!r}"
        raise ParameterError(f"expected a number{of}, not {shown(value)}") from None


_PREFIXES = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def si_prefix(value: float, unit: str) -> tuple[float, str]:
    """Power of ten and SI prefix that suit a value; none for units that take no prefix.

    A prefix stands before a plain unit such as ``m`` or ``ohm``, and before the numerator of ``A/m``; not before
    ``m^2``, a
    pure number or an angle.
    """
    takes_prefix = unit.partition("/")[0].isalpha() and unit not in ("rad", "deg")
    if not takes_prefix or value == 0 or not math.isfinite(value):
        return 1.0, ""
    exponent = min(max(3 * math.floor(math.log10(abs(value)) / 3 + 1e-12), -18), 12)
    return 10.0**exponent, _PREFIXES[exponent]


def format_si(value: float, unit: str = "", digits: int = 6) -> str:
    """Format a value with an SI prefix for people to read, as in ``40 nm`` or ``1.2 kohm``, to so many digits."""
    value = float(f"{value:.{digits}g}")
    factor, prefix = si_prefix(value, unit)
    if prefix == "M":  # which would be read back as SPICE's milli
        factor, prefix = 1.0, ""
    return with_unit(value / factor, f"{prefix}{unit}", digits)


def with_unit(value: float, unit: str, digits: int = 6) -> str:
    """A value with its unit as it is; a number without unit, whose unit is ``1``, alone."""
    return f"{value:.{digits}g}{'' if unit in ('', '1') else f' {unit}'}"
