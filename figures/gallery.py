"""The main job: every device and preset, and cells, characterised, plotted, exported and run in ngspice."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..characterization.processes import in_processes
from ..characterization.tables import read_table, write_table
from ..circuits.cells.building.cell import CELLS
from ..circuits.engine.batch import MEASURED_AT, run_deck, transient_deck
from ..devices.core.files import told, write_whole
from ..devices.core.protocols import Stimulus
from ..devices.language.errors import MissingDependencyError, SynaspiceError
from .drawing import drawing_of, plot, title_of
from .gallery_entries import FIRST, CellEntry, DeviceEntry, Entry, entries, is_long, warnings_of
from .gallery_page import Section, Shown, conditions_of, write_page
from .gallery_record import GalleryRecord, settings_of
from .style import save

#: A relative difference within which two tables are the same picture.
ALIKE = 0.01


@dataclass
class Outcome:
    """Result of one job on an entry: a table, a part of the row of the summary, and what could not be done."""

    entry: Entry
    name: str
    table: pd.DataFrame | None = None
    row: dict[str, Any] = field(default_factory=dict)
    left_out: str | None = None


def make_gallery(
    folder: Path,
    *,
    only: Iterable[str] = (),
    all_cells: bool = False,
    tables: bool = True,
    netlists: bool = True,
    processes: int = -1,
    force: bool = False,
    seed: int | None = None,
) -> pd.DataFrame:
    """Characterise every device and preset, and cells, into a folder, with a page that shows what was found.

    A table that says something in numbers better than in a picture (``in_words`` of its figure), or that agrees with
    one of another preset, has no picture: the page says so.

    What is finished is noted in the folder: a run that was interrupted goes on, and another one of the same code and
    presets makes nothing twice. Without tables nothing is kept.

    Parameters
    ----------
    folder : Path
        Where ``index.html``, ``tables``, ``figures`` and ``netlists`` go; figures go straight into it when nothing else
        is asked for.
    only : iterable of str
        Names of devices, cells, or devices with a preset (``mtj:ikeda2010``); nothing for everything.
    all_cells : bool
        Whether cells whose benches take long belong to everything.
    tables, netlists : bool
        Whether to keep the tables, and to export and run netlists.
    processes : int
        Number of processes; -1 for one per core.
    force : bool
        Whether to make again what is finished.
    seed : int, optional
        Seed of benches that take one; default: their own.

    Returns
    -------
    pandas.DataFrame
        One row per device: resistances, and the final states (in units of their scales) of its exported netlist in
        ngspice against those of the numeric engine.

    Raises
    ------
    UnknownNameError
        If there is nothing of a name.
    ParameterError
        If the folder cannot be made.
    """
    folders = {"tables": folder / "tables", "figures": folder / "figures", "netlists": folder / "netlists"}
    if not tables and not netlists:
        folders["figures"] = folder
    todo, start = entries(only, all_cells=all_cells, seed=seed), time.perf_counter()
    for kind, place in folders.items():
        if kind == "figures" or (kind == "tables" and tables) or (kind == "netlists" and netlists):
            with told(place):
                place.mkdir(parents=True, exist_ok=True)
    kept = folders["tables"] if tables else None
    record = GalleryRecord(folder, force=force) if tables else None
    jobs = [(entry, name) for entry in todo for name in entry.runs()]
    jobs.sort(key=lambda job: FIRST.index(job[1]) if job[1] in FIRST else len(FIRST))
    parts = [_table_part(entry, name, kept) for entry, name in jobs]
    if netlists:
        netted = (entry for entry in todo if isinstance(entry, DeviceEntry | CellEntry))
        parts += [_netlist_part(entry, folders["netlists"]) for entry in netted]
    outcomes = _in_parallel(parts, record, processes, "measured")
    measured = {(each.entry, each.name): each for each in outcomes if each.table is not None}
    sections = [_section(entry, measured) for entry in todo]
    pictures = [
        _picture_part(measured[section.entry, shown.name], folders["figures"] / f"{shown.stem}.png")
        for section in sections
        for shown in section.shown
        if shown.words is None and shown.same_as is None
    ]
    _in_parallel(pictures, record, processes, "drawn")
    left_out = sorted({each.left_out for each in outcomes if each.left_out})
    for message in left_out:
        print(f"left out: {message}", file=sys.stderr)
    if tables and netlists:
        asked = [] if only or all_cells else [each for each in entries(all_cells=True) if is_long(each)]
        write_page(folder, sections, left_out, asked)
    summary = _summary(outcomes)
    if tables:
        write_whole(folder / "summary.csv", lambda path: summary.to_csv(path, index=False))
    spent = time.perf_counter() - start
    print(f"{len(todo)} devices and cells, {len(pictures)} figures in {spent:.0f} s: {folder}", file=sys.stderr)
    return summary


@dataclass(frozen=True)
class Part:
    """A part of a gallery's work: a function and its arguments, of what it is, what it depends on, and its files."""

    name: str
    what: str
    settings: str
    function: Callable[..., Outcome]
    arguments: tuple[Any, ...]
    files: tuple[Path, ...]
    again: Callable[[Mapping[str, Any]], Outcome]


def _table_part(entry: Entry, name: str, folder: Path | None) -> Part:
    stem = f"{entry.stem}-{name}"
    files = () if folder is None else tuple(folder / f"{stem}{suffix}" for suffix in (".csv", ".parquet"))

    def again(row: Mapping[str, Any]) -> Outcome:
        return Outcome(entry, name, read_table(files[-1]), dict(row))

    return Part(stem, f"{entry.stem}, {name}", settings_of(entry, name), _measure, (entry, name, folder), files, again)


def _netlist_part(entry: Entry, folder: Path) -> Part:
    files = [folder / f"{entry.stem}.sub"]
    if isinstance(entry, DeviceEntry):
        files.append(_deck_of(entry, files[0]))

    def again(row: Mapping[str, Any]) -> Outcome:
        return Outcome(entry, "netlist", None, dict(row))

    name, what = f"{entry.stem} netlist", f"{entry.stem}, netlist"
    return Part(name, what, settings_of(entry, "netlist"), _make_netlist, (entry, folder), tuple(files), again)


def _picture_part(outcome: Outcome, path: Path) -> Part:
    done = Outcome(outcome.entry, outcome.name)
    what, settings = f"{outcome.entry.stem}, {outcome.name}", settings_of(outcome.entry, outcome.name)
    return Part(path.name, what, settings, _draw, (done, outcome.table, path), (path,), lambda row: done)


def _in_parallel(parts: list[Part], record: GalleryRecord | None, processes: int, what: str) -> list[Outcome]:
    """The outcomes of parts, of which those that are finished are taken from an earlier run."""
    outcomes, todo = [], []
    for part in parts:
        told = None if record is None else record.told(part.name, part.settings)
        try:
            if told is None:
                todo.append(part)
            else:
                outcomes.append(part.again(told))
        except (SynaspiceError, OSError, ValueError):  # a table that somebody changed
            todo.append(part)
    if outcomes:
        print(f"{len(outcomes)} of {len(parts)} are there already, which --force makes again", file=sys.stderr)
    calls = [(k, part.what, part.function, *part.arguments) for k, part in enumerate(todo)]
    results = in_processes(_do, calls, processes=processes, ordered=False)
    for k, outcome in tqdm(results, total=len(todo), desc=what, file=sys.stderr, disable=None):
        outcomes.append(outcome)
        if record is not None and outcome.left_out is None:
            record.keep(todo[k].name, todo[k].settings, todo[k].files, outcome.row)
    return outcomes


def _do(number: int, what: str, function: Callable[..., Outcome], *arguments: Any) -> tuple[int, Outcome]:
    with warnings_of(what):
        return number, function(*arguments)


def _measure(entry: Entry, name: str, folder: Path | None) -> Outcome:
    try:
        table = entry.measure(name)
    except MissingDependencyError as missing:
        return Outcome(entry, name, left_out=f"{entry.title}: {missing}")
    row: dict[str, Any] = {}
    if folder is not None:
        for suffix in (".csv", ".parquet"):
            write_table(table, folder / f"{entry.stem}-{name}{suffix}")
    if name == "iv":
        at_zero = table[table["voltage"] == 0]["resistance"]
        row = {"low_resistance_ohm": at_zero.min(), "high_resistance_ohm": at_zero.max()}
    return Outcome(entry, name, table, row)


def _draw(done: Outcome, table: pd.DataFrame, path: Path) -> Outcome:
    save(plot(table), path)
    return done


def _section(entry: Entry, measured: dict[tuple[Entry, str], Outcome]) -> Section:
    """What the page says of an entry."""
    shown = []
    for name in entry.runs():
        outcome = measured.get((entry, name))
        if outcome is None or outcome.table is None:
            continue
        table = outcome.table
        drawing, words = drawing_of(table), drawing_of(table).in_words(table)
        twin = None if words else _twin(entry, name, measured)
        shown.append(
            Shown(
                name=name,
                stem=f"{entry.stem}-{name}",
                title=title_of(table),
                meaning=(drawing.__doc__ or "").partition("\n")[0],
                conditions=conditions_of(table),
                words=words,
                same_as=None if twin is None else (f"{twin.stem}-{name}", twin.title),
            )
        )
    return Section(entry, shown)


def _twin(entry: Entry, name: str, measured: dict[tuple[Entry, str], Outcome]) -> Entry | None:
    """The first entry of the same model before this one that is drawn and whose table of the same name is alike."""
    own = measured[entry, name].table
    assert own is not None
    for (other, run), outcome in sorted(measured.items(), key=lambda item: item[0][0].stem):
        if (other.model, run) != (entry.model, name) or other.stem >= entry.stem or outcome.table is None:
            continue
        # One that is not drawn itself, since it is like a third one, is no picture to look at.
        if alike(own, outcome.table) and _twin(other, run, measured) is None:
            return other
    return None


def alike(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    """Whether two tables agree within 1 % in every number, and in all texts."""
    if list(first.columns) != list(second.columns) or len(first) != len(second):
        return False
    for column in first.columns:
        one, other = first[column], second[column]
        if not pd.api.types.is_numeric_dtype(one):
            if not one.equals(other):
                return False
            continue
        a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
        size = np.nanmax(np.abs(a), initial=0.0)
        # Beside zero, rounding makes any relative difference.
        if not np.allclose(a, b, rtol=ALIKE, atol=1e-6 * size, equal_nan=True):
            return False
    return True


def _summary(outcomes: list[Outcome]) -> pd.DataFrame:
    rows: dict[Entry, dict[str, Any]] = {}
    for outcome in outcomes:
        if isinstance(outcome.entry, DeviceEntry):
            start = {"device": outcome.entry.model, "preset": outcome.entry.preset or "default"}
            rows.setdefault(outcome.entry, start).update(outcome.row)
    found = pd.DataFrame(list(rows.values()), columns=None if rows else ["device", "preset"])
    return found.sort_values(["device", "preset"], ignore_index=True)


def _make_netlist(entry: Entry, folder: Path) -> Outcome:
    outcome = Outcome(entry, "netlist")
    netlist = folder / f"{entry.stem}.sub"
    if isinstance(entry, CellEntry):
        try:
            text = CELLS[entry.model]().netlist()
        except MissingDependencyError as missing:
            return Outcome(entry, "netlist", left_out=f"{entry.title}: {missing}")
        write_whole(netlist, lambda path: path.write_text(text, encoding="utf-8"))
    elif isinstance(entry, DeviceEntry):
        _run_netlist(entry, netlist, outcome)
    return outcome


def _deck_of(entry: Entry, netlist: Path) -> Path:
    """The deck that runs an exported netlist."""
    return netlist.with_name(f"{entry.stem}-test.cir")


def _run_netlist(entry: DeviceEntry, netlist: Path, outcome: Outcome) -> None:
    """Export the device, and run it in the stand-alone ngspice on a drive that moves its states."""
    device = entry.device
    stimulus = device.protocol(Stimulus)
    inputs = [name for name in stimulus.inputs if name in device.input_declarations()]
    subcircuit = device.subcircuit(inputs=inputs)
    deck = _deck_of(entry, netlist)
    write_whole(netlist, lambda path: path.write_text(str(subcircuit), encoding="utf-8"))
    text = transient_deck(device, netlist.name, subcircuit, stimulus)
    write_whole(deck, lambda path: path.write_text(text, encoding="utf-8"))
    try:
        measured = run_deck(deck)
    except MissingDependencyError as missing:
        outcome.left_out = f"running the exported netlists: {missing}"
        return
    case: dict[str, Any] = {"source": stimulus.source, "inputs": stimulus.inputs}
    times = [0.0, MEASURED_AT * stimulus.duration]
    final = (
        device.replace(**stimulus.overrides).simulate(stimulus.drive, stimulus.duration, times=times, **case).iloc[-1]
    )
    states = device.state_declarations()
    outcome.row |= {
        "states": " ".join(states),
        "ngspice": " ".join(f"{measured[f'final_{name}']:.6g}" for name in states),
        "numeric": " ".join(f"{final[name] / state.scale:.6g}" for name, state in states.items()),
        "difference": max(abs(measured[f"final_{name}"] - final[name] / state.scale) for name, state in states.items()),
    }
