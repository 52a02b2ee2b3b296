"""Titles of figures and names in legends: formulas between dollar signs that Matplotlib reads, and lines that fit."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import Any

from ..devices.language.checks import instance
from ..devices.language.errors import ParameterError, shown

#: Letters of the title in an inch, its size [pt], and the height of a line [in].
LETTERS, POINTS, LINE = 16.5, 7.5, 0.13
#: Largest part of a figure's height that a title may take.
SHARE = 0.35
#: A formula; and what stays together: a formula's spaces and hyphens, a number and its unit.
_FORMULA = re.compile(r"(?<!\\)\$.*?(?<!\\)\$")
_UNIT = re.compile(r" (?=°C|%)")
_HELD = {" ": "\N{NO-BREAK SPACE}", "-": "\N{NON-BREAKING HYPHEN}"}


def checked_text(name: str, text: Any) -> str:
    """Return a text for a figure, or refuse one that is none or has a formula that cannot be drawn.

    Raises
    ------
    ParameterError
        If it is no text, has control characters, or what stands between dollar signs is no formula.
    """
    found: str = instance(name, text, str, "a text")
    for line in found.splitlines():
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in line if letter != "\t"):
            raise ParameterError(f"{name}: {shown(line)} has characters that are no letters")
        if not _drawable(line):
            raise ParameterError(
                f"{name}: what stands between dollar signs in {shown(line)} is no formula that Matplotlib can draw: "
                r"mend it, or write \$ for a dollar sign"
            )
    return found


def literal(text: str) -> str:
    """A text of a table as it is to be drawn: its dollar signs as they are where they enclose no formula."""
    return text if _drawable(text) else re.sub(r"(?<!\\)\$", r"\\$", text)


def title_lines(lines: list[str], width: float, height: float, own: bool) -> list[str]:
    """A title broken into lines that fit into a figure.

    Parameters
    ----------
    lines : list of str
        The title.
    width, height : float
        Size of the figure. [in]
    own : bool
        Whether the user wrote it: then it is refused where it has too many lines, and otherwise cut.

    Raises
    ------
    ParameterError
        If the user's takes more than a part of the height.
    """
    back = {ord(held): plain for plain, held in _HELD.items()}
    found = []
    for line in lines:
        held = _FORMULA.sub(
            lambda formula: formula[0].translate({ord(plain): mark for plain, mark in _HELD.items()}), line
        )
        formulas = held != line
        parts = textwrap.wrap(_UNIT.sub(_HELD[" "], held), round(LETTERS * width), break_long_words=not formulas)
        found += [part.translate(back) for part in parts]
    room = max(2, int(SHARE * height / LINE))
    if len(found) <= room:
        return found
    if own:
        raise ParameterError(
            f"the title takes {len(found)} lines, and a figure of {width:g} x {height:g} in has room for {room}: "
            "shorten it, or make the figure larger"
        )
    return [*found[: room - 1], f"{found[room - 1]} ..."]


def _drawable(text: str) -> bool:
    """Whether Matplotlib can draw a line of text, whose formulas it reads itself."""
    from matplotlib.cbook import is_math_text
    from matplotlib.mathtext import MathTextParser

    if not is_math_text(text):
        return True
    try:
        MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True
