"""A report of devices on one page: parameters, figures of merit, benches, fits, agreement, netlist, what to cite."""

from __future__ import annotations

import base64
import datetime
import html
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from math import isnan
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd
from tqdm import tqdm

from ..characterization.arguments import MOST_SEED
from ..characterization.bench import suitable_benches
from ..characterization.citing import CITE
from ..characterization.merit.summary import summary
from ..characterization.processes import in_processes
from ..characterization.studies.agreement import agreement
from ..devices.core.citing import citations_of
from ..devices.core.files import check_outputs, write_whole
from ..devices.core.metadata import device_title
from ..devices.core.protocols import Stimulus
from ..devices.language.checks import instance, whole
from ..devices.language.citations.citation import SOFTWARE, bibliography, citation, unique
from ..devices.language.errors import MissingDependencyError, ParameterError, SimulationError
from ..devices.language.quantities.quantity import format_si
from ..devices.language.version import __version__
from ..devices.model import CompactModel
from .drawing import drawing_of, plot
from .gallery_entries import seeded
from .gallery_page import conditions_of
from .style import save, words

#: Work for each device that is no bench.
MERIT, AGREEMENT = "figures of merit", "agreement of the engines"


@dataclass
class Part:
    """What came of one work on one device: a table, its picture, or why there is none."""

    device: int
    name: str
    table: pd.DataFrame | None = None
    picture: bytes | None = None
    refused: str = ""


@dataclass
class Report:
    """What a page is made of."""

    devices: Sequence[CompactModel]
    parts: list[Part] = field(default_factory=list)

    def found(self, device: int, name: str) -> Part | None:
        """What came of a work."""
        return next((part for part in self.parts if (part.device, part.name) == (device, name)), None)


def make_report(
    devices: CompactModel | Sequence[CompactModel],
    path: str | Path,
    *,
    fits: Sequence[pd.DataFrame] = (),
    processes: int = -1,
    progress: bool = True,
    seed: int | None = None,
) -> Path:
    """Write a report of devices, one self-contained page, in which several stand side by side.

    On it are the parameters with their provenance, the figures of merit, every bench that suits a device with the work
    of the gallery, fits that were made, how well the engines agree, the netlist, and what to cite. Pictures are within
    the page, and nothing is taken from elsewhere.

    Parameters
    ----------
    devices : CompactModel or sequence of CompactModel
        The devices.
    path : str or Path
        The page: a file that ends in ``.html``.
    fits : sequence of DataFrame
        Tables of fits, as ``Fit.table`` and ``synaspice fit -o`` have them.
    processes : int
        Number of processes; -1 for one per core.
    progress : bool
        Whether a bar tells on a terminal how far it is.
    seed : int, optional
        Seed of the figures of merit, and of benches that take one; default: their own.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ParameterError
        If there is no device, a table is none of a fit, or the file is no page.
    """
    several: list[Any] = [*devices] if isinstance(devices, list | tuple) else [devices]
    if seed is not None:
        whole("seed", seed, 0, MOST_SEED)
    for device in several:
        instance("devices", device, CompactModel, "a device or a list of them")
    target = Path(path)
    if not several:
        raise ParameterError("a report needs a device")
    if target.suffix not in (".html", ".htm"):
        raise ParameterError(f"a report is a page: {str(path)!r} does not end in .html")
    check_outputs([target])
    for table in fits:
        if not isinstance(table, pd.DataFrame) or table.attrs.get("bench") != "fit":
            raise ParameterError("fits must be tables of fits, as synaspice fit -o writes them")
    work: list[tuple[Any, ...]] = []
    for number, device in enumerate(several):
        work += [(_merit, number, device, seed), (_agreement, number, device)]
        for bench in suitable_benches(device).values():
            for name, arguments in bench.gallery(device).items():
                work.append((_measure, number, device, name, bench.name, seeded(bench, arguments, seed)))
    results = in_processes(_do, work, processes=processes, ordered=False)
    shown = tqdm(results, total=len(work), desc="measured", file=sys.stderr, disable=None if progress else True)
    report = Report(several, list(shown))
    text = _page(report, fits)
    write_whole(target, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return target


def _do(function: Callable[..., Part], *arguments: Any) -> Part:
    return function(*arguments)


def _merit(number: int, device: CompactModel, seed: int | None) -> Part:
    return _tried(Part(number, MERIT), lambda: summary(device) if seed is None else summary(device, seed=seed))


def _agreement(number: int, device: CompactModel) -> Part:
    if not device.suits(Stimulus):
        return Part(number, AGREEMENT, refused="it suggests no drive")
    return _tried(Part(number, AGREEMENT), lambda: agreement(device, native=False, tight=False, vacask=False))


def _measure(number: int, device: CompactModel, name: str, bench: str, arguments: dict[str, Any]) -> Part:
    part = _tried(Part(number, name), lambda: suitable_benches(device)[bench](device, **arguments))
    if part.table is not None and drawing_of(part.table).in_words(part.table) is None:
        part.picture = _picture(part.table)
    return part


def _tried(part: Part, measure: Callable[[], pd.DataFrame]) -> Part:
    try:
        part.table = measure()
    except (ParameterError, SimulationError, MissingDependencyError) as error:
        part.refused = str(error)
    return part


def _picture(table: pd.DataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        save(plot(table), path)
        return path.read_bytes()


def _page(report: Report, fits: Sequence[pd.DataFrame]) -> str:
    titles = list(dict.fromkeys(device_title(device) for device in report.devices))
    body = [_merits(report), _benches(report)]
    body += [_fits(fits)] if fits else []
    body += [_parameters(report), _agreements(report), _netlists(report), _sources(report)]
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    about = (
        f"Made by synaspice {__version__} (synaspice report) on {today}. Values are read in a publication, "
        "second-hand, derived or assumed; each says which. Default values are the model's own, of no publication."
    )
    page = Template(resources.files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    title = html.escape(", ".join(titles))
    return page.substitute(title=title, about=html.escape(about), body="\n".join(body))


def _section(heading: str, *parts: str) -> str:
    return f"<section>\n<h2>{html.escape(heading)}</h2>\n" + "\n".join(parts) + "\n</section>"


def _beside(report: Report, of: Callable[[int, CompactModel], str]) -> str:
    """What there is of each device, side by side."""
    columns = []
    for number, device in enumerate(report.devices):
        head = f"<h3>{html.escape(device_title(device))}</h3>\n" if len(report.devices) > 1 else ""
        columns.append(f"<div>\n{head}{of(number, device)}\n</div>")
    return '<div class="beside">\n' + "\n".join(columns) + "\n</div>"


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of the page from escaped cells; the columns of ``numbers`` stand to the right."""

    def line(cells: Sequence[str], kind: str) -> str:
        marked = ' class="number"'
        return "".join(f"<{kind}{marked if k in numbers else ''}>{c}</{kind}>" for k, c in enumerate(cells))

    body = "\n".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<div class="wide"><table>\n<tr>{line(heads, "th")}</tr>\n{body}\n</table></div>'


def _parameters(report: Report) -> str:
    def of(_: int, device: CompactModel) -> str:
        rows = []
        for name in device.option_declarations():
            rows.append([html.escape(name), html.escape(str(device.options[name])), "", ""])
        for row in device.parameters().to_dict("records"):
            kind = html.escape(str(row["provenance"]))
            source = f'<span class="{kind}">{kind}</span>'
            if row["source"] != row["provenance"]:
                source += f": {html.escape(str(row['source']))}"
            value = html.escape(format_si(row["value"], row["unit"]))
            rows.append([html.escape(str(row["name"])), value, html.escape(str(row["description"])), source])
        told = f"<p>Values: {html.escape(device.provenance_summary)}.</p>\n"
        return told + table_of(["parameter", "value", "meaning", "provenance"], rows, [1])

    return _section("Parameters", _beside(report, of))


def _merits(report: Report) -> str:
    def of(number: int, _: CompactModel) -> str:
        part = report.found(number, MERIT)
        if part is None or part.table is None:
            return _note("" if part is None else part.refused)
        rows = []
        for row in part.table.to_dict("records"):
            value = "-" if isnan(row["value"]) else html.escape(format_si(row["value"], row["unit"], 4))
            rows.append([html.escape(row["figure"]), value, html.escape(row["condition"]), html.escape(row["source"])])
        return table_of(["figure", "value", "condition", "from"], rows, [1])

    return _section("Figures of merit", _beside(report, of))


def _benches(report: Report) -> str:
    names = dict.fromkeys(part.name for part in report.parts if part.name not in (MERIT, AGREEMENT))
    order = sorted(names, key=lambda name: (name != "iv", name))
    parts = []
    for name in order:

        def of(number: int, _: CompactModel, name: str = name) -> str:
            part = report.found(number, name)
            return _note("Not a bench of this device.") if part is None else _bench(part)

        heading = "I-V" if name == "iv" else words(name)
        parts.append(f"<h3>{html.escape(heading)}</h3>\n{_beside(report, of)}")
    return _section("Benches", *parts)


def _bench(part: Part) -> str:
    if part.table is None:
        return _note(f"Not measured: {part.refused}")
    drawing = drawing_of(part.table)
    meaning = (drawing.__doc__ or "").partition("\n")[0]
    caption = html.escape(f"{meaning} {conditions_of(part.table)}")
    if part.picture is None:
        return f"<p>{html.escape(drawing.in_words(part.table) or '')}</p>\n" + _note(conditions_of(part.table))
    return _figure(part.picture, meaning, caption)


def _figure(picture: bytes, alternative: str, caption: str) -> str:
    data = base64.b64encode(picture).decode("ascii")
    alt = html.escape(alternative, quote=True)
    return (
        f'<figure>\n<img src="data:image/png;base64,{data}" alt="{alt}">\n<figcaption>{caption}</figcaption>\n</figure>'
    )


def _note(text: str) -> str:
    return f'<p class="note">{html.escape(text)}</p>'


def _fits(fits: Sequence[pd.DataFrame]) -> str:
    parts = []
    for table in fits:
        units, rows = table.attrs["parameter_units"], []
        for name, (value, error) in table.attrs["free"].items():
            within = "at its bound" if error is None else format_si(error, units[name], 2)
            rows.append([html.escape(text) for text in (name, format_si(value, units[name]), within)])
        told = table_of(["parameter", "value", "standard error"], rows, [1, 2])
        parts.append(_figure(_picture(table), "Measured data and the fitted model", "") + told)
    return _section("Fits", *parts)


def _agreements(report: Report) -> str:
    def of(number: int, _: CompactModel) -> str:
        part = report.found(number, AGREEMENT)
        if part is None or part.table is None:
            return _note("" if part is None else f"Not compared: {part.refused}")
        about = part.table.attrs["descriptions"]
        rows = [
            [html.escape(about.get(name, name)), f"{part.table[name].iloc[0]:.2g}"]
            for name in part.table.columns
            if name.endswith("difference")
        ]
        return table_of(["numeric engine against the netlist in ngspice", "difference"], rows, [1])

    return _section("Agreement of the engines", _beside(report, of))


def _netlists(report: Report) -> str:
    def of(_: int, device: CompactModel) -> str:
        return f"<pre>{html.escape(str(device.subcircuit()))}</pre>"

    return _section("Netlist", _beside(report, of))


def _sources(report: Report) -> str:
    found = [each for device in report.devices for each in citations_of(type(device), device.provenance)]
    tables = [part.table for part in report.parts if part.table is not None]
    found += [citation(line) for table in tables for line in table.attrs.get(CITE, [])]
    lines = []
    for each in unique([SOFTWARE, *found]):
        doi = html.escape(each.doi, quote=True)
        link = f', <a href="https://doi.org/{doi}">doi:{doi}</a>' if doi else ""
        lines.append(f"<li>{html.escape(each.text)}{link}</li>")
    entries = f"<details><summary>BibTeX</summary><pre>{html.escape(bibliography([SOFTWARE, *found]))}</pre></details>"
    return _section("To cite", "<ul>\n" + "\n".join(lines) + "\n</ul>\n" + entries)
