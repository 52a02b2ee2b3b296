"""Static curves: currents, slopes, observables and rates of a device, over arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...core.base import DeviceModel
from ...core.vectors import compiled, initial_state, parameter_vector
from ...language.checks import known
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray


def evaluate_static(
    device: DeviceModel, quantities: Mapping[str, Any], parameters: Sequence[Any] | None = None
) -> dict[str, FloatArray]:
    """Currents, slopes, observables and rates over arrays; see :meth:`DeviceModel.static`.

    ``parameters`` are arrays of the parameter vector's values instead of the device's, for devices that differ.
    """
    functions = compiled(device)
    results, shape = _evaluated(device, functions.static_array, quantities, parameters)
    return _named(functions.static_names, results, shape)


def evaluate_shown(
    device: DeviceModel, quantities: Mapping[str, Any], parameters: Sequence[Any] | None = None
) -> dict[str, FloatArray]:
    """What :func:`evaluate_static` gives of currents and observables alone."""
    functions = compiled(device)
    results, shape = _evaluated(device, functions.shown_array, quantities, parameters)
    return _named(functions.shown_names, results, shape)


def _named(names: Sequence[str], results: Sequence[Any], shape: tuple[int, ...]) -> dict[str, FloatArray]:
    found = {}
    for name, result in zip(names, results, strict=True):
        value = np.asarray(result, dtype=float)
        found[name] = value if value.shape == shape else np.broadcast_to(value, shape)
    return found


def _evaluated(
    device: DeviceModel, function: Callable[..., Any], quantities: Mapping[str, Any], parameters: Sequence[Any] | None
) -> tuple[Sequence[Any], tuple[int, ...]]:
    """Results of a function of voltages, states and parameters, and the shape that they belong to."""
    functions = compiled(device)
    voltages, states = functions.voltage_names, functions.state_names
    changing = [*device.input_declarations(), *device.telegraph_declarations()]
    for name in quantities:
        known(f"voltage, state or input of {device.model_name()}", name, [*voltages, *states, *changing])
    arrays = {name: np.asarray(value, dtype=float) for name, value in quantities.items()}
    vector = list(parameter_vector(device) if parameters is None else parameters)
    for name in changing:
        if name in arrays:
            vector[functions.parameter_names.index(name)] = arrays[name]
    start = {} if all(name in arrays for name in states) else dict(zip(states, initial_state(device), strict=True))
    shapes = {value.shape for value in arrays.values()}
    try:
        shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
    except ValueError:
        told = ", ".join(f"{name} {np.shape(value)}" for name, value in quantities.items())
        raise ParameterError(f"the shapes of the quantities do not fit each other: {told}") from None
    results = function(
        [arrays.get(name, 0.0) for name in voltages],
        [arrays[name] if name in arrays else start[name] for name in states],
        vector,
    )
    return results, shape
