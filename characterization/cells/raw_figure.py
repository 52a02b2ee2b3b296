"""The measures of a deck over the raw file of a run, as the lines ``.meas`` of SPICE: for simulators that have none.

Decks carry this text along, and what they measure behind it: it needs Python alone.
"""

from __future__ import annotations

import array
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Vectors = Mapping[str, Sequence[float]]
#: A vector, a level, "rise", "fall" or "cross", and the how-manieth such crossing.
Crossing = tuple[str, float, str, int]


def vectors_of(file: str) -> dict[str, Sequence[float]]:
    """The vectors of a binary raw file, by name; the first one is time, or what was swept."""
    head, _, data = Path(file).read_bytes().partition(b"\nBinary:\n")
    entries, _, listed = head.decode("utf-8", "replace").partition("\nVariables:")
    about = dict(line.partition(":")[::2] for line in entries.splitlines())
    count, points = int(about["No. Variables"]), int(about["No. Points"])
    numbers = array.array("d", data[: 8 * count * points])
    names = [line.split("\t")[2].strip() for line in listed.splitlines() if line.strip()]
    return {name: numbers[k::count] for k, name in enumerate(names)}


def crossing(x: Sequence[float], y: Sequence[float], level: float, way: str, count: int) -> float:
    """Where a curve crosses a level for the how-manieth time, upwards ("rise"), downwards ("fall") or at all."""
    for k in range(1, len(x)):
        up, down = y[k - 1] < level <= y[k], y[k - 1] > level >= y[k]
        if (up and way != "fall") or (down and way != "rise"):
            count -= 1
            if count == 0:
                return x[k - 1] + (level - y[k - 1]) / (y[k] - y[k - 1]) * (x[k] - x[k - 1])
    raise SystemExit(f"there is no such crossing of {level:g}")


def value_at(x: Sequence[float], y: Sequence[float], where: float) -> float:
    """A curve's value, by straight lines between its points."""
    for k in range(1, len(x)):
        if x[k - 1] <= where <= x[k] and x[k] > x[k - 1]:
            return y[k - 1] + (where - x[k - 1]) / (x[k] - x[k - 1]) * (y[k] - y[k - 1])
    if abs(where - x[-1]) <= 1e-9 * abs(x[-1]):
        return y[-1]
    raise SystemExit(f"{where:g} is outside of what was computed, {x[0]:g} to {x[-1]:g}")


def integral(x: Sequence[float], y: Sequence[float], start: float, end: float) -> float:
    """A curve's integral between two places, by trapezia."""
    inner = [(place, value) for place, value in zip(x, y, strict=True) if start < place < end]
    curve = [(start, value_at(x, y, start)), *inner, (end, value_at(x, y, end))]
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(curve))


def measured(vectors: Vectors, measures: Mapping[str, tuple[Any, ...]]) -> dict[str, float]:
    """What measures find in a run, by name; a formula is over those before it.

    Parameters
    ----------
    vectors : Mapping
        The vectors.
    measures : Mapping
        ``("between", crossing, crossing)``, ``("at", vector, place)``, ``("when", vector, crossing)``,
        ``("avg", vector, start, end)``, ``("integ", vector, start, end)`` or ``("formula", text)``, by name.
    """
    found: dict[str, float] = {}
    x = next(iter(vectors.values()))
    for name, (kind, *what) in measures.items():
        if kind == "formula":
            value = float(eval(what[0], {"__builtins__": {}}, found))
        elif kind == "between":
            first, last = (crossing(x, vectors[curve], *how) for curve, *how in what)
            value = last - first
        elif kind == "when":
            curve, (other, *how) = what
            value = value_at(x, vectors[curve], crossing(x, vectors[other], *how))
        elif kind == "at":
            value = value_at(x, vectors[what[0]], what[1])
        else:
            curve, start, end = what
            value = integral(x, vectors[curve], start, end) / (end - start if kind == "avg" else 1.0)
        found[name] = value
    return found
