"""The benches, as data: what each is for, what it can be told, and which devices it applies to.

The command line and the gallery go by this table; a new bench is one entry here, one function that returns a table
in a module of this package, and one function in :mod:`synaspice.figures` that draws it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..devices.language.errors import ParameterError, UnknownNameError


@dataclass(frozen=True)
class Setting:
    """Something that a bench can be told on the command line.

    Attributes
    ----------
    kind : str
        ``number``, ``range`` (START:STOP:POINTS, or values with commas), ``integer``, ``name`` or ``names``
        (with commas).
    help : str
        What it is.
    unit : str
        Unit of a number or of a range; ``swept`` for that of the swept quantity.
    """

    kind: str
    help: str
    unit: str = "1"


@dataclass(frozen=True)
class Bench:
    """A bench: a function of a device, of the same name as the bench, that returns a table."""

    summary: str
    settings: Mapping[str, Setting] = field(default_factory=dict)

    engines: tuple[str, ...] = ("numeric", "ngspice")
    #: Whether its points can be kept in a folder and resumed from.
    resumable: bool = False


TEMPERATURE = Setting("number", "temperature of the noise [K]", "K")
SEED = Setting("integer", "seed of the noise")
STATES = Setting("names", "reference states to hold the device in")

BENCHES: dict[str, Bench] = {
    "iv": Bench(
        "static current over voltage in chosen states",
        {"voltage": Setting("range", "voltages [V]", "V"), "states": STATES},
    ),
    "hysteresis": Bench(
        "response to a periodic drive: pinched loop of a memristor, switching loop of a junction",
        {
            "quantity": Setting("name", "what is swept: voltage, current, field, or an input by name"),
            "amplitude": Setting("number", "amplitude of the sweep", "swept"),
            "period": Setting("number", "length of a cycle [s]", "s"),
            "waveform": Setting("name", "sine or triangle"),
            "cycles": Setting("integer", "number of cycles"),
            "points": Setting("integer", "reported points per cycle"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
    ),
    "noise": Bench(
        "spectral density of the current's noise",
        {
            "voltage": Setting("number", "voltage across the device [V]", "V"),
            "states": STATES,
            "frequency": Setting("range", "frequencies [Hz]", "Hz"),
            "method": Setting("name", "small-signal or transient"),
            "duration": Setting("number", "length of a transient [s]", "s"),
            "trajectories": Setting("integer", "number of transients to average"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
    ),
    "amplitude": Bench(
        "output amplitude, frequency and linewidth of an oscillator over its dc current",
        {
            "current": Setting("range", "dc currents [A]", "A"),
            "duration": Setting("number", "length of the measurement after settling [s]", "s"),
            "trajectories": Setting("integer", "noisy trajectories per current"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
        resumable=True,
    ),
    "drift": Bench(
        "conductance, or another quantity, over the logarithm of time after programming",
        {
            "times": Setting("range", "times after programming [s]", "s"),
            "devices": Setting("integer", "number of devices"),
            "seed": SEED,
        },
    ),
    "velocity": Bench(
        "mean velocity of a domain wall over current or field",
        {
            "quantity": Setting("name", "current or field"),
            "values": Setting("range", "currents [A] or fields [A/m]", "swept"),
            "duration": Setting("number", "length of each run [s]", "s"),
            "trajectories": Setting("integer", "noisy runs per value"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
        resumable=True,
    ),
    "switching": Bench(
        "switching probability over amplitude and width of a pulse",
        {
            "quantity": Setting("name", "what the pulse imposes: voltage, current, or that of a branch by name"),
            "amplitude": Setting("range", "amplitudes of the pulses", "swept"),
            "width": Setting("range", "widths of the pulses [s]", "s"),
            "start": Setting("name", "reference state before the pulse"),
            "end": Setting("name", "reference state of a switched device"),
            "trajectories": Setting("integer", "pulses per point"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
        engines=("numeric",),
        resumable=True,
    ),
    "write-error": Bench(
        "write error rate over the width of a pulse, down to 1e-12, by several methods",
        {
            "quantity": Setting("name", "what the pulse imposes: current or voltage"),
            "overdrive": Setting("range", "amplitudes in units of the critical one"),
            "amplitude": Setting("range", "amplitudes of the pulses instead", "swept"),
            "width": Setting("range", "widths of the pulses [s]", "s"),
            "methods": Setting("names", "closed-form, fokker-planck, ensemble, splitting"),
            "start": Setting("name", "reference state before the pulse"),
            "end": Setting("name", "reference state of a written device"),
            "trajectories": Setting("integer", "plain trajectories per amplitude"),
            "walkers": Setting("integer", "weighted trajectories in a replica"),
            "replicas": Setting("integer", "independent replicas"),
            "temperature": TEMPERATURE,
            "seed": SEED,
        },
        engines=("numeric",),
        resumable=True,
    ),
}


def find_bench(name: str) -> tuple[Bench, Callable[..., Any]]:
    """The bench of that name, and its function.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists those there are.
    """
    if name not in BENCHES:
        raise UnknownNameError("bench", name, BENCHES)
    module = importlib.import_module(f".benches.{name.replace('-', '_')}", __package__)
    return BENCHES[name], getattr(module, name.replace("-", "_"))


def parse_setting(name: str, setting: Setting, text: str, unit: str) -> Any:
    """The value that a command line gives for a setting.

    Raises
    ------
    ParameterError
        If the text is no such value.
    """
    import numpy as np

    from ..devices.language.quantity import parse_quantity

    try:
        if setting.kind == "integer":
            return int(text)
        if setting.kind == "name":
            return text
        if setting.kind == "names":
            return [part.strip() for part in text.split(",")]
        if setting.kind == "number":
            return parse_quantity(text, unit)
        parts = text.split(":")
        if len(parts) == 1:
            return np.array([parse_quantity(part, unit) for part in text.split(",")])
        if len(parts) == 3 and parts[2].isdigit() and int(parts[2]) >= 1:
            return np.linspace(parse_quantity(parts[0], unit), parse_quantity(parts[1], unit), int(parts[2]))
    except ParameterError as error:
        raise ParameterError(f"--{name}: {error}") from None
    except ValueError:
        raise ParameterError(f"--{name}: expected a whole number, not {text!r}") from None
    raise ParameterError(f"--{name} takes START:STOP:POINTS, for example -1:1:201, or values with commas, not {text!r}")
