"""Exported cells through their own decks in every engine and dialect, and their benches in every technology and corner.

Each run is a row: what ran, and with which result. No Xyce, LTspice, HSPICE or Spectre is used: their netlists are read
by ngspice, in its modes for LTspice and HSPICE, and Spectre's through the strict reader of the tests.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from synaspice.characterization.cells.bench import bench_of_cell
from synaspice.characterization.cells.decks import cell_deck, expected_with_error, has_point, point_of
from synaspice.characterization.sweeps.point import FAILED, MISSING, REFUSED, measure_point
from synaspice.circuits.cells.building.cell import CELLS, Cell
from synaspice.circuits.cells.building.tolerances import options_lines
from synaspice.circuits.engine.osdi_library import find_osdi_program
from synaspice.circuits.engine.vacask.programs import find_vacask
from synaspice.devices.language.errors import MissingDependencyError, SynaspiceError

#: Outcomes beside those of a point of a sweep.
SAME, OTHER, NO_NOISE, NO_DECK = "same figure", "another figure", "no noise", "no deck"
#: Relative difference up to which a deck gives the figure of its bench; with thermal noise the two runs are two draws.
CLOSE, CLOSE_NOISY = 0.02, 0.05
#: Standard errors of one run by which two may differ by chance: four of the difference.
DRAWS = 4 * math.sqrt(2)
#: Engines that run a cell's own deck, and dialects that ngspice reads in a mode of its own. VACASK is both engine and
#: dialect.
VACASK = "vacask"
ENGINES = ("ngspice", "ngspice-osdi", VACASK)
MODES = {"ltspice": "lt", "hspice": "hs", "spectre": None, "xyce": None}
#: LTspice's random function, which ngspice has not: without it the rest of a netlist can be read.
WHITE = "white("
#: Time that a deck may take. [s]
LIMIT = 300.0


def bench_row(name: str, technology: str, corner: str) -> dict[str, Any]:
    """Run the bench of a cell as it comes in a technology and corner."""
    cell, start = CELLS.find(name), time.monotonic()
    changes = {"technology": technology, "corner": corner}
    row = json.loads(str(measure_point(bench_of_cell(cell).function, cell(), changes, {}, {})["row"]))
    return _row(name, technology, corner, "bench", row["status"], row["reason"], start)


def expected_row(name: str) -> dict[str, Any]:
    """The figure of a cell's deck by its bench."""
    cell, start = CELLS.find(name)(), time.monotonic()
    if not has_point(cell):
        return _row(name, "generic", "typical", "expected", NO_DECK, "its bench has no point for one", start)
    point = point_of(cell)
    try:
        value, error = expected_with_error(cell)
    except SynaspiceError as error:
        return _row(name, "generic", "typical", "expected", FAILED, str(error), start)
    row = _row(name, "generic", "typical", "expected", "measured", "", start)
    return row | {"figure": point.name, "unit": point.unit, "value": value, "error": 0.0 if error is None else error}


def deck_row(name: str, form: str, expected: float, error: float = 0.0) -> dict[str, Any]:
    """Export a cell, run its deck in an engine or a dialect, and compare its figure with that of the bench.

    Parameters
    ----------
    name : str
        The cell.
    form : str
        One of :data:`ENGINES`, or a dialect of :data:`MODES`.
    expected, error : float
        The figure by the bench, and its standard error where chance moves it.
    """
    cell, start = CELLS.find(name)(), time.monotonic()
    if not has_point(cell):
        return _row(name, "generic", "typical", form, NO_DECK, "its bench has no point for one", start)
    figure = point_of(cell)
    try:
        value = _figure(name, form)
    except MissingDependencyError as error:
        return _row(name, "generic", "typical", form, MISSING, str(error), start)
    except SynaspiceError as error:
        return _row(name, "generic", "typical", form, REFUSED, str(error), start)
    except (RuntimeError, AssertionError, subprocess.TimeoutExpired) as error:
        return _row(name, "generic", "typical", form, FAILED, str(error), start)
    close = CLOSE_NOISY if "noise_step" in cell.values else CLOSE
    same = abs(value - expected) <= close * abs(expected) + DRAWS * error
    silent = [] if same or form not in (*MODES, VACASK) else without_noise(cell.netlist(form), form)
    outcome = SAME if same else NO_NOISE if silent else OTHER
    row = _row(name, "generic", "typical", form, outcome, " ".join(dict.fromkeys(silent)), start)
    return row | {"figure": figure.name, "unit": figure.unit, "value": value, "expected": expected}


def without_noise(text: str, dialect: str) -> list[str]:
    """What a netlist says of its thermal noise that ngspice, which reads it, does not have."""
    if dialect == "ltspice" and WHITE in text:
        return ["its noise is LTspice's own function white(), read as zero"]
    return re.findall(r"(?:No t|T)hermal noise in transients: .*", text)


def _figure(name: str, form: str) -> float:
    """The figure that a deck prints."""
    kind = CELLS.find(name)
    program: str | None = shutil.which("ngspice")
    cell, settings = kind(), ["set filetype=ascii"]
    if form == VACASK:
        noisy = "noise_step" in cell.values  # which modules in Verilog-A have not in its transients
        return _printed(cell, _in_vacask(kind(devices="native") if noisy else cell))
    if form == "ngspice-osdi":
        program, cell = find_osdi_program(), kind(devices="native")
        settings += [f"osdi {file}" for file in cell.subcircuit().files]
    if program is None:
        raise MissingDependencyError("the ngspice program was not found")
    text = cell.netlist(form) if form in MODES else cell.netlist()
    if form in MODES:
        text = read_by_ngspice(text, form)
        text = "\n".join([*options_lines(dict(cell.subcircuit().options)), text])
        settings += [f"set ngbehavior={MODES[form]}"] if MODES[form] else []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / ".spiceinit").write_text("\n".join(settings) + "\n", encoding="utf-8")
        (place / "cell.sub").write_text(text, encoding="utf-8")
        (place / "deck.cir").write_text(cell_deck(cell, "cell.sub"), encoding="utf-8")
        command = [program, "-b", "deck.cir"]
        ended = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=LIMIT, errors="replace")
    return _printed(cell, ended)


def _in_vacask(cell: Cell) -> subprocess.CompletedProcess[str]:
    """Run a cell's deck in VACASK, without settings of the user's own."""
    program, netlist = find_vacask(), cell.netlist(VACASK)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "settings.toml").touch()
        (place / "cell.inc").write_text(netlist, encoding="utf-8")
        (place / "deck.sim").write_text(cell_deck(cell, "cell.inc", dialect=VACASK), encoding="utf-8")
        command = [str(program), "-qp", "-n", "1", "-b", "1", "--tomlfile", "settings.toml", "deck.sim"]
        return subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=LIMIT, errors="replace")


def _printed(cell: Cell, ended: subprocess.CompletedProcess[str]) -> float:
    """The figure that the run of a deck printed.

    Raises
    ------
    RuntimeError
        If there is none, with what the simulator said.
    """
    program = ended.args[0]
    wanted = point_of(cell).name
    found = re.findall(rf"^{wanted}\s*=\s*([-+.\deE]+)", ended.stdout, re.M | re.I)
    if not found:
        lines = [line.strip() for line in f"{ended.stdout}\n{ended.stderr}".splitlines() if line.strip()]
        said = [line for line in lines if re.search(r"error|fail|abort|unknown|unrecogn", line, re.I)]
        raise RuntimeError(f"{Path(program).name} measured nothing: {' '.join((said or lines)[:2])}"[:200])
    return float(found[-1])


def read_by_ngspice(text: str, dialect: str) -> str:
    """A cell's netlist of another simulator as ngspice reads it: without what names parts of that simulator itself."""
    if dialect == "spectre":
        sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
        from spectre_reader import to_ngspice

        text = to_ngspice(text)
    if dialect in ("ltspice", "spectre"):  # whose temperature in degrees Celsius ngspice calls by another name
        text = re.sub(r"(?<![\w.])temp(?!\w)(?! \d)", "temper", text)
    text = text.replace(WHITE, "0*(")
    text = re.sub(r"^\.(OPTIONS (DEVICE|TIMEINT)|temp|option) .*$", "*", text, flags=re.M)
    return text.replace("level=14", "level=54")


def _row(name: str, technology: str, corner: str, form: str, outcome: str, reason: str, start: float) -> dict[str, Any]:
    said = " ".join(reason.split())
    return {
        "cell": name,
        "technology": technology,
        "corner": corner,
        "form": form,
        "outcome": outcome,
        "figure": "",
        "unit": "",
        "value": math.nan,
        "expected": math.nan,
        "error": 0.0,
        "seconds": round(time.monotonic() - start, 1),
        "reason": said if len(said) <= 240 else f"{said[:240]}...",
    }
