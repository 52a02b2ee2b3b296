"""Pulses with which to measure the switching of a device whose model suggests none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..core.base import DeviceModel
from ..core.protocols import Switching
from ..language.errors import ParameterError
from .static import evaluate_static


def voltage_pulses(device: DeviceModel) -> Switching:
    """Voltage pulses that switch a device between its reference states.

    Voltages around the amplitude of the suggested sweep, for 1 to 30 time scales: positive
    ones if they drive one of the reference states away, otherwise negative ones; from the state that they drive
    away most, to that which they drive least.
    """
    amplitude = device.suggested_sweep("voltage").amplitude
    if amplitude is None:
        raise ParameterError(f"{device.model_name()} suggests no pulses: neither the preset nor the model has them")
    # Of a state within bounds, if there is one: pulses switch that one; a temperature goes with it.
    first, everything = next(iter(device.branches())), device.state_declarations()
    states = {name: state for name, state in everything.items() if state.bounds} or everything

    def motion(overrides: Mapping[str, float], voltage: float) -> float:
        static = evaluate_static(device.replace(**overrides), {first: voltage})
        return max(abs(float(static[f"d{name}/dt"])) / state.scale for name, state in states.items())

    for peak in (amplitude, -amplitude):
        moved = {name: motion(overrides, peak) for name, overrides in device.reference_states().items()}
        if any(moved.values()):
            break
    end, *_, start = sorted(moved, key=moved.__getitem__)
    amplitudes = tuple(peak * factor for factor in np.linspace(0.2, 1.5, 14).tolist())
    widths = tuple(factor * device.settling_time for factor in (1.0, 3.0, 10.0, 30.0))
    return Switching("voltage", amplitudes, widths, start, end, compliance=device.compliance)
