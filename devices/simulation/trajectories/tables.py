"""The tables of trajectories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.metadata import FROM_SOURCE, SOURCE_VOLTAGE, TRAJECTORY, device_table, insert_column
from ...core.validity import warn_of_invalid
from ...core.vectors import compiled, parameter_vector
from ...language.waveforms.shapes import FloatArray
from ..operating_points.static import evaluate_shown
from ..request import Request


def tabulate(
    request: Request,
    times: FloatArray,
    voltage: FloatArray,
    states: FloatArray,
    telegraphs: Mapping[str, FloatArray] | None = None,
    parameters: Sequence[Any] | None = None,
    **attrs: Any,
) -> pd.DataFrame:
    """Make the table of a trajectory: time, terminal quantities, driven inputs, states, observables.

    ``states`` has one row per time. ``voltage`` is that of the driven branch. ``telegraphs`` are the values of the
    telegraph processes, ``parameters`` those of devices that differ.
    """
    drives = request.drives_at(times) | dict(telegraphs or {})
    others, source = request.voltages_at(times), request.waveform(times) if request.limited else None
    return _table(request, times, voltage, states, drives, others, source, parameters, attrs)


def tabulate_many(
    requests: Sequence[Request], times: FloatArray, voltages: FloatArray, states: FloatArray
) -> pd.DataFrame:
    """Make the table of trajectories of one structure at the same times, one below the other.

    Column ``trajectory`` is the number of the request. Parameters in which the devices differ are lists in
    ``attrs["varied"]``, and not in ``attrs["parameters"]``.

    Parameters
    ----------
    requests : sequence of Request
        One for each trajectory.
    times : ndarray
        The times. [s]
    voltages : ndarray, shape (trajectories, times)
        Voltages of the driven branch. [V]
    states : ndarray, shape (trajectories, times, states)
        States.
    """
    first, devices = requests[0], [request.device for request in requests]
    count, points = voltages.shape

    def joined(values: Sequence[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
        return {name: np.concatenate([some[name] for some in values]) for name in values[0]}

    drives = joined([request.drives_at(times) for request in requests])
    others = joined([request.voltages_at(times) for request in requests])
    source = np.concatenate([request.waveform(times) for request in requests]) if first.limited else None
    attrs: dict[str, Any] = {}
    parameters: list[Any] | None = None
    if any(device is not devices[0] for device in devices):
        rows = np.array([parameter_vector(device) for device in devices])
        differ = np.any(rows != rows[0], axis=0)
        parameters = [
            np.repeat(column, points) if varies else column[0] for column, varies in zip(rows.T, differ, strict=True)
        ]
        same = {**first.device.options, **first.device.values}
        varied = {name for device in devices for name, value in device.values.items() if value != same[name]}
        attrs["parameters"] = {name: value for name, value in same.items() if name not in varied}
        attrs["varied"] = {name: [device.values[name] for device in devices] for name in same if name in varied}
    table = _table(
        first,
        np.tile(times, count),
        voltages.ravel(),
        states.reshape(count * points, -1),
        drives,
        others,
        source,
        parameters,
        attrs,
    )
    insert_column(table, 0, "trajectory", (np.repeat(np.arange(count), points), "1", TRAJECTORY))
    return table


def _table(
    request: Request,
    times: FloatArray,
    voltage: FloatArray,
    states: FloatArray,
    drives: Mapping[str, FloatArray],
    others: Mapping[str, FloatArray],
    source: FloatArray | None,
    parameters: Sequence[Any] | None,
    attrs: dict[str, Any],
) -> pd.DataFrame:
    device = request.device
    functions = compiled(device)
    trajectories = {name: states[:, k] for k, name in enumerate(functions.state_names)}
    quantities: dict[str, Any] = {functions.voltage_names[request.branch]: voltage} | dict(others) | dict(drives)
    quantities |= trajectories
    shown = evaluate_shown(device, quantities, parameters)
    columns: dict[str, FloatArray] = {"time": times}
    for branch in device.branches().values():
        columns[branch.name] = quantities[branch.name] if branch.name in quantities else np.zeros(times.shape)
        columns[branch.current] = shown[branch.current]
    columns |= dict(drives) | trajectories | {name: shown[name] for name in functions.observable_names}
    if request.limited:
        attrs["compliance"] = list(request.limits)
    table = device_table(device, columns, engine="numeric", **attrs)
    if source is not None:
        insert_column(table, 1, SOURCE_VOLTAGE, (source, "V", FROM_SOURCE))
    warn_of_invalid(device, columns)
    return table
