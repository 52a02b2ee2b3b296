"""Units in which a laboratory writes its values, and how each becomes the SI unit that is expected.

A unit is read as a product of powers of known symbols with SI prefixes: ``fJ/(V*m)``, ``ohm*um^2``, ``emu/cc``,
``MA/cm2``. What each symbol is worth stands in one table. A library of units would do the same, but none that was
looked at reads oersted and emu as the SI quantities that magnetism means by them, and the command line reads numbers
before it imports anything.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import ParameterError, shown

#: Exponents of metre, kilogram, second, ampere, kelvin and radian.
Dimensions: TypeAlias = tuple[float, ...]

#: What is written for the symbols below.
SPELLINGS = {
    **{"µ": "u", "μ": "u", "Ω": "ohm", "\u2126": "ohm", "Ohm": "ohm", "°": "deg", "℃": "degC"},
    **{"²": "^2", "³": "^3", "·": "*", "⋅": "*", "×": "*", "−": "-"},
}
_PREFIXES = {
    **{"a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1},
    **{"k": 3, "M": 6, "G": 9, "T": 12, "P": 15},
}
_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3600.0, 86400.0, 31557600.0
_NONE = (0.0,) * 6
_TESLA, _FIELD = (0.0, 1.0, -2.0, -1.0, 0.0, 0.0), (-1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Size in SI units, dimensions, and whether SI prefixes go with it, of every symbol.
_SYMBOLS: dict[str, tuple[float, Dimensions, bool]] = {
    "m": (1.0, (1, 0, 0, 0, 0, 0), True),
    "g": (1e-3, (0, 1, 0, 0, 0, 0), True),
    "s": (1.0, (0, 0, 1, 0, 0, 0), True),
    "A": (1.0, (0, 0, 0, 1, 0, 0), True),
    "K": (1.0, (0, 0, 0, 0, 1, 0), True),
    "rad": (1.0, (0, 0, 0, 0, 0, 1), True),
    "deg": (math.pi / 180, (0, 0, 0, 0, 0, 1), False),
    "%": (1e-2, _NONE, False),
    "ppm": (1e-6, _NONE, False),
    "Hz": (1.0, (0, 0, -1, 0, 0, 0), True),
    "N": (1.0, (1, 1, -2, 0, 0, 0), True),
    "Pa": (1.0, (-1, 1, -2, 0, 0, 0), True),
    "J": (1.0, (2, 1, -2, 0, 0, 0), True),
    "eV": (1.602176634e-19, (2, 1, -2, 0, 0, 0), True),
    "erg": (1e-7, (2, 1, -2, 0, 0, 0), False),
    "W": (1.0, (2, 1, -3, 0, 0, 0), True),
    "V": (1.0, (2, 1, -3, -1, 0, 0), True),
    "C": (1.0, (0, 0, 1, 1, 0, 0), True),
    "F": (1.0, (-2, -1, 4, 2, 0, 0), True),
    "H": (1.0, (2, 1, -2, -2, 0, 0), True),
    "ohm": (1.0, (2, 1, -3, -2, 0, 0), True),
    "S": (1.0, (-2, -1, 3, 2, 0, 0), True),
    "T": (1.0, _TESLA, True),
    "G": (1e-4, _TESLA, True),
    "Oe": (1e3 / (4 * math.pi), _FIELD, True),
    # A magnetic moment: with a volume, an electromagnetic unit of the magnetisation is 1 kA/m.
    "emu": (1e-3, (2, 0, 0, 1, 0, 0), True),
    "cc": (1e-6, (3, 0, 0, 0, 0, 0), False),
    "min": (_MINUTE, (0, 0, 1, 0, 0, 0), False),
    "h": (_HOUR, (0, 0, 1, 0, 0, 0), False),
    "d": (_DAY, (0, 0, 1, 0, 0, 0), False),
    "yr": (_YEAR, (0, 0, 1, 0, 0, 0), False),
}
#: Units with another zero: what to add to a value in them, by the unit that is expected.
OFFSETS = {("K", "degC"): 273.15}
_TOKEN = re.compile(r"\s*(?:([A-Za-z%]+)(?:\^?([+-]?\d+(?:\.\d+)?))?|(1)|([*/()]))|(\s+)")
#: SI units that are written as such; the first one of those dimensions is meant.
SI_UNITS = (
    *("1", "m", "s", "A", "K", "rad", "Hz", "V", "ohm", "S", "A/m", "T", "J", "W", "C", "F", "H", "N", "Pa", "kg"),
    *("m^2", "m^3", "m/s", "A/m^2", "A*m^2", "V/m", "ohm*m", "ohm*m^2", "S/m", "S/m^2", "J/m^2", "J/m^3", "J/(V*m)"),
    *("rad/s", "K/W", "J/K", "1/V"),
)


@dataclass(frozen=True)
class Conversion:
    """How a value in one unit becomes one in another.

    Attributes
    ----------
    factor, offset : float
        The value times the factor, plus the offset.
    said : str
        What is to be said of it: the factor, and by which law a flux density becomes a field.
    by_law : bool
        Whether it is more than another scale: a flux density is taken for a field.
    """

    factor: float
    offset: float = 0.0
    said: str = ""
    by_law: bool = False


def canonical(unit: str) -> str:
    """A unit in plain letters: ``ohm*um^2`` of ``Ω·µm²``."""
    for spelling, plain in SPELLINGS.items():
        unit = unit.replace(spelling, plain)
    return unit.strip()


@functools.lru_cache(maxsize=1024)
def size_of(unit: str) -> tuple[float, Dimensions]:
    """Size of a unit in SI units, and its dimensions.

    Parameters
    ----------
    unit : str
        Products, quotients and powers of symbols with SI prefixes, in which case matters: ``"mT"``, ``"fJ/(V*m)"``,
        ``"A/cm2"``.

    Returns
    -------
    float
        What one of it is in SI units.
    tuple of float
        Exponents of metre, kilogram, second, ampere, kelvin and radian.

    Raises
    ------
    ParameterError
        If it is no product of known units.
    """
    text = canonical(unit)
    if text in ("", "1"):
        return 1.0, _NONE
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ParameterError(f"the unit {shown(unit)} is not understood at {shown(text[place:])}")
        place = match.end()
        symbol, power, one, sign, _ = match.groups()
        if symbol or one or sign:
            tokens.append((symbol or one or sign, power or "1"))
    factor, dimensions, rest = _product(unit, tokens)
    if rest:
        raise ParameterError(f"the unit {shown(unit)} has a bracket that was not opened")
    return factor, dimensions


def _product(unit: str, tokens: list[tuple[str, str]]) -> tuple[float, Dimensions, list[tuple[str, str]]]:
    """Size and dimensions of a product up to a bracket that closes, and what follows that."""
    factor, power, wanted = 1.0, 1.0, True
    dimensions: Dimensions = _NONE
    while tokens and tokens[0][0] != ")":
        (word, exponent), tokens = tokens[0], tokens[1:]
        if word in "*/":
            if wanted:
                raise ParameterError(f"the unit {shown(unit)} lacks something beside {word!r}")
            power, wanted = 1.0 if word == "*" else -1.0, True
            continue
        if word == "(":
            size, own, tokens = _product(unit, tokens)
            if not tokens:
                raise ParameterError(f"the unit {shown(unit)} has a bracket that is not closed")
            tokens, share = tokens[1:], power
        else:
            size, own = _symbol(unit, word)
            share = power * float(exponent)
        factor *= size**share
        dimensions = tuple(a + share * b for a, b in zip(dimensions, own, strict=True))
        power, wanted = 1.0, False
    if wanted:
        raise ParameterError(f"the unit {shown(unit)} is not understood: something is missing in it")
    return factor, dimensions, tokens


def _symbol(unit: str, word: str) -> tuple[float, Dimensions]:
    if word == "1":
        return 1.0, _NONE
    if word in _SYMBOLS:
        return _SYMBOLS[word][:2]
    size, dimensions, prefixed = _SYMBOLS.get(word[1:], (1.0, _NONE, False))
    if not prefixed or word[:1] not in _PREFIXES:
        raise ParameterError(f"the unit {shown(unit)} is not understood: {shown(word)} is no unit that is known")
    return float(f"1e{_PREFIXES[word[0]]}") * size, dimensions


@functools.lru_cache(maxsize=1024)
def conversion(given: str, wanted: str) -> Conversion:
    """How a value in one unit becomes one in another.

    A flux density that stands where a field or a magnetisation is expected is that of vacuum, H = B / mu_0.

    Parameters
    ----------
    given : str
        Unit of the value.
    wanted : str
        SI unit that is expected; ``"1"`` for a pure number.

    Raises
    ------
    ParameterError
        If the unit is not known, or is one of another quantity.
    """
    plain = canonical(given)
    if plain == canonical(wanted):
        return Conversion(1.0)
    if (wanted, plain) in OFFSETS:
        offset = OFFSETS[wanted, plain]
        return Conversion(1.0, offset, f"{given}: {offset:+g} {wanted}")
    size, dimensions = size_of(given)
    unit, expected = size_of(wanted)
    if dimensions == expected:
        return Conversion(size / unit, said=f"1 {given} = {size / unit:.6g} {'' if wanted == '1' else wanted}".rstrip())
    if (dimensions, expected) == (_TESLA, _FIELD):
        from ..equations.constants import CONSTANTS, mu_0  # with SymPy, which a command line does without

        factor = size / CONSTANTS[mu_0][0] / unit
        return Conversion(factor, said=f"1 {given} = {factor:.6g} {wanted}, as H = B / mu_0", by_law=True)
    raise ParameterError(f"{shown(given)} is a unit of another quantity than {shown(wanted)}")


def si_unit(unit: str) -> str:
    """The SI unit of the quantity that a unit measures.

    Raises
    ------
    ParameterError
        If the unit is not known.
    """
    if ("K", canonical(unit)) in OFFSETS:
        return "K"
    _, dimensions = size_of(unit)
    known = next((name for name in SI_UNITS if size_of(name)[1] == dimensions), None)
    if known is not None:
        return known
    base = zip(("m", "kg", "s", "A", "K", "rad"), dimensions, strict=True)
    return "*".join(f"{name}^{power:g}" for name, power in base if power) or "1"
