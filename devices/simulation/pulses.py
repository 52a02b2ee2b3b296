"""Pulses with which to measure the switching of a device whose model suggests none."""

from __future__ import annotations

import contextlib
import functools
import math
import warnings
from collections.abc import Mapping

import numpy as np

from ..core.base import DeviceModel
from ..core.protocols import Switching
from ..language.errors import ParameterError, SimulationError, ValidityWarning
from .operating_points.static import evaluate_static
from .request import Request
from .trajectories import trajectory

#: Amplitudes over that of the suggested sweep, and widths over the time scale.
AMPLITUDES = tuple(np.linspace(0.2, 1.5, 14).tolist())
WIDTHS = (1.0, 3.0, 10.0, 30.0)
#: Widths over the time that the device takes at the amplitude of the sweep, where those never switch it or always.
OWN_WIDTHS = (0.3, 1.0, 3.0, 10.0)
#: Longest time that it is given, over the time scale: one way may take hundreds of times as long as the mean.
LONGEST = 1e6
#: Steps that may take: a state on its way takes hundreds, one that goes round for ever as many as it is given.
PATIENCE = 5e3
#: Times at which it is looked at meanwhile.
LOOKS = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 401)])


@functools.lru_cache(maxsize=64)
def voltage_pulses(device: DeviceModel) -> Switching:
    """Voltage pulses that switch a device between its reference states.

    Voltages around the amplitude of the suggested sweep: positive ones if they drive one of the reference states away,
    otherwise negative ones; from the state that they drive away most, to that which they drive least. They last for 1
    to 30 time scales; where the longest of the largest do not switch the device, or the shortest of the smallest do,
    around the time that it takes at the amplitude of the sweep.

    Raises
    ------
    ParameterError
        If the device suggests no voltage, or nothing drives its reference states away.
    """
    amplitude = device.suggested_sweep("voltage").amplitude
    if amplitude is None:
        raise ParameterError(f"{device.model_name()} suggests no pulses: neither the preset nor the model has them")
    first, everything = next(iter(device.branches())), device.state_declarations()
    bounded = {name: state for name, state in everything.items() if state.bounds}
    references = device.reference_states()

    def motion(overrides: Mapping[str, float], voltage: float, names: Mapping[str, object]) -> float:
        static = evaluate_static(device.replace(**overrides), {first: voltage})
        return max((abs(float(static[f"d{name}/dt"])) / everything[name].scale for name in names), default=0.0)

    # Of a state within bounds, if one moves: pulses switch that one; a temperature goes with it.
    for names in (bounded, everything):
        for peak in (amplitude, -amplitude):
            moved = {name: motion(overrides, peak, names) for name, overrides in references.items()}
            if any(moved.values()):
                end, *_, start = sorted(moved, key=moved.__getitem__)
                time = functools.partial(_switching_time, device, first, start, end)
                scale, widths = device.settling_time, WIDTHS
                strongest, weakest = (peak * factor for factor in (AMPLITUDES[-1], AMPLITUDES[0]))
                never = time(strongest, widths[-1] * scale) is None
                if never or time(weakest, widths[0] * scale) is not None:
                    own = time(peak, LONGEST * scale)
                    scale, widths = (scale, widths) if own is None else (own, OWN_WIDTHS)
                amplitudes = tuple(peak * factor for factor in AMPLITUDES)
                return Switching(
                    "voltage",
                    amplitudes,
                    tuple(factor * scale for factor in widths),
                    start,
                    end,
                    compliance=device.compliance,
                )
    raise ParameterError(
        f"{device!r} suggests no pulses: nothing drives it out of its states {', '.join(references)}, at "
        f"{amplitude:g} V or {-amplitude:g} V"
    )


def _switching_time(
    device: DeviceModel, branch: str, start: str, end: str, voltage: float, within: float
) -> float | None:
    """Time under a constant voltage to the geometric middle of the conductances of two reference states [s].

    None if it takes longer than ``within``.
    """
    references = device.reference_states()
    begun = device.replace(**references[start])
    slope = f"d{next(iter(device.branches().values())).current}/d{branch}"
    levels = [float(evaluate_static(device.replace(**references[name]), {})[slope]) for name in (start, end)]
    if min(levels) <= 0 or math.isclose(*levels, rel_tol=1e-9):
        return None
    times = within * LOOKS
    request = Request.of(begun, voltage, float(times[-1]), branch, {}, device.compliance)
    with contextlib.suppress(SimulationError), warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        found, _ = trajectory.solve(request, times, rtol=1e-6, atol=1e-9, patience=PATIENCE)
        states = dict(zip(device.state_declarations(), found.T, strict=True))
        share = np.log(evaluate_static(begun, states)[slope] / levels[0]) / np.log(levels[1] / levels[0])
        beyond = np.flatnonzero(share > 0.5)
        return float(times[beyond[0]]) if len(beyond) and beyond[0] else None
    return None
