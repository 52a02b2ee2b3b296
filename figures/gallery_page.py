"""The page of the gallery: pictures with captions, numbers in place of those that would say nothing, and links."""

from __future__ import annotations

import functools
import html
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import pi
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from ..devices.core.files import write_whole
from ..devices.language.quantities.quantity import format_si
from ..devices.language.version import __version__
from .drawing import temperature_of
from .gallery_entries import Entry
from .style import axis_scale, words

#: Parts of the page; what is put into them is escaped.
SECTION = Template("""<section id="$id">
<h3>$title</h3>
<p>$description</p>
$source<div class="pictures">
$figures</div>
$numbers$netlists</section>
""")
FIGURE = Template("""<figure>
<a href="figures/$link.png"><img src="figures/$link.png" alt="$alt" loading="lazy"></a>
<figcaption>$meaning $conditions Table: $tables</figcaption>
</figure>
""")
NUMBER = Template("""<p class="numbers">$name: $words $conditions Table: $tables</p>
""")
BORROWED = Template("""<figure>
<a href="figures/$link-documentation.png"><img src="figures/$link-documentation.png" alt="$alt" loading="lazy"></a>
<figcaption>From the documentation, made earlier; not measured in this run.</figcaption>
</figure>
""")
NOT_RUN = Template("""<h2 id="not-run">Not run</h2>
<p>The benches of these cells take long: <code>synaspice gallery --all-cells</code> runs them too.</p>
$parts""")
#: Pictures of the documentation, in a clone.
DOCUMENTATION = Path(__file__).resolve().parents[1] / "docs" / "images"


@dataclass(frozen=True)
class Shown:
    """One measurement on the page.

    Attributes
    ----------
    name, stem : str
        Name of the run, and of its files.
    title : str
        The measured thing, with its temperature.
    meaning : str
        What the picture shows.
    conditions : str
        How it was measured.
    words : str, optional
        What the table says, if it has no picture.
    same_as : tuple of str, optional
        Name of the files and title of a picture that would be the same.
    """

    name: str
    stem: str
    title: str
    meaning: str
    conditions: str
    words: str | None = None
    same_as: tuple[str, str] | None = None


@dataclass(frozen=True)
class Section:
    """An entry, and what was measured on it."""

    entry: Entry
    shown: list[Shown]


def conditions_of(table: pd.DataFrame) -> str:
    """How a table was measured, in a sentence: the drive and its rate, temperature, noise, engine."""
    attrs = table.attrs
    parts = [*_drive_of(attrs)]
    kelvin = temperature_of(table)
    if kelvin is not None:
        parts.append(f"{kelvin:g} K")
    # Static curves are without noise anyway.
    if "device" in attrs and attrs.get("temperature") is None and attrs["bench"] != "iv":
        parts.append("without thermal noise")
    if "corner" in attrs:
        parts.append(f"{attrs['technology']} transistors, {attrs['corner']} corner")
    limits = [abs(limit) for limit in attrs.get("compliance", ()) if np.isfinite(limit)]
    if limits:
        parts.append(f"compliance {format_si(max(limits), 'A')}")
    if attrs.get("seed") is not None:
        parts.append(f"seed {attrs['seed']}")
    parts.append(f"engine {attrs.get('engine', 'ngspice' if attrs['bench'] == 'cell' else 'numeric')}")
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _drive_of(attrs: Mapping[Any, Any]) -> list[str]:
    """The sweep of a loop, and the largest rate of it."""
    if attrs["bench"] != "hysteresis":
        return []
    unit = attrs["units"][attrs["swept"]]
    size, period = attrs["amplitude"], attrs["period"]
    rate = (4 if attrs["waveform"] == "triangle" else 2 * pi) * size / period
    pace, clock = axis_scale([period], "s")
    name = str(attrs["swept"]).replace("_", " ")
    steepest = "at" if attrs["waveform"] == "triangle" else "at most"
    return [
        f"{name} swept in a {attrs['waveform']} of ±{format_si(size, unit, 3)} and {format_si(period, 's', 3)}, "
        f"{steepest} {format_si(rate / pace, unit, 3)}/{clock}"
    ]


def write_page(folder: Path, sections: Sequence[Section], left_out: Sequence[str], asked: Sequence[Entry]) -> Path:
    """Write ``index.html`` into the folder of a gallery: links are relative, and nothing is taken from elsewhere.

    Parameters
    ----------
    folder : Path
        The folder, with ``figures``, ``tables`` and ``netlists``.
    sections : sequence of Section
        What was measured.
    left_out : sequence of str
        What could not be done.
    asked : sequence of Entry
        Cells that are run only if they are asked for; their pictures of the documentation are shown where they are
        at hand, as in a clone.
    """
    sections = [section for section in sections if section.shown]
    families: dict[str, list[Section]] = {}
    for section in sections:
        families.setdefault(section.entry.family, []).append(section)
    contents, body = [], []
    for number, (family, group) in enumerate(families.items()):
        links = "\n".join(
            f'<li><a href="#{html.escape(section.entry.stem)}">{html.escape(section.entry.title)}</a></li>'
            for section in group
        )
        contents.append(f"<h2>{html.escape(family)}</h2>\n<ul>\n{links}\n</ul>")
        body.append(f'<h2 id="family-{number}">{html.escape(family)}</h2>')
        body += [_section(folder, section) for section in group]
    drawn = sum(shown.words is None and shown.same_as is None for section in sections for shown in section.shown)
    total = sum(len(section.shown) for section in sections)
    summary = (
        f"Made by synaspice {__version__} (synaspice gallery): {total} measurements of {len(sections)} devices and "
        f"cells, {drawn} pictures. A spectrum that is white, a resistance that is constant, a state that does not "
        "move or a line that is straight is told in numbers; what agrees within 1 % with another preset of the same "
        "model is shown once. Every table is complete, and every picture can be drawn from its table again."
    )
    if asked:
        contents.append(f'<h2>Not run</h2>\n<ul>\n<li><a href="#not-run">{len(asked)} cells</a></li>\n</ul>')
        body.append(_not_run(folder, asked))
    notes = [f"Left out: {message}" for message in left_out]
    page = Template(resources.files(__package__).joinpath("gallery.html").read_text(encoding="utf-8")).substitute(
        title="synaspice: every device, measured",
        summary=html.escape(summary),
        notes="\n".join(f"<p>{html.escape(note)}</p>" for note in notes),
        contents="\n".join(contents),
        body="\n".join(body),
    )
    target = folder / "index.html"
    write_whole(target, lambda path: path.write_text(page, encoding="utf-8"))
    return target


def _section(folder: Path, section: Section) -> str:
    entry, figures, numbers = section.entry, [], []
    for shown in section.shown:
        filled = {
            "link": quote(shown.stem),
            "conditions": html.escape(shown.conditions),
            "tables": _tables(shown.stem),
            "name": html.escape(words(shown.name)),
        }
        if shown.words is not None:
            numbers.append(NUMBER.substitute(filled, words=html.escape(shown.words)))
        elif shown.same_as is not None:
            stem, title = shown.same_as
            link = f'<a href="figures/{quote(stem)}.png">{html.escape(title)}</a>'
            numbers.append(NUMBER.substitute(filled, words=f"within 1 % that of {link}."))
        else:
            alt = html.escape(f"{shown.title}: {shown.meaning}", quote=True)
            figures.append(FIGURE.substitute(filled, meaning=html.escape(shown.meaning), alt=alt))
    netlists = [path.name for path in sorted((folder / "netlists").glob(f"{entry.stem}*")) if _belongs(path, entry)]
    links = ", ".join(f'<a href="netlists/{quote(name)}">{html.escape(name)}</a>' for name in netlists)
    return SECTION.substitute(
        id=html.escape(entry.stem),
        title=html.escape(entry.title),
        description=html.escape(entry.description),
        source=_source(*entry.source),
        figures="".join(figures),
        numbers="".join(numbers),
        netlists=f'<p class="files">Netlists: {links}</p>\n' if links else "",
    )


def _not_run(folder: Path, asked: Sequence[Entry]) -> str:
    """What is run only if it is asked for, with pictures of the documentation."""
    parts = []
    for entry in asked:
        picture = DOCUMENTATION / f"{entry.stem}.png"
        parts.append(f"<h3>{html.escape(entry.title)}</h3>\n<p>{html.escape(entry.description)}</p>\n")
        if picture.is_file():
            write_whole(
                folder / "figures" / f"{entry.stem}-documentation.png", functools.partial(shutil.copyfile, picture)
            )
            alt = html.escape(f"{entry.title}, from the documentation", quote=True)
            parts.append(BORROWED.substitute(link=quote(entry.stem), alt=alt))
    return NOT_RUN.substitute(parts="".join(parts))


def _belongs(path: Path, entry: Entry) -> bool:
    return path.name in (f"{entry.stem}.sub", f"{entry.stem}-test.cir")


def _tables(stem: str) -> str:
    return ", ".join(f'<a href="tables/{quote(stem)}.{kind}">{kind}</a>' for kind in ("csv", "parquet"))


def _source(reference: str, doi: str) -> str:
    if not reference:
        return ""
    link = f', <a href="https://doi.org/{quote(doi)}">doi:{html.escape(doi)}</a>' if doi else ""
    return f'<p class="source">{html.escape(reference)}{link}</p>\n'
