"""Any bench over a grid of parameters, options, devices, corners and settings, as one table: a row for each point."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.cmos import CORNERS, TECHNOLOGIES
from ...circuits.cells.building.declared import ZERO_CELSIUS
from ...devices.core.metadata import Column, described_table, device_title
from ...devices.core.variability import Distribution
from ...devices.language.checks import flag, instance, mapping, names, whole
from ...devices.language.errors import ParameterError, SimulationError, ValidityWarning, warn_user
from ...devices.language.memory import require_memory
from ...devices.language.quantities.quantity import format_si
from ...devices.language.version import __version__
from ...devices.model import CompactModel
from ..bench import BENCHES
from ..cells.bench import bench_of_cell
from ..cells.reliability import TEMPERATURES
from ..citing import CITE
from ..resumable import check_seed, compute_pieces
from ..statistics.measuring import OF_THE_WORK, SEEDS, Measurement, measurement_of
from ..statistics.merit import SAMPLE, Merit
from ..statistics.samplers import normal_numbers
from ..statistics.spreads import Thing, spreads_of, variables_of
from ..statistics.summary import check_limits, passing
from .axes import PIECE, Axis, axes_of
from .point import FAILED, MEASURED, MISSING, REFUSED, STATUS, WORKS, made, measure_point

#: The axes of all corners (PVT): process, temperature [K], and the supply, 10 % below and above the nominal one.
PVT: Mapping[str, Any] = {"corner": CORNERS, "temperature": TEMPERATURES, "supply_voltage": "-10%,0%,10%"}
#: Samples of a Monte Carlo run, and those of a quick one.
SAMPLES, QUICK_SAMPLES = 100, 8
#: Where a point of a cell lies.
ABOUT: Mapping[str, tuple[str, str]] = {
    "technology": ("1", "technology of the transistors"),
    "corner": ("1", "corner of the transistors"),
    "temperature": ("K", "temperature of the circuit"),
    "supply_voltage": ("V", "supply voltage"),
}
#: What became of a point.
OUTCOME: Mapping[str, tuple[str, str]] = {
    "status": ("1", f"what became of the point: {', '.join(STATUS)}"),
    "passes": ("1", "whether it works, or was measured, and its measure lies within the limits"),
    "reason": ("1", "why it does not work, or why there is no result"),
    "remarks": ("1", "warnings of this point"),
}


def sweep(
    thing: CompactModel | Cell,
    axes: Mapping[str, str | Sequence[Any]] | None = None,
    bench: str | None = None,
    *,
    corners: bool = False,
    measures: Sequence[str] = (),
    least: float | None = None,
    most: float | None = None,
    samples: int | None = None,
    mismatch: bool = False,
    distributions: Mapping[str, Distribution | str] | None = None,
    outside: str = "truncate",
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    quick: bool = False,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Run the bench of a cell or device at every point of a grid, as one table with a row for each.

    A point that cannot be built or measured is a row with the reason. Points are computed in parallel under
    :func:`joblib.parallel_config`; the table does not depend on how, nor on whether it was interrupted and resumed.

    With ``samples`` every point is measured so many times. Sample k is the same chip, and the same standard normal
    numbers of the scattered parameters, at every point of the grid: differences between points are those of the points.
    :func:`~synaspice.characterization.sweeps.yields.yields` makes a table of yields of it.

    Parameters
    ----------
    thing : CompactModel or Cell
        What is swept.
    axes : mapping, optional
        Values by name, of parameters (``supply_voltage``, ``temperature``, ``junction.tmr``), options (``technology``,
        ``corner``), devices of a cell (``junction``) and settings of the bench (``load``). Numbers or names in a
        sequence, or a text: ``"0.8:1.2:5"``, ``"1n:1u:7:log"``, ``"-40degC,27degC"``, ``"slow,fast"``. Per cents,
        ``"-10%,0%,10%"``, are relative to the value that the parameter has at that point otherwise, as that of the
        technology.
    bench : str, optional
        Name of a bench, of a device; a cell has its standard one.
    corners : bool
        Whether to sweep a cell over all of process, voltage and temperature as well: three corners, -40, 27 and 125
        degrees Celsius, and the supply at 90, 100 and 110 % of the nominal one. Axes of the same name stand in place
        of these.
    measures : sequence of str
        Further numbers of each point: columns of the bench, as ``"max gain"`` or ``"output at input=0.4"``; see
        :func:`~synaspice.characterization.statistics.merit.figures_of_merit`. A cell's own figures are there without
        being asked for. The figure of the table shows these first.
    least, most : float, optional
        Limits of the first measure for a point that passes, in its unit.
    samples : int, optional
        How many times each point is measured, with ``mismatch`` or ``distributions``; default: once, and 100 times
        with either.
    mismatch : bool
        Whether every sample of a cell is a chip whose transistors have random thresholds, after Pelgrom.
    distributions : mapping, optional
        Distributions of parameters, around their values at each point; as of
        :func:`~synaspice.characterization.statistics.vary.vary`.
    outside : str
        ``"truncate"`` cuts distributions off at the parameters' bounds, ``"refuse"`` refuses those that reach beyond.
    seed : int, optional
        Seed of samples, and of the noise of benches that take one, which is the same at all points; default: that of
        the bench, or a random one, which ``attrs`` names.
    settings : mapping, optional
        Arguments of the bench, by name.
    quick : bool
        Whether to take three values at most of every numeric axis, and eight samples.
    checkpoint : str or Path, optional
        Folder in which finished points are kept, to resume from; see
        :func:`~synaspice.characterization.resumable.compute_pieces`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        Columns: of a cell ``technology``, ``corner``, ``temperature`` [K], ``supply_voltage`` [V]; the axes, a relative
        one as ``NAME_over_nominal``; ``sample``; ``status`` (``works``, ``does not work``, ``measured``, ``refused``,
        ``failed``, ``not installed``), ``passes``, ``reason``, ``remarks``; and the figures: numbers that the bench
        says of its table, as ``error_rate``, with the energy and delay of its operations, and the measures. ``attrs``
        have the ``axes`` and the ``criterion``.

    Raises
    ------
    ParameterError
        If there is nothing to sweep, or an argument makes no sense.
    UnknownNameError
        If there is no such quantity, bench or measure.
    SimulationError
        If no point has a result; with the reason of the first.
    """
    instance("what is swept", thing, (CompactModel, Cell), "a device or a cell")
    flag("corners", corners), flag("mismatch", mismatch), flag("quick", quick), flag("progress", progress)
    if corners and not isinstance(thing, Cell):
        raise ParameterError("corners are of cells: a device has no transistors")
    if mismatch and not isinstance(thing, Cell):
        raise ParameterError("mismatch is of the transistors of cells, and a device has none")
    wanted, limits = _measures(thing, measures), check_limits(least, most)
    if limits != [None, None] and not wanted:
        raise ParameterError("limits are of the first measure: name it")
    spread = mapping("distributions", distributions)
    measurement = replace(measurement_of(thing, bench, settings, False), chips=bool(mismatch))
    grid = _grid(thing, measurement, axes, corners, quick)
    points = list(itertools.product(*(axis.values for axis in grid)))
    _check_spreads(thing, grid, points[0], spread, outside)
    count = _count(samples, bool(mismatch or spread), quick)
    if not grid and count is None:
        raise ParameterError("nothing is swept: give an axis, corners or samples")
    if count is None and seed is None and not _is_random(measurement, thing):
        measurement = replace(measurement, seeds=())  # the bench has a seed of its own
    drawn = count is not None or bool(measurement.seeds)
    check_seed(seed, checkpoint if drawn else None)
    number = whole("seed", np.random.SeedSequence().generate_state(1)[0].item() if seed is None else seed, 0, 2**64 - 1)
    drawer = _Samples(measurement, number, count, spread, outside)
    require_memory(len(points) * (count or 1), "points of the sweep", PIECE)
    pieces = [
        {
            "function": measurement.function,
            **drawer.of(thing, k),
            **_changes(grid, values),
            "settings": {**measurement.arguments, **_settings(grid, values), **drawer.seeds(k)},
            "measures": wanted,
        }
        for values in points
        for k in range(count or 1)
    ]
    described = {
        "bench": measurement.description,
        "thing": thing,
        "axes": {axis.name: [axis.values, axis.relative] for axis in grid},
        "named": _named(thing, grid),
        "measures": wanted,
        "samples": [count, bool(mismatch), {name: repr(each) for name, each in spread.items()}, outside],
        "seed": number if drawn else None,
        "version": __version__,
    }
    results = compute_pieces(
        measure_point, pieces, description=described, checkpoint=checkpoint, progress="points" if progress else None
    )
    rows = [json.loads(str(result["row"])) for result in results]
    _check_rows(rows)
    more: dict[str, Any] = {
        "samples": count,
        "mismatch": bool(mismatch),
        "varied": {name: str(each) for name, each in spread.items()},
    }
    more |= {"seed": number if drawn else None, "limits": limits, "measures": wanted}
    return _table(thing, measurement, grid, points, rows, count, more)


def _check_spreads(
    thing: Thing, grid: Sequence[Axis], values: Sequence[Any], spread: Mapping[str, Any], outside: str
) -> None:
    """Refuse distributions that are none at the first point, before the work."""
    if not spread:
        return
    try:
        first = made(thing, **_changes(grid, values))
    except ParameterError:  # which the point itself will tell
        first = thing
    spreads_of(first, spread, outside)


def _measures(thing: Thing, measures: Any) -> list[str]:
    wanted = names("measures", measures, empty=True)
    for text in wanted:
        Merit.of(text)
    if not wanted and isinstance(thing, CompactModel):
        raise ParameterError("say which numbers of each point are meant: measures=['max current'], for example")
    return wanted


def _grid(thing: Thing, measurement: Measurement, axes: Any, corners: bool, quick: bool) -> list[Axis]:
    given = mapping("the axes", axes)
    if corners:
        given = {**{name: values for name, values in PVT.items() if name not in given}, **given}
        # Process first, as in any table of corners; what else is swept stands before it.
        given = {**{name: given[name] for name in given if name not in PVT}, **{name: given[name] for name in PVT}}
    there = bench_of_cell(type(thing)) if isinstance(thing, Cell) else BENCHES[measurement.name]
    own = {name: each for name, each in there.settings.items() if name not in (*OF_THE_WORK, *SEEDS)}
    found = axes_of(thing, own, given)
    if doubled := [axis.name for axis in found if axis.name in measurement.arguments]:
        raise ParameterError(f"{doubled[0]} is swept and given as a setting")
    return [axis.thinned() for axis in found] if quick else found


def _count(samples: Any, scattered: bool, quick: bool) -> int | None:
    if not scattered:
        if samples is not None:
            raise ParameterError("samples differ by mismatch or by distributions: give either")
        return None
    found = SAMPLES if samples is None else whole("samples", samples, 2)
    return min(found, QUICK_SAMPLES) if quick else found


def _is_random(measurement: Measurement, thing: Thing) -> bool:
    """Whether a bench takes random numbers of its own, where none is given."""
    if not measurement.seeds:
        return False
    there = bench_of_cell(type(thing)) if isinstance(thing, Cell) else BENCHES[measurement.name]
    return any(there.settings[name].default is None for name in measurement.seeds if name in there.settings)


class _Samples:
    """What tells samples apart: chips, scattered parameters, and seeds of the noise."""

    def __init__(
        self, measurement: Measurement, seed: int, count: int | None, spread: Mapping[str, Any], outside: str
    ) -> None:
        self.measurement, self.seed, self.count = measurement, seed, count
        self.spread, self.outside = spread, outside
        drawn = normal_numbers("random", count, np.eye(len(spread)), seed) if count and spread else None
        self.shares = None if drawn is None else ndtr(drawn).tolist()

    def of(self, thing: Thing, k: int) -> dict[str, Any]:
        """The thing on the chip of a sample, and where in their distributions its scattered parameters lie."""
        scatter = None if self.shares is None else (dict(self.spread), self.outside, self.shares[k])
        return {"thing": self.measurement.on_chip(thing, k, self.seed), "scatter": scatter}

    def seeds(self, k: int) -> dict[str, int]:
        """Seeds of the bench: each sample's own, or one for all points."""
        own = self.measurement.of_sample(k, self.seed)
        return {name: own[name] for name in self.measurement.seeds}


def _named(thing: Thing, grid: Sequence[Axis]) -> dict[str, list[Any]]:
    """What the names on axes stand for: things with each of them, or why there is none, by the axis."""
    found: dict[str, list[Any]] = {}
    for axis in grid:
        if axis.setting or axis.relative or not any(isinstance(value, str) for value in axis.values):
            continue
        found[axis.name] = []
        for value in axis.values:
            try:
                found[axis.name].append(made(thing, {axis.name: value}, {}))
            except ParameterError as error:
                found[axis.name].append(str(error))
    return found


def _changes(grid: Sequence[Axis], values: Sequence[Any]) -> dict[str, Any]:
    pairs = list(zip(grid, values, strict=True))
    return {
        "changes": {axis.name: value for axis, value in pairs if not axis.setting and not axis.relative},
        "relative": {axis.name: value for axis, value in pairs if axis.relative},
    }


def _settings(grid: Sequence[Axis], values: Sequence[Any]) -> dict[str, Any]:
    return {axis.name: value for axis, value in zip(grid, values, strict=True) if axis.setting}


def _check_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a sweep without any result, and say how many points have none, or remarks."""
    if not any(row["figures"] for row in rows):
        kind = ParameterError if rows[0]["status"] == REFUSED else SimulationError
        raise kind(f"no point has a result; the first: {rows[0]['reason']}")
    without = [row for row in rows if row["status"] in (REFUSED, FAILED, MISSING)]
    if without:
        first = without[0]
        warn_user(
            f"{len(without)} of {len(rows)} points have no result (column reason); the first is {first['status']}: "
            f"{first['reason']}",
            ValidityWarning,
        )
    said = [row["remarks"][0] for row in rows if row["remarks"]]
    if said:
        warn_user(
            f"{len(said)} of {len(rows)} points have remarks (column remarks); the first: {said[0]}", ValidityWarning
        )


def _table(
    thing: Thing,
    measurement: Measurement,
    grid: Sequence[Axis],
    points: Sequence[Sequence[Any]],
    rows: Sequence[Mapping[str, Any]],
    count: int | None,
    more: Mapping[str, Any],
) -> pd.DataFrame:
    repeated = count or 1
    columns: dict[str, Column] = {}
    if isinstance(thing, Cell):
        for name, (unit, description) in ABOUT.items():
            columns[name] = ([_about(row, name) for row in rows], unit, description)
    for k, axis in enumerate(grid):
        values = np.repeat(np.array([values[k] for values in points]), repeated)
        columns[axis.column] = (values, axis.unit, axis.description)
    if count is not None:
        columns[SAMPLE] = (
            np.tile(np.arange(count), len(points)),
            "1",
            "number of the sample: the same chip everywhere",
        )
    told: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in ("status", "reason")}
    told |= {"remarks": ["; ".join(row["remarks"]) for row in rows]}
    figures, about = _figures(rows, {*columns, *OUTCOME, *measurement.arguments, *variables_of(thing)})
    measures, limits = list(more["measures"]), list(more["limits"])
    good = np.array([row["status"] in (WORKS, MEASURED) for row in rows])
    told["passes"] = [*(good & passing(figures[measures[0]], limits) if limits != [None, None] else good).tolist()]
    columns |= {name: (told[name], unit, description) for name, (unit, description) in OUTCOME.items()}
    columns |= {name: (values, *about[name]) for name, values in figures.items()}
    criteria = list(dict.fromkeys(row["criterion"] for row in rows if row.get("criterion")))
    return described_table(
        columns,
        bench="sweep",
        swept=thing.model_name(),
        measured=measurement.name,
        title=_title(thing, columns),
        parameters={**thing.options, **thing.values},
        axes=[axis.column for axis in grid],
        figures=list(figures),
        criterion="; ".join(criteria) or None,
        **{CITE: list(dict.fromkeys(line for row in rows for line in row.get("cite", ())))},
        **more,
    )


def _title(thing: Thing, columns: Mapping[str, Column]) -> str:
    """What is swept in words, with technology, corner, temperature and supply of a cell where they stay the same."""
    if not isinstance(thing, Cell):
        return device_title(thing)
    same = {name: set(columns[name][0]) - {"", math.nan} for name in ABOUT}
    one = {name: values.pop() for name, values in same.items() if len(values) == 1}
    words = [thing.title_in_words()]
    words += [TECHNOLOGIES[one["technology"]].node_in_words] if "technology" in one else []
    words += [f"{one['corner']} corner"] if "corner" in one else []
    words += [f"{one['temperature'] - ZERO_CELSIUS:.4g} °C"] if "temperature" in one else []
    words += [format_si(one["supply_voltage"], "V", 3)] if "supply_voltage" in one else []
    return ", ".join(words)


def _about(row: Mapping[str, Any], name: str) -> Any:
    return row["about"].get(name, "" if ABOUT[name][0] == "1" else math.nan)


def _figures(
    rows: Sequence[Mapping[str, Any]], taken: set[str]
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, str]]]:
    """The figures of all points, by name, with unit and description; NaN where a point has none."""
    about: dict[str, tuple[str, str]] = {}
    for row in rows:
        for name, (_, unit, description) in row["figures"].items():
            if name not in taken:
                about.setdefault(name, (unit, description))
    missing = (math.nan,)
    return {
        name: np.array([row["figures"].get(name, missing)[0] for row in rows], dtype=float) for name in about
    }, about
