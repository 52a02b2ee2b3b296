"""What cells ask of the memristor in them: which polarity sets it, how long that takes, how it conducts."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Mapping

import numpy as np
from scipy.optimize import brentq

from ....devices.core.protocols import Statics
from ....devices.core.vectors import initial_state
from ....devices.language.errors import ParameterError, SimulationError, ValidityWarning
from ....devices.model import CompactModel
from ..building.slots import TWO_TERMINALS, Fit, in_states

#: Part of a state's range that it moves in the time constant of a model, at most, if it stays without a voltage.
STAYS = 1e-3
#: Part of the way between the reference states after which a memristor counts as switched.
SWITCHED = 0.9
#: Longest time in which a memristor is looked for to switch. [s]
LONGEST = 100.0


def reference(device: CompactModel, state: str) -> CompactModel:
    """The device in one of its reference states."""
    return device.replace(**_values_in(device, state))


# What follows from the values of a device is asked for whenever a cell with it is built: once is enough.
@functools.lru_cache(maxsize=256)
def _values_in(device: CompactModel, state: str) -> Mapping[str, float]:
    return device.protocol(Statics).states[state]


@functools.lru_cache(maxsize=256)
def memory_state(device: CompactModel) -> str:
    """Name of the state that tells on from off."""
    on, off = (initial_states(reference(device, state)) for state in ("on", "off"))
    return next(name for name in on if on[name] != off[name])


def initial_states(device: CompactModel) -> dict[str, float]:
    """The states of a device at t = 0."""
    return dict(zip(device.state_declarations(), initial_state(device), strict=True))


def _stays(device: CompactModel) -> bool:
    for state in device.protocol(Statics).states:
        rates = reference(device, state).static()
        if any(abs(float(rates[f"d{name}/dt"])) * device.settling_time > STAYS for name in device.state_declarations()):
            return False
    return True


#: What the memristor of a memory cell needs.
MEMORY = (
    TWO_TERMINALS,
    in_states("on", "off"),
    Fit("the parameter initial_state", lambda device: "initial_state" in device.values),
    Fit("a state that stays without a voltage", _stays),
)


def voltage_of(device: CompactModel) -> str:
    """Name of the voltage of a device of two terminals."""
    return next(iter(device.branches()))


def conductance(device: CompactModel, volts: float) -> float:
    """Conductance at a voltage, in the initial state [S]."""
    (name,) = device.branches()
    return float(device.static(**{name: volts})[device.branches()[name].current]) / volts


@functools.lru_cache(maxsize=256)
def setting_polarity(device: CompactModel) -> int:
    """Sign of the voltage from the first terminal to the second that raises the conductance: 1 or -1.

    It is that of the rate of the state half way between on and off, at a volt, or more where a volt moves nothing.
    """
    state = memory_state(device)
    on, off = (initial_states(reference(device, name))[state] for name in ("on", "off"))
    for volts in (1.0, 2.0, 5.0, 10.0):
        up, down = (
            float(device.static(**{voltage_of(device): sign * volts, state: (on + off) / 2})[f"d{state}/dt"])
            for sign in (1, -1)
        )
        if up != down:
            return 1 if (up - down) * (on - off) > 0 else -1
    raise ParameterError(f"{device.model_name()}: neither polarity moves its state, not even 10 V")


@functools.lru_cache(maxsize=256)
def switching_time(device: CompactModel, setting: float, resetting: float | None = None) -> float:
    """Time in which voltages across it set and reset a memristor [s].

    The longer of both; infinite if it has not switched within :data:`LONGEST`.

    Parameters
    ----------
    device : CompactModel
        The memristor.
    setting, resetting : float
        Magnitudes of the voltages; the second is the first by default. [V]
    """
    state, sign = memory_state(device), setting_polarity(device)
    on, off = (initial_states(reference(device, name))[state] for name in ("on", "off"))
    back = setting if resetting is None else resetting
    return max(
        _time_to(reference(device, "off"), sign * setting, state, off + SWITCHED * (on - off)),
        _time_to(reference(device, "on"), -sign * back, state, on + SWITCHED * (off - on)),
    )


def _time_to(device: CompactModel, volts: float, state: str, end: float) -> float:
    duration = device.settling_time * 1e-4
    while duration < LONGEST:
        try:
            with warnings.catch_warnings():  # after it has switched, which the circuit around the device ends
                warnings.simplefilter("ignore", ValidityWarning)
                run = device.simulate(volts, duration, points=201)
        except SimulationError:  # a thermal runaway, likewise
            return duration
        values, time = run[state].to_numpy(), run["time"].to_numpy()
        passed = np.flatnonzero((values - end) * (values[0] - end) <= 0)
        if len(passed):
            return float(time[passed[0]])
        duration *= 4
    return math.inf


def at_conductance(device: CompactModel, wanted: float, volts: float) -> CompactModel:
    """The device with the initial state in which it has a conductance at a voltage, within those of on and off.

    Parameters
    ----------
    device : CompactModel
        The memristor.
    wanted : float
        Conductance. [S]
    volts : float
        Voltage. [V]
    """
    ends = [reference(device, name).values["initial_state"] for name in ("on", "off")]

    def excess(state: float) -> float:
        return math.log(conductance(device.replace(initial_state=state), volts) / wanted)

    sides = [excess(end) for end in ends]
    if sides[0] <= 0 or sides[1] >= 0:
        return device.replace(initial_state=ends[0] if sides[0] <= 0 else ends[1])
    return device.replace(initial_state=float(brentq(excess, ends[0], ends[1], xtol=1e-12)))
