"""Static curves with negative differential resistance."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import device_table
from ...devices.core.protocols import NegativeResistance
from ...devices.core.validity import warn_of_invalid_bias
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.simulation.operating_points.static_curve import TurningPoint, static_curve, turning_points
from ..arguments import Quantity
from ..bench import bench


@bench(needs=(NegativeResistance,))
def ndr(
    device: CompactModel,
    *,
    largest_current: Annotated[
        float | None, Quantity("A", "where the curve ends; default: the device's compliance", positive=True)
    ] = None,
) -> pd.DataFrame:
    """Follow the static curve of a device through its negative differential resistance.

    A voltage may belong to several currents there, so that the curve is told in the device's own parameter, such as its
    temperature: at every value of it the voltage is found at which it rests. A source of current follows the whole
    curve, one of voltage jumps where the voltage turns.

    Returns
    -------
    pandas.DataFrame
        One row per branch and point: ``branch``, the parameter, ``voltage`` [V], ``current`` [A], ``resistance`` [ohm]
        as voltage over current, ``differential_resistance`` [ohm], and ``stable`` (1 where the device is stable under a
        source of voltage, 0 where only under one of current). ``attrs`` has, of the first branch,
        ``threshold_voltage`` [V], ``threshold_current`` [A] and ``threshold_parameter`` at the first largest voltage,
        and of the last one ``hold_voltage`` and ``hold_current`` at the smallest voltage after it, from which the
        device falls back; None of a curve without a negative resistance.

    Raises
    ------
    ParameterError
        If the device offers no such curve, or fewer than three points of it lie below the largest current.
    """
    curve = device.protocol(NegativeResistance)
    limit = device.compliance.current if largest_current is None else largest_current
    across = next(iter(device.branches().values())).name
    parts: list[pd.DataFrame] = []
    turns: dict[str, list[TurningPoint]] = {}
    for name in curve.branches:
        found = static_curve(device, name)
        turns[name] = [turn for turn in turning_points(found) if turn.current <= limit]
        seen = np.flatnonzero(found.current <= limit)
        if len(seen) < 3:
            raise ParameterError(f"the curve has no three points below {limit:.3g} A: ask for more current")
        voltage, current = found.voltage[seen], found.current[seen]
        slope = np.gradient(voltage, found.parameter[seen]) / np.gradient(current, found.parameter[seen])
        columns = {"branch": name, curve.state: found.parameter[seen], "voltage": voltage, "current": current}
        columns |= {"resistance": voltage / current, "differential_resistance": slope}
        parts.append(pd.DataFrame(columns | {"stable": (slope > 0).astype(float)}))
        states = {state: values[seen] for state, values in found.states.items()}
        warn_of_invalid_bias(device, device.static(**{across: voltage}, **states), voltage)
    table = pd.concat(parts, ignore_index=True)
    state = device.state_declarations()[curve.state]
    columns_about: dict[str, Any] = {
        "branch": ("", "branch of the curve"),
        curve.state: (state.unit, state.description),
        "voltage": ("V", "voltage at which it rests"),
        "current": ("A", "current"),
        "resistance": ("ohm", "voltage over current"),
        "differential_resistance": ("ohm", "slope of the voltage over the current"),
        "stable": ("1", "1 where stable under a source of voltage, 0 where under one of current alone"),
    }
    first, last = (turns[list(curve.branches)[k]] for k in (0, -1))
    threshold = next((turn for turn in first if turn.is_maximum), None)
    hold = _hold(last)
    attributes = {
        "threshold_voltage": threshold and threshold.voltage,
        "threshold_current": threshold and threshold.current,
        "threshold_parameter": threshold and threshold.parameter,
        "hold_voltage": hold and hold.voltage,
        "hold_current": hold and hold.current,
    }
    return device_table(
        device, {name: (table[name], *about) for name, about in columns_about.items()}, bench="ndr", **attributes
    )


def _hold(turns: list[TurningPoint]) -> TurningPoint | None:
    """The smallest voltage of a branch after its threshold."""
    minima = [turn for turn in turns if not turn.is_maximum]
    return min(minima, key=lambda turn: turn.voltage, default=None)
