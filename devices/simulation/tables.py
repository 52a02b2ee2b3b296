"""The table of a trajectory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..core.metadata import FROM_SOURCE, SOURCE_VOLTAGE, device_table, insert_column
from ..core.validity import warn_of_invalid
from ..core.vectors import compiled
from ..language.waveforms import FloatArray
from .request import Request
from .static import evaluate_static


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
    device = request.device
    functions = compiled(device)
    trajectories = {name: states[:, k] for k, name in enumerate(functions.state_names)}
    drives = request.drives_at(times) | dict(telegraphs or {})
    quantities: dict[str, Any] = (
        {functions.voltage_names[request.branch]: voltage} | request.voltages_at(times) | drives
    )
    quantities |= drives | trajectories
    static = evaluate_static(device, quantities, parameters)
    columns: dict[str, FloatArray] = {"time": times}
    for branch in device.branches().values():
        columns[branch.name] = np.broadcast_to(quantities.get(branch.name, 0.0), times.shape)
        columns[branch.current] = static[branch.current]
    columns |= drives | trajectories | {name: static[name] for name in functions.observable_names}
    if request.limited:
        attrs["compliance"] = list(request.limits)
    contiguous = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    table = device_table(device, contiguous, engine="numeric", **attrs)
    if request.limited:
        insert_column(table, 1, SOURCE_VOLTAGE, (request.waveform(times), "V", FROM_SOURCE))
    warn_of_invalid(table, device.model_name())
    return table
