"""How sure a value is: the grades of provenance, and how a set of graded values is summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: Grades of a preset's values, from the surest to the least sure.
GRADES: dict[str, str] = {
    "read": "the publication itself, or its authors' code, was read",
    "second-hand": "quoted by someone else; the source says by whom",
    "derived": "follows from other values by the formula that the source names",
    "assumed": "chosen or remembered: no publication was read for it",
}
#: Other grades in a device: set by the user, computed from other parameters, or the model's default.
GIVEN, COMPUTED, DEFAULT = "given", "computed", "default"


def count_grades(grades: Iterable[str]) -> dict[str, int]:
    """Number of values of each grade of a preset, in the order of :data:`GRADES`; grades without values have 0."""
    counted = Counter(grades)
    return {grade: counted[grade] for grade in GRADES}


def share_read(grades: Iterable[str]) -> float:
    """Share of graded values that were read; 0 if there are no values."""
    everything = list(grades)
    return everything.count("read") / len(everything) if everything else 0.0


def summarise(grades: Iterable[str]) -> str:
    """A line such as ``60 % read (12 of 20 values; 3 second-hand, 5 assumed)``.

    Parameters
    ----------
    grades : iterable of str
        The grade of every value; a user's values count as not read.
    """
    everything = list(grades)
    if not everything:
        return "0 % read (default values)"
    counted = Counter(everything)
    others = [f"{counted[grade]} {grade}" for grade in (*GRADES, GIVEN) if grade != "read" and counted[grade]]
    rest = f"; {', '.join(others)}" if others else ""
    return f"{100 * share_read(everything):.0f} % read ({counted['read']} of {len(everything)} values{rest})"
