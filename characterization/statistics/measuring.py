"""What is measured on every sample: a bench of devices, the standard bench of a cell, or a function of one's own."""

from __future__ import annotations

import inspect
import json
import math
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...devices.language.checks import instance, known, mapping
from ...devices.language.errors import MissingDependencyError, ParameterError, SimulationError, shown
from ..arguments import NoiseTemperature
from ..bench import BENCHES, Bench
from ..cells.bench import CellBench, bench_of_cell
from ..checkpoints import code_of
from .spreads import Thing

#: Settings of a bench that belong to the whole work.
OF_THE_WORK = ("checkpoint", "progress")
#: Settings that are seeds of the sample's own random numbers.
SEEDS = ("seed", "mismatch")
#: Largest seed of a sample: that of ngspice.
MOST_SEED = 2**31 - 1
#: What a sample's result says of itself: columns, attributes, and why there is none.
ABOUT = "about"


@dataclass(frozen=True)
class Measurement:
    """What is measured on every sample.

    Attributes
    ----------
    name : str
        Its name.
    function : callable
        Function of a device or cell, and of the arguments, that returns a table.
    arguments : Mapping
        The arguments, by name.
    seeds : tuple of str
        Arguments that get a seed of each sample's own.
    chips : bool
        Whether every sample of a cell has transistors of its own by itself, as its bench takes no seed of them.
    """

    name: str
    function: Callable[..., pd.DataFrame]
    arguments: Mapping[str, Any]
    seeds: tuple[str, ...]
    chips: bool = False

    def of_sample(self, index: int, seed: int) -> dict[str, Any]:
        """The arguments for a sample, with its seeds."""
        own = _seeds(index, seed)
        return {**self.arguments, **{name: own[name] for name in self.seeds}}

    def on_chip(self, thing: Thing, index: int, seed: int) -> Thing:
        """A sample with transistors of its own, if that is what is measured."""
        return thing.with_mismatch(_seeds(index, seed)["mismatch"]) if self.chips and isinstance(thing, Cell) else thing

    def with_one_seed(self, seed: int) -> Measurement:
        """The same with one seed for all samples."""
        return replace(self, arguments=self.of_sample(0, seed), seeds=())

    @property
    def description(self) -> dict[str, Any]:
        """All that its results depend on, but the samples."""
        about = {"name": self.name, "arguments": dict(self.arguments), "code": code_of(self.function)}
        return {**about, **({"chips": True} if self.chips else {})}


def _seeds(index: int, seed: int) -> dict[str, int]:
    """Seeds of a sample's own random numbers, by what they are for."""
    made = np.random.SeedSequence([seed, index]).generate_state(len(SEEDS)) % MOST_SEED
    return dict(zip(SEEDS, made.tolist(), strict=True))


def measurement_of(thing: Thing, bench: Any, settings: Mapping[str, Any] | None, mismatch: bool) -> Measurement:
    """What is measured on every sample of a device or cell.

    Parameters
    ----------
    thing : CompactModel or Cell
        The device or cell.
    bench : str or callable, optional
        Name or function of a bench; default, of cells: their standard bench.
    settings : mapping, optional
        Arguments of the bench, by name.
    mismatch : bool
        Whether every sample of a cell has transistors of its own.

    Raises
    ------
    ParameterError
        If there is no bench, or it does not take the arguments.
    UnknownNameError
        If there is no bench, or argument, of a name.
    """
    given = mapping("settings", settings)
    there: Bench | CellBench | None
    if isinstance(thing, Cell):
        if bench is not None:
            raise ParameterError("a cell has a standard bench: leave the bench out, that is, None")
        there = bench_of_cell(type(thing))
        name, function, known_settings = thing.model_name(), there.function, list(there.settings)
    else:
        if mismatch:
            raise ParameterError("mismatch is of the transistors of cells, and a device has none")
        there = _registered(bench)
        if there is not None:
            name, function, known_settings = there.name, there.function, list(there.settings)
        elif callable(bench) and not isinstance(bench, type):
            name, function = str(getattr(bench, "__name__", type(bench).__name__)).replace("_", "-"), bench
            known_settings = _parameters(bench)
        else:
            raise ParameterError(f"bench must be the name of a bench, or its function, not {shown(bench)}")
    for each in given:
        known(f"argument of {name}", each, known_settings)
        if each in OF_THE_WORK:
            raise ParameterError(f"{each} is of the whole work, not of each sample: give it to vary")
    random = {"seed": there is None or _is_noisy(there, given), "mismatch": mismatch}
    seeds = tuple(each for each in SEEDS if each in known_settings and each not in given and random[each])
    return Measurement(name, function, given, seeds, chips=mismatch and "mismatch" not in known_settings)


def _registered(bench: Any) -> Bench | None:
    """The registered bench of a name, or whose function it is."""
    if isinstance(bench, str):
        return BENCHES.find(bench)
    return next((there for there in BENCHES.values() if bench is there or bench is there.function), None)


def _is_noisy(bench: Bench | CellBench, given: Mapping[str, Any]) -> bool:
    """Whether a bench takes a seed with these arguments: one that has noise at a temperature only, if there is one."""
    temperature = bench.settings.get("temperature")
    optional = temperature is not None and temperature.argument in typing.get_args(NoiseTemperature)
    return not optional or given.get("temperature") is not None


def _parameters(function: Callable[..., Any]) -> list[str]:
    """Names of a function's arguments after the device."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        raise ParameterError(f"{shown(function)} does not say which arguments it takes") from None
    return [parameter.name for parameter in parameters]


def measure(
    function: Callable[..., pd.DataFrame], thing: Thing, arguments: Mapping[str, Any], sample: int, keep: bool
) -> dict[str, Any]:
    """Measure a sample: its columns, and what its table says of itself, as arrays that a file can hold.

    Parameters
    ----------
    function : callable
        What is measured.
    thing : CompactModel or Cell
        The sample.
    arguments : mapping
        The arguments.
    sample : int
        Its number, for the message.
    keep : bool
        Whether to go on if it cannot be measured.

    Raises
    ------
    SimulationError, ParameterError
        As the bench does, with the number of the sample.
    """
    try:
        table = instance("what a bench returns", function(thing, **arguments), pd.DataFrame, "a table")
    except MissingDependencyError:  # which no sample can be measured without
        raise
    except (SimulationError, ParameterError) as error:
        if keep:
            return {ABOUT: np.array(json.dumps({"columns": [], "attrs": {}, "failed": str(error)}))}
        kind = SimulationError if isinstance(error, SimulationError) else ParameterError
        raise kind(f"sample {sample}: {error}") from error
    try:
        about = json.dumps({"columns": list(map(str, table.columns)), "attrs": table.attrs, "failed": None})
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"the table of {shown(function)} has attributes that are no plain values: {error}"
        ) from None
    columns = {f"column{k}": _plain(table.iloc[:, k]) for k in range(table.shape[1])}
    return {ABOUT: np.array(about), **columns}


def _plain(column: pd.Series[Any]) -> np.ndarray:
    """A column as an array without objects."""
    values = column.to_numpy()
    return values if values.dtype.kind in "biuf" else np.array([str(value) for value in values], dtype=str)


@dataclass(frozen=True)
class Measured:
    """The table of a sample, as it was kept.

    Attributes
    ----------
    columns : dict of ndarray
        Its columns.
    attrs : dict
        Its attributes.
    failed : str or None
        Why there is no table.
    """

    columns: dict[str, np.ndarray]
    attrs: dict[str, Any]
    failed: str | None

    @classmethod
    def of(cls, result: Mapping[str, np.ndarray]) -> Measured:
        """Read the result of :func:`measure`."""
        about = json.loads(str(result[ABOUT]))
        columns = {name: result[f"column{k}"] for k, name in enumerate(about["columns"])}
        return cls(columns, about["attrs"], about["failed"])

    @property
    def rows(self) -> int:
        """Rows that it has in the table of all samples."""
        return len(next(iter(self.columns.values()))) if self.columns else 1


def differing(samples: list[Measured]) -> dict[str, list[float]]:
    """Attributes that are numbers or truths and are not the same for all samples, by name: a value for each."""
    whole = [each for each in samples if each.failed is None]
    found: dict[str, list[float]] = {}
    for name in whole[0].attrs:
        values = [_number(each.attrs.get(name)) for each in whole]
        if np.all(np.isnan(values)) or len(set(map(repr, values))) == 1:
            continue
        found[name] = [math.nan if each.failed is not None else _number(each.attrs.get(name)) for each in samples]
    return found


def _number(value: Any) -> float:
    return float(value) if isinstance(value, bool | int | float) else math.nan
