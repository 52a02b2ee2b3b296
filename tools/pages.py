"""What the generated pages of devices and of cells have in common."""

from __future__ import annotations

import html
import inspect
import math
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from synaspice.devices.language.declarations.declaration import Parameter
from synaspice.devices.language.quantities.quantity import format_si


def row(cells: Iterable[str]) -> str:
    """A line of a table; a bar would end its cell, and the star of a unit is none of Markdown's."""
    return "| " + " | ".join(re.sub(r"([|*])", r"\\\1", cell).replace("\n", " ") for cell in cells) + " |"


#: Exponents in print.
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed(quantity: str) -> str:
    """A quantity or a unit with the signs that print has: powers of ten, ohms, exponents of units."""
    there = re.fullmatch(r"(?:(-?[\d.]+)(?:e([+-]\d+))?(?: (.*))?)|(.*)", quantity)
    assert there is not None
    number, power, unit = there[1] or "", there[2], there[3] or there[4] or ""
    unit = unit.replace("ohm", "Ω").replace("*", "·")
    unit = re.sub(r"\^(-?\d+)(?![\d.])", lambda exponent: exponent[1].translate(RAISED), unit)
    if power:
        raised = "10" + str(int(power)).translate(RAISED)
        number = raised if number == "1" else f"{number} × {raised}"
    return f"{number} {unit}".strip()


def table_of(heads: list[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; nothing without rows."""
    lines = [row(each) for each in rows]
    return "\n".join([row(heads), "| --- " * len(heads) + "|", *lines, ""]) if lines else ""


def folded(summary: str, text: str) -> str:
    """Something that opens when it is asked for."""
    return f"<details><summary>{html.escape(summary)}</summary>\n\n{text}\n\n</details>\n"


def markdown(text: str) -> str:
    """A line of a docstring in Markdown."""
    return re.sub(r":math:`([^`]*)`", r"$\1$", text).replace("``", "`")


def description(item: type) -> str:
    """The docstring, whose sections are no headings of the page."""
    return re.sub(r"^(\w[\w ]*)\n-{3,}$", r".. rubric:: \1\n", inspect.getdoc(item) or "", flags=re.M)


def bounds_of(bounds: tuple[float, float] | None, unit: str) -> str:
    """An interval in words."""
    if bounds is None or all(math.isinf(end) for end in bounds):
        return "any"
    low, high = (("-∞" if end < 0 else "∞") if math.isinf(end) else printed(format_si(end, unit)) for end in bounds)
    return f"{low} … {high}"


def parameters_of(declared: Mapping[str, Parameter], values: Mapping[str, float]) -> str:
    """A table of parameters: defaults, bounds and meanings."""
    rows = [
        (f"`{name}`", printed(format_si(values[name], item.unit)), bounds_of(item.bounds, item.unit), item.description)
        for name, item in declared.items()
    ]
    return table_of(["parameter", "default", "bounds", "meaning"], rows)


def picture(path: Path, pages: Path, words: str) -> str:
    """A picture that is copied beside the pages, with words below it."""
    (pages / "pictures").mkdir(exist_ok=True)
    shutil.copyfile(path, pages / "pictures" / path.name)
    return f"![{path.stem}](pictures/{path.name})\n\n*{words}*\n"


def write_pages(folder: Path, head: str, pages: Mapping[str, str]) -> None:
    """Write pages by their names, and one that lists them."""
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    listing = "\n".join(pages)
    text = f"{head}\n```{{toctree}}\n:maxdepth: 1\n\n{listing}\n```\n"
    (folder / "index.md").write_text(text, encoding="utf-8")


def emptied(folder: Path) -> Path:
    """A folder without anything in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
