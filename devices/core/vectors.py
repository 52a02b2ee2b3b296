"""The numbers that generated functions take: parameter vectors and initial states of devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..language.waveforms.shapes import FloatArray
from .base import DeviceModel
from .compiled import Compiled, compiled_for


def compiled(device: DeviceModel) -> Compiled:
    """The generated functions for a device's model and options; generated once per process."""
    return compiled_for(*device.structure)


def parameter_vector(device: DeviceModel) -> list[float]:
    """Declared and derived parameter values, in the order that generated functions expect."""
    return [*device.values.values(), *device.derived.values()]


def parameter_columns(devices: Sequence[DeviceModel]) -> tuple[FloatArray, FloatArray]:
    """Parameter vectors and initial states of devices of one structure, as columns: for many, computed at once."""
    functions = compiled(devices[0])
    declared = np.array([list(device.values.values()) for device in devices]).T
    with np.errstate(all="ignore"):
        derived = functions.derived_array(declared)
        parameters = np.concatenate([declared, _rows(derived, len(devices))])
        return parameters, _rows(functions.initial_array(parameters), len(devices))


def _rows(values: Sequence[Any], count: int) -> FloatArray:
    return np.array([np.broadcast_to(value, count) for value in values], dtype=float).reshape(len(values), count)


def initial_state(device: DeviceModel) -> list[float]:
    """The state at t = 0, which static analyses read."""
    return [float(value) for value in compiled(device).initial(parameter_vector(device))]


def scales_of(device: DeviceModel | type[DeviceModel]) -> FloatArray:
    """Scale of every component of the states."""
    return np.array([state.scale for state in device.state_declarations().values()], dtype=float)


def tangent_of(state: FloatArray, spheres: Sequence[Sequence[int]]) -> FloatArray:
    """Orthonormal directions in which scaled states may differ, in columns."""
    normals = np.zeros((len(state), len(spheres)))
    for k, rows in enumerate(spheres):
        normals[rows, k] = state[rows]
    if not len(spheres):
        return np.eye(len(state))
    return np.asarray(np.linalg.qr(normals, mode="complete")[0][:, len(spheres) :])
