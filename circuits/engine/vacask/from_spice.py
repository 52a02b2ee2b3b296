"""Elements around a cell, in the language of ngspice, as VACASK has them."""

from __future__ import annotations

import re
import string

from ....devices.language.errors import ParameterError, shown
from ....devices.targets.spice.statements import check_node
from ....devices.targets.spice.vacask import VACASK, identifier

#: What the letters behind a number stand for; "m" is a thousandth, and letters behind these are a unit.
_SUFFIXES = {"t": 1e12, "g": 1e9, "meg": 1e6, "k": 1e3, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(meg|[tgkmunpf])?[a-z]*", re.I)
_WAVEFORM = re.compile(r"(?:dc\s+(?P<dc>\S+)\s*)?(?P<kind>pulse|pwl|exp|sin)\s*\((?P<values>[^()]*)\)", re.I)
_CONSTANT = re.compile(r"(?:dc\s+)?(?P<dc>\S+)", re.I)
#: Kinds of elements by their first letter: VACASK's model, and what it calls the value.
_VALUED = {"r": ("bench_resistor", "r"), "c": ("bench_capacitor", "c"), "e": ("vcvs", "gain")}
#: Lines that those models need.
MODELS = (
    'load "spice/resistor.osdi"',
    'load "spice/capacitor.osdi"',
    "model bench_resistor sp_resistor",
    "model bench_capacitor sp_capacitor",
)


def number(text: str) -> float:
    """A number of SPICE, with or without a suffix.

    Raises
    ------
    ParameterError
        If it is none.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ParameterError(f"{shown(text)} is not a number in a netlist")
    return float(found[1]) * _SUFFIXES.get((found[2] or "").lower(), 1.0)


def node(name: str) -> str:
    """A node as VACASK calls it: within an instance behind its name and a colon."""
    return check_node(name).replace(".", ":")


def element(line: str) -> str:
    """An element of a netlist for ngspice: an independent source, a resistor, a capacitor, a source by a voltage.

    Parameters
    ----------
    line : str
        Its line. A name has small letters in VACASK, for ngspice does not tell them from capitals.

    Raises
    ------
    ParameterError
        If it is another element, or a waveform that VACASK does not have.
    """
    words = line.split(maxsplit=5 if line[:1] in "eE" else 3)
    kind = line[:1].lower()
    ends = words[1:5] if kind == "e" else words[1:3]
    rest = words[len(ends) + 1 :]
    if kind not in {"v", "i", *_VALUED} or len(rest) != 1:
        raise ParameterError(f"VACASK's decks have independent sources, R, C and E, and not {shown(line)}")
    nodes = " ".join(identifier(node(end)) for end in ends)
    head = f"{identifier(check_node(words[0]).lower())} ({nodes})"
    if kind in _VALUED:
        model, name = _VALUED[kind]
        return f"{head} {model} {name}={number(rest[0])!r}"
    return f"{head} {kind}source {_source(rest[0], line)}"


def _source(text: str, line: str) -> str:
    """What a source gives over time."""
    found = _WAVEFORM.fullmatch(text.strip())
    if found is None:
        constant = _CONSTANT.fullmatch(text.strip())
        if constant is None:
            raise ParameterError(f"VACASK's decks have DC, PULSE, PWL, EXP and SIN, and not {shown(line)}")
        return VACASK.sources["DC"].format(repr(number(constant["dc"])))
    values = [repr(number(word)) for word in found["values"].replace(",", " ").split()]
    template = VACASK.sources[found["kind"].upper()]
    wanted = 1 + max(
        (int(name) for _, name, *_ in string.Formatter().parse(template) if name and name.isdigit()), default=1
    )
    if len(values) < wanted:
        raise ParameterError(f"{found['kind'].upper()} takes {wanted} values in VACASK's decks, not {shown(line)}")
    return template.format(*values, listed=", ".join(values))
