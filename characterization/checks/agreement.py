"""Checks of the engines: every bench that runs on both finds the same table in ngspice, on a preset of every model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ...devices.catalog import models
from ...devices.core.protocols import Statics, WallMotion
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.models.oscillators.auto_oscillator import AutoOscillator
from ..bench import BENCHES
from .check import Values, check

SAME = "the numeric engine"
Settings = Callable[[CompactModel], Mapping[str, Any]]


def suited(bench: str, *, magnets: bool = True) -> Iterator[CompactModel]:
    """The first preset of every model of this package, or the model itself, that suits a bench.

    ``magnets`` tells whether those with a magnetisation are among them, whose transients in ngspice take long.
    """
    for model in models().values():
        first = next(iter(model.presets()), None)
        device = model() if first is None else model.preset(first)
        own = model.__module__.startswith(__name__.partition(".")[0] + ".")
        if own and BENCHES[bench].suits(device) and (magnets or not device.system.spheres):
            yield device


def compared(bench: str, column: str, devices: Iterator[CompactModel], settings: Settings) -> Values:
    """Mean difference of a column between the engines, over its mean size, of every device that both can measure."""
    found = []
    for device in devices:
        given = settings(device)
        try:
            numeric, spice = (BENCHES[bench](device, engine=engine, **given) for engine in ("numeric", "ngspice"))
        except ParameterError:  # which says what this device is not for
            continue
        one, other = (table[column].to_numpy(dtype=float) for table in (numeric, spice))
        found.append(np.mean(np.abs(one - other)) / np.mean(np.abs(one)))
    return np.zeros(len(found)), found


@check("iv", "static current in ngspice, first preset of every model", SAME, within=1e-9, absolute=True, ngspice=True)
def static_current() -> Values:
    def every_tenth(device: CompactModel) -> Mapping[str, Any]:
        largest = device.protocol(Statics).largest
        return {"voltage": np.linspace(-largest, largest, 21)}

    return compared("iv", "current", suited("iv"), every_tenth)


# Of a jump only its instant differs, which the mean over a loop does not magnify; ngspice's reltol is 1e-3. A film that
# heats itself jumps four times a loop, each time to many times the current.
@check("hysteresis", "current along the loop in ngspice, first preset of every model without a magnetisation", SAME,
       within=3e-3, absolute=True, ngspice=True, slow=True)  # fmt: skip
def loop() -> Values:
    return compared("hysteresis", "current", suited("hysteresis", magnets=False), lambda device: {"points": 201})


@check("noise", "small-signal noise of the current in ngspice, first preset of every model", SAME, within=1e-5,
       absolute=True, ngspice=True, slow=True)  # fmt: skip
def noise_density() -> Values:
    given = {"method": "small-signal", "frequency": np.logspace(4, 9, 6)}
    return compared("noise", "current_noise", suited("noise"), lambda device: given)


@check("drift", "mean of three devices over five minutes in ngspice, first preset of every model", SAME, within=1e-3,
       absolute=True, ngspice=True)  # fmt: skip
def drifting() -> Values:
    given = {"devices": 3, "seed": 1}
    times = {"times": [1.0, 10.0, 100.0, 300.0]}  # of a phase-change cell; walls suggest nanoseconds
    return compared(
        "drift", "mean", suited("drift"), lambda device: given if device.suits(WallMotion) else given | times
    )


@check("velocity", "velocity of a wall in ngspice, first preset of every model", SAME, within=1e-3, absolute=True,
       ngspice=True)  # fmt: skip
def wall_velocity() -> Values:
    drives = np.array([0.3, 1.0])
    return compared("velocity", "velocity", suited("velocity"),
                    lambda device: {"values": drives * device.protocol(WallMotion).largest})  # fmt: skip


FAST = AutoOscillator(damping_rate=2e9, resistance_swing=0.01, initial_power=0.1)


@check("amplitude", "amplitude of an auto-oscillator in ngspice, 50 % above threshold", SAME, within=1e-3,
       absolute=True, ngspice=True)  # fmt: skip
def oscillation() -> Values:
    given = {"current": 1.5 * FAST.threshold_current, "duration": 40 * FAST.period}
    return compared("amplitude", "amplitude", iter([FAST]), lambda device: given)
