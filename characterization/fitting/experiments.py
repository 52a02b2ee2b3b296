"""What a device gives where something was measured: the benches at the measured points.

Each experiment takes the columns of a table of measured data that were set or waited for (voltages, times, currents)
and returns what the device gives there. Static curves and oscillators are measured on their benches; loops and drift
are integrated over the measured waveform and to the measured times, which no bench would do, and many devices at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import column_information
from ...devices.core.protocols import Drift
from ...devices.language.checks import known
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import PiecewiseLinear
from ...devices.model import CompactModel
from ...devices.simulation.trajectories.batch import simulate_many
from ..arguments import Range
from ..bench import BENCHES
from ..benches.iv import iv
from ..fields import AXES
from ..measured.columns import ERROR
from ..measured.reading import CURVE
from .thermal import Made, Predicted, field_loop, pulsed


@dataclass(frozen=True)
class Experiment:
    """A way to compare devices with measured data.

    Attributes
    ----------
    name : str
        Its name: that of the bench that draws such data.
    given : tuple of str
        Columns of the data that were set.
    observed : tuple of str
        Columns of the data that were measured, and are compared.
    predict : callable
        What each of some devices gives at the rows of the data.
    """

    name: str
    given: tuple[str, ...]
    observed: tuple[str, ...]
    predict: Callable[[Sequence[CompactModel], pd.DataFrame], Predicted]


def experiment_for(
    device: CompactModel,
    data: pd.DataFrame,
    bench: str | None,
    observed: Sequence[str] | None,
    arguments: Mapping[str, Any],
) -> Experiment:
    """The experiment that measured data are one of.

    Parameters
    ----------
    device : CompactModel
        The device.
    data : DataFrame
        The data.
    bench : str, optional
        Name of the bench; default: ``hysteresis`` for data with a ``time`` and a ``voltage``, or with a resistance over
        ``field_x``, ``field_y`` or ``field_z``; ``switching`` for a ``probability``; ``iv`` for a ``voltage`` and no
        time, ``drift`` for a time and no voltage, ``spin-diode`` for a ``frequency`` and a ``rectified_voltage``,
        ``fmr`` for a ``field`` and a ``frequency``, ``amplitude`` for a ``current`` alone.
    observed : sequence of str, optional
        Columns to compare; default: all that are neither set nor an error.
    arguments : Mapping
        Further arguments of the bench.

    Raises
    ------
    UnknownNameError
        If there is no such bench or column.
    ParameterError
        If the data lack what the bench needs, or nothing is left to compare.
    """
    columns = set(data.columns)
    if bench is None:
        has = [name for name, needs, lacks in _DEFAULTS if needs <= columns and not lacks & columns]
        if not has:
            raise ParameterError(
                f"columns {sorted(columns)} do not say what was measured: name the bench, or call them as those of "
                f"{', '.join(dict.fromkeys(name for name, *_ in _DEFAULTS))}"
            )
        bench = has[0]
    known("bench", bench, BENCHES)
    if bench in _MAKERS:
        given, predict = _MAKERS[bench](device, data, dict(arguments))
    else:
        given, predict = _on_bench(bench, data, dict(arguments))
    lacking = [name for name in given if name not in columns]
    if lacking:
        raise ParameterError(f"to compare with the bench {bench} the data need the columns {lacking}")
    rest = [name for name in data.columns if name not in (*given, CURVE) and not name.endswith(ERROR)]
    chosen = rest if observed is None else [known("measured column", name, rest) for name in observed]
    if not chosen:
        raise ParameterError(f"beside {', '.join(given)} there is nothing measured to compare with")
    texts = [name for name in chosen if data[name].dtype.kind not in "fiu"]
    if texts:
        raise ParameterError(f"columns {texts} are no numbers, and cannot be compared")
    return Experiment(bench, given, tuple(chosen), predict)


#: By which columns an experiment is known: those it needs, and those it does not have.
_DEFAULTS: list[tuple[str, set[str], set[str]]] = [
    ("hysteresis", {"time", "voltage", "current"}, set()),
    ("switching", {"voltage", "probability"}, {"time"}),
    ("switching", {"current", "probability"}, {"time"}),
    ("iv", {"voltage"}, {"time", "width"}),
    ("drift", {"time"}, {"voltage"}),
    ("spin-diode", {"frequency", "rectified_voltage"}, {"time"}),
    ("fmr", {"field", "frequency"}, {"time", "voltage"}),
    *(("hysteresis", {f"field_{axis}", "resistance"}, {"time", "voltage"}) for axis in AXES),
    ("amplitude", {"current"}, {"time", "voltage"}),
]


def _curves(data: pd.DataFrame) -> list[np.ndarray]:
    """Rows of every curve."""
    if CURVE not in data:
        return [np.arange(len(data))]
    return [np.flatnonzero(data[CURVE] == name) for name in dict.fromkeys(data[CURVE])]


def _loop(device: CompactModel, data: pd.DataFrame, arguments: dict[str, Any]) -> Made:
    """The response to the measured waveform: straight lines between the measured points, each curve from the start.

    Without a time it is a loop in a field.
    """
    if "time" not in data and (in_field := field_loop(device, data, arguments)) is not None:
        return in_field
    source = str(arguments.pop("source", "voltage"))
    known("source", source, ("voltage", "current"))
    branch = next(iter(device.branches().values()))
    inputs = {name: name for name in device.input_declarations() if name in data}
    given = ("time", source, *inputs)

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        found: Predicted = [{} for _ in devices]
        for rows in _curves(data):
            part = data.iloc[rows]
            time = part["time"].to_numpy(float) - float(part["time"].iloc[0])
            if not np.all(np.diff(time) > 0):
                raise ParameterError("the times of a measured waveform must increase")
            drives = {name: PiecewiseLinear(tuple(time), tuple(part[name])) for name in (source, *inputs)}
            driven = branch.name if source == "voltage" else branch.current
            table = simulate_many(
                devices,
                drives.pop(source),
                float(time[-1]),
                source=driven,
                inputs=drives,
                times=time,
                rtol=1e-8,
                **arguments,
            )
            for k, one in enumerate(found):
                own = table.iloc[k * len(rows) : (k + 1) * len(rows)]
                renamed = {branch.name: "voltage", branch.current: "current"}
                for name in own.select_dtypes("number"):
                    values = one.setdefault(renamed.get(str(name), str(name)), np.full(len(data), np.nan))
                    values[rows] = own[name]
        return found

    return given, predict


def _static(device: CompactModel, data: pd.DataFrame, arguments: dict[str, Any]) -> Made:
    """Static curves: in the states that a column ``state`` names, or else in that at the start."""
    stated = "state" in data
    # The measured voltages are those of the device, whatever limited the current of the source.
    arguments.setdefault("compliance", math.inf)

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        voltages, places = np.unique(data["voltage"].to_numpy(float), return_inverse=True)
        found: Predicted = []
        for one in devices:
            names = list(dict.fromkeys(data["state"])) if stated else ["start"]
            table = iv(one, voltages, states=names if stated else {"start": {}}, **arguments)
            which = np.array([names.index(name) for name in data["state"]]) if stated else 0
            rows = which * len(voltages) + places
            found.append({str(name): table[name].to_numpy()[rows] for name in table.select_dtypes("number")})
        return found

    return ("voltage", *(["state"] if stated else [])), predict


def _drifting(device: CompactModel, data: pd.DataFrame, arguments: dict[str, Any]) -> Made:
    """A typical device after programming, without noise: drift, retention, disturbance by a voltage."""
    offered = device.protocol(Drift)
    bias = float(arguments.pop("bias", offered.bias))

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        times, places = np.unique(data["time"].to_numpy(float), return_inverse=True)
        if times[0] < 0 or len(times) < 2:
            raise ParameterError("drift is compared at two or more times, from zero on")
        started = [one.replace(**one.protocol(Drift).overrides) for one in devices]
        table = simulate_many(started, bias, float(times[-1]), times=times, **arguments)
        numbers = [str(name) for name in table.select_dtypes("number")]
        parts = [table.iloc[k * len(times) : (k + 1) * len(times)] for k in range(len(devices))]
        return [{name: part[name].to_numpy()[places] for name in numbers} for part in parts]

    return ("time",), predict


_MAKERS: dict[str, Callable[[CompactModel, pd.DataFrame, dict[str, Any]], Made]] = {
    "hysteresis": _loop,
    "iv": _static,
    "drift": _drifting,
    "switching": lambda device, data, arguments: (
        pulsed(device, data, arguments) or _on_bench("switching", data, arguments)
    ),
}


def _on_bench(bench: str, data: pd.DataFrame, arguments: dict[str, Any]) -> Made:
    """Any other bench: its ranges that the data have as columns are what was set."""
    there = BENCHES[bench]
    ranges = [name for name, setting in there.settings.items() if isinstance(setting.argument, Range)]
    swept = [name for name in ranges if name in data]
    if not swept:
        raise ParameterError(f"the data have none of the columns that the bench {bench} sets: {', '.join(ranges)}")
    if "seed" in there.settings:  # the same random numbers for all parameters
        arguments.setdefault("seed", 0)

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        sets = {name: np.unique(data[name].to_numpy(float)) for name in swept}
        found: Predicted = []
        for one in devices:
            table = there(one, **sets, **arguments)
            on = [name if name in table else str(table.attrs.get("swept", name)) for name in swept]
            indexed = table.set_index([pd.Index(table[name]) for name in on])
            wanted: Any = data[swept[0]] if len(swept) == 1 else pd.MultiIndex.from_frame(data[swept])
            rows = indexed.index.get_indexer(wanted)
            if np.any(rows < 0):
                raise ParameterError(f"the bench {bench} does not give a row for every measured one")
            found.append({str(name): table[name].to_numpy()[rows] for name in table.select_dtypes("number")})
        return found

    return tuple(swept), predict


def check_measured_units(device: CompactModel, data: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse data whose units are not those in which the device has these quantities.

    Raises
    ------
    ParameterError
        If one differs.
    """
    units, own = data.attrs.get("units", {}), column_information(device)
    branch = next(iter(device.branches().values()))
    renamed = {"voltage": branch.name, "current": branch.current}
    for name in names:
        wanted = own.get(renamed.get(name, name))
        if name in units and wanted is not None and units[name] != wanted[0]:
            raise ParameterError(f"the measured {name} is in {units[name]!r}, and that of the device in {wanted[0]!r}")
