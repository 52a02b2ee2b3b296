"""Run every cell in every technology, corner, engine and dialect; keep what ran, and write it for the page on cells.

``python tools/cells_table.py docs/accuracy/cells-table.md`` writes the page from the kept results beside it
(``docs/accuracy/cells-table.csv``); with ``--minutes 40`` it first runs, for so long, what is not among them, the
cells that take least time before the others. It may be ended and started again; ``--again NAME`` runs a cell's anew,
``--again-form vacask`` all decks of a form; both together those of the cell in that form.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from cell_runs import (
    MODES,
    NO_DECK,
    NO_NOISE,
    OTHER,
    SAME,
    bench_row,
    deck_row,
    expected_row,
)
from published_table import row
from tqdm import tqdm

from synaspice.characterization.cells.bench import bench_of_cell
from synaspice.characterization.processes import in_processes
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.cmos import CORNERS, TECHNOLOGIES
from synaspice.devices.core.files import write_whole
from synaspice.devices.language.quantities.quantity import format_si
from synaspice.devices.targets.spice.dialects import DIALECTS

#: What tells two results apart.
KEY = ["cell", "technology", "corner", "form"]
#: Words of the table, by what became of a run.
WORDS = {
    "works": "works",
    "does not work": "**does not**",
    "refused": "refused",
    "failed": "**failed**",
    "not installed": "not installed",
    SAME: "same",
    OTHER: "**differs**",
    NO_NOISE: "no noise",
    NO_DECK: "no deck",
}
#: What was not run.
NOT_RUN = "not run"
#: Forms of the decks' table, and what heads them.
FORMS = {"ngspice": "ngspice", "ngspice-osdi": "ngspice, native", "vacask": "VACASK"} | {
    name: f"{DIALECTS[name].name} netlist" for name in MODES
}
#: Difference from the bench's figure that is told. [1]
TOLD = 5e-4
#: Time that a run is thought to take as long as none of its cell is known. [s]
UNKNOWN = 60.0
#: What a page says first.
MARK = "<!-- written by tools/cells_table.py from cells-table.csv -->"


def kept(file: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    """The results that were kept, of cells and technologies that there still are."""
    if not file.is_file():
        return {}
    table = pd.read_csv(file, keep_default_na=False, na_values={"value": ["nan", ""], "expected": ["nan", ""]})
    rows = [each for each in table.to_dict("records") if each["cell"] in CELLS and each["technology"] in TECHNOLOGIES]
    return {tuple(str(each[name]) for name in KEY): {str(k): v for k, v in each.items()} for each in rows}


def keep(file: Path, rows: dict[tuple[str, ...], dict[str, Any]]) -> None:
    """Write the results, whole or not at all."""
    table = pd.DataFrame([rows[key] for key in sorted(rows)])
    text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    write_whole(file, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def without(
    found: dict[tuple[str, ...], dict[str, Any]], names: Sequence[str], forms: Sequence[str]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """The results without those of some cells, of some forms, or of the cells in the forms where both are given."""

    def again(name: str, form: str) -> bool:
        return (not names or name in names) and (not forms or form in forms)

    return {key: one for key, one in found.items() if not again(key[0], key[3])}


def work(
    names: Sequence[str], found: dict[tuple[str, ...], dict[str, Any]], technologies: Sequence[str]
) -> list[tuple[Any, tuple[Any, ...]]]:
    """What is to be run, in order: benches and decks of quick cells, their corners, then the same of slow cells.

    What is known to take long comes last: each by the time that the cell's bench in the first technology took.
    """
    quick = [name for name in names if not bench_of_cell(CELLS[name]).long]
    slow = [name for name in names if name not in quick]
    typical, *corners = CORNERS
    first, *others = sorted(technologies, key=lambda process: (process != "generic", process != "sky130", process))
    stages = [(quick, [(first, typical)]), (quick, [(first, corner) for corner in corners])]
    stages += [(quick, [(process, typical) for process in others[:1]]), (slow, [(first, typical)])]
    stages += [(part, [(process, corner) for process in others for corner in CORNERS]) for part in (quick, slow)]
    stages += [(slow, [(first, corner) for corner in corners])]
    todo: dict[tuple[str, ...], tuple[Any, tuple[Any, ...]]] = {}
    for part, places in stages:
        for name, (process, corner) in itertools.product(part, places):
            todo.setdefault((name, process, corner, "bench"), (bench_row, (name, process, corner)))
            if (process, corner) != ("generic", typical):
                continue
            todo.setdefault((name, process, corner, "expected"), (expected_row, (name,)))
            expected = found.get((name, process, corner, "expected"))
            for form in FORMS if expected is not None else ():
                known = (name, form, float(expected["value"]), float(expected["error"]))
                todo.setdefault((name, process, corner, form), (deck_row, known))
    rest = [key for key in todo if key not in found]
    return [todo[key] for key in sorted(rest, key=lambda key: _seconds(found, key))]


def _seconds(found: dict[tuple[str, ...], dict[str, Any]], key: tuple[str, ...]) -> float:
    """Time that a run probably takes [s]."""
    name, *_, form = key
    first = found.get((name, "generic", CORNERS[0], "bench" if form == "bench" else "expected"))
    return UNKNOWN if first is None else float(first["seconds"])


def run(file: Path, names: Sequence[str], technologies: Sequence[str], minutes: float, jobs: int) -> None:
    """Run what is not kept yet, for some time."""
    found, end = kept(file), time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        todo = work(names, found, technologies)
        if not todo:
            return
        # What the first few tell decides what comes next: the figures of the decks, and the order of the rest.
        calls = [(function, arguments) for function, arguments in todo[: 2 * jobs]]
        for one in tqdm(in_processes(_called, calls, processes=jobs), total=len(todo), file=sys.stderr, desc="ran"):
            found[tuple(str(one[name]) for name in KEY)] = one
            keep(file, found)


def _called(function: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    result: dict[str, Any] = function(*arguments)
    return result


def page(found: dict[tuple[str, ...], dict[str, Any]], names: Sequence[str], technologies: Sequence[str]) -> str:
    """Both tables and the reasons, in Markdown."""
    lines = [MARK, "", "Benches, at 27 °C and the nominal supply of each technology:", ""]
    corners = [corner[0].upper() + corner[1:] for corner in CORNERS]
    heads = ["cell", *(f"{process}: {', '.join(corners).lower()}" for process in technologies)]
    lines += [row(heads), "| --- " * len(heads) + "|"]
    reasons: dict[str, dict[str, list[str]]] = {}

    def told(name: str, process: str, corner: str, form: str) -> str:
        one = found.get((name, process, corner, form))
        if one is None:
            return NOT_RUN
        if one["reason"] and one["outcome"] not in ("works", NO_DECK):
            where = f"{FORMS[form]}" if form in FORMS else f"{process} {corner}"
            places = reasons.setdefault(f"{WORDS[one['outcome']].strip('*')}: {one['reason']}", {})
            places.setdefault(where, []).append(name)
        return WORDS[one["outcome"]]

    for name in names:
        cells = []
        for process in technologies:
            each = [told(name, process, corner, "bench") for corner in CORNERS]
            cells.append(each[0] if len(set(each)) == 1 else ", ".join(each))
        lines.append(row([f"`{name}`", *cells]))
    lines += [
        "",
        "Decks of the exported cells (generic transistors, typical, 27 °C), with the figure of the bench:",
        "",
    ]
    heads = ["cell", "figure", "bench", "ngspice", *list(FORMS.values())[1:]]
    lines += [row(heads), "| --- " * len(heads) + "|"]
    for name in names:
        expected = found.get((name, "generic", "typical", "expected"))
        if expected is None or expected["outcome"] == NO_DECK:
            lines.append(row([f"`{name}`", NOT_RUN if expected is None else NO_DECK, *["–"] * (len(heads) - 2)]))
            continue
        figure, unit = str(expected["figure"]).replace("_", " "), str(expected["unit"])
        value = _number(float(expected["value"]), unit)
        outcomes = [_outcome(told(name, "generic", "typical", form), found, name, form) for form in FORMS]
        lines.append(row([f"`{name}`", figure, value, *outcomes]))
    count = sum(key[3] == "bench" for key in found)
    lines += ["", f"{count} of {len(names) * len(technologies) * len(CORNERS)} benches were run."]
    if reasons:
        lines += ["", *(f"- {_whose(places, found)}: {reason}" for reason, places in reasons.items())]
    return "\n".join(lines) + "\n"


def _whose(places: dict[str, list[str]], found: dict[tuple[str, ...], dict[str, Any]]) -> str:
    """The cells that a reason is of, with where; "every cell" if all decks of a form have it."""
    words = []
    for where, names in places.items():
        form = next((form for form, title in FORMS.items() if title == where), "")
        ran = {key[0] for key, one in found.items() if key[3] == form and one["outcome"] != NO_DECK}
        words += [f"every cell ({where})"] if ran and ran == set(names) else [f"`{name}` ({where})" for name in names]
    return ", ".join(dict.fromkeys(words))


def _outcome(word: str, found: dict[tuple[str, ...], dict[str, Any]], name: str, form: str) -> str:
    """An outcome with the difference from the bench."""
    one = found.get((name, "generic", "typical", form))
    if one is None or one["outcome"] not in (SAME, OTHER, NO_NOISE) or not float(one["expected"]):
        return word
    difference = float(one["value"]) / float(one["expected"]) - 1
    return word if abs(difference) < TOLD else f"{word} ({100 * difference:+.1f} %)".replace("-", "−")


def _number(value: float, unit: str) -> str:
    return f"{value:.4g}" if unit == "1" else format_si(value, {"ohm": "Ω"}.get(unit, unit), 4)


def main() -> None:
    """Run, keep and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("--minutes", type=float, default=0.0, help="how long to run what is not kept yet")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="CELL", help="only this cell is run; repeatable")
    parser.add_argument("--technology", action="append", help="only in this technology; repeatable")
    parser.add_argument("--again", action="append", default=[], metavar="CELL", help="forget a cell's results first")
    parser.add_argument(
        "--again-form", action="append", default=[], metavar="FORM", help="the same of a form's results"
    )
    given = parser.parse_args()
    file, names, technologies = given.page.with_suffix(".csv"), list(CELLS.own()), list(TECHNOLOGIES.own())
    if given.again or given.again_form:
        keep(file, without(kept(file), given.again, given.again_form))
    if given.minutes:
        run(file, given.only or names, given.technology or technologies, given.minutes, given.jobs)
    text = page(kept(file), names, technologies)
    write_whole(given.page, lambda temporary: temporary.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    main()
