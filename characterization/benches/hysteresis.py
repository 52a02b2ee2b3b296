"""Hysteresis loops: the pinched loop of a memristor, the switching loops of a junction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError, UnknownNameError
from ...devices.language.waveforms import Drive, Sine, Triangle, Waveform
from ...devices.model import CompactModel
from ..engines import check_engine, trajectory

WAVEFORMS = ("sine", "triangle")


def hysteresis(
    device: CompactModel,
    *,
    quantity: str | None = None,
    amplitude: float | None = None,
    period: float | None = None,
    waveform: str | None = None,
    cycles: int = 1,
    points: int = 1001,
    read_voltage: float = 0.01,
    engine: str = "numeric",
    native: bool | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    max_step: float | None = None,
) -> pd.DataFrame:
    """Measure the response of a device to a periodic drive.

    What is not given follows the drive of the device's preset, or the device's own suggestion (a junction: a
    triangle well beyond its critical current or its anisotropy field, with a small transverse field in place of the
    thermal agitation without which a perfect macrospin would not switch in time).

    Parameters
    ----------
    device : CompactModel
        The device.
    quantity : str, optional
        What is swept: ``"voltage"``, ``"current"``, that of another branch by its name, or an input such as
        ``"field_z"``; ``"field"`` is the field along the junction's easy direction. Default: the device's suggestion.
    amplitude : float, optional
        Amplitude of the sweep in the quantity's SI unit.
    period : float, optional
        Length of a cycle. [s]
    waveform : str, optional
        ``"sine"`` or ``"triangle"``.
    cycles : int
        Number of cycles.
    points : int
        Reported points per cycle.
    read_voltage : float
        Voltage across the first branch while an input such as a field, or another branch, is swept. [V]
    engine : str
        ``"numeric"`` or ``"ngspice"``.
    native : bool, optional
        Whether ngspice runs native devices instead of subcircuits; default: if it can.
    temperature, seed : optional
        Thermal noise at that temperature [K] and its seed; numeric engine only.
    max_step : float, optional
        Largest time step of ngspice [s]; default: the device's suggestion.

    Returns
    -------
    pandas.DataFrame
        Columns ``cycle``, ``time`` [s], voltage and current, the swept input if it is one, states and observables.
        ``attrs["swept"]`` names the swept column.

    Raises
    ------
    ParameterError
        If amplitude, period, cycles or points make no sense, or the device suggests none and none is given.
    UnknownNameError
        If the quantity, waveform or engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    check_engine(engine)
    sweep = device.suggested_sweep(quantity)
    shape = waveform or sweep.waveform
    if shape not in WAVEFORMS:
        raise UnknownNameError("waveform", shape, WAVEFORMS)
    size = _positive(f"amplitude of the {sweep.quantity}", amplitude if amplitude is not None else sweep.amplitude)
    length = _positive("period [s]", period if period is not None else sweep.period)
    if cycles < 1 or points < 8:
        raise ParameterError(f"a loop needs at least one cycle and 8 points, not {cycles} and {points}")
    drive: Waveform = Triangle(size, length) if shape == "triangle" else Sine(0.0, size, 1 / length)
    measured = device.replace(**sweep.overrides)
    first, *others = device.branches().values()
    elsewhere = [name for branch in others for name in (branch.name, branch.current)]
    common: dict[str, Any] = {"points": cycles * (points - 1) + 1, "engine": engine, "temperature": temperature}
    common |= {"native": native, "seed": seed, "max_step": max_step or sweep.max_step}
    inputs: dict[str, Drive] = {**sweep.inputs} if temperature is not None else {**sweep.inputs, **sweep.agitation}
    if sweep.quantity in ("voltage", "current", first.name, first.current):
        table = trajectory(measured, drive, cycles * length, source=sweep.quantity, inputs=inputs, **common)
    elif sweep.quantity in elsewhere:
        inputs[first.name] = read_voltage
        table = trajectory(measured, drive, cycles * length, source=sweep.quantity, inputs=inputs, **common)
    else:
        inputs[sweep.quantity] = drive
        table = trajectory(measured, read_voltage, cycles * length, source="voltage", inputs=inputs, **common)
    number = np.minimum(np.arange(len(table)) // (points - 1), cycles - 1)
    table.insert(0, "cycle", number)
    table.attrs["units"]["cycle"] = "1"
    table.attrs["descriptions"]["cycle"] = "number of the cycle"
    table.attrs |= {"bench": "hysteresis", "swept": sweep.quantity, "waveform": shape}
    table.attrs |= {"amplitude": size, "period": length}
    return table


def _positive(what: str, value: float | None) -> float:
    if value is None:
        raise ParameterError(f"give the {what}: neither the preset nor the model suggests one")
    return positive(f"the {what}", value)
