"""Values of the wrong kind for every argument of every public function, class and method, from their signatures."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np

import synaspice.characterization
import synaspice.circuits
import synaspice.devices
from synaspice.characterization.statistics import vary
from synaspice.characterization.sweeps import sweep
from synaspice.characterization.systems import keeping
from synaspice.circuits import Crossbar, Inverter
from synaspice.circuits.engine import ngspice
from synaspice.devices import CompactModel, SynaspiceError
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Sweep
from synaspice.devices.simulation.ensembles import plan
from synaspice.devices.simulation.trajectories import trajectory

#: What is no argument of any function, or of hardly any.
BAD: dict[str, Any] = {
    "None": None,
    "truth": True,
    "huge integer": 10**400,
    "negative": -1,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "complex": 1j,
    "text": "nonsense",
    "bytes": b"1",
    "empty list": [],
    "mixed list": [1, "a"],
    "ragged list": [[1.0], [1.0, 2.0]],
    "list of NaN": [0.0, float("nan")],
    "mapping": {"nonsense": 1.0},
    "numbers for names": {1: 2.0},
    "class": object,
    "truths": np.array([True, False]),
    "cube": np.zeros((2, 2, 2)),
    "complex numbers": np.array([1j]),
    "objects": np.array([None, "a"], dtype=object),
}
#: Functions that start simulators or compilers, or whose arguments are anything; and base classes.
LEFT_OUT = {"agreement", "costs", "reliability", "simulate", "cell_deck", "Waveform", "CompactModel", "offers"}


@dataclass
class Call:
    """A call with one bad argument."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any]
    bad: str

    def fault(self) -> str | None:
        """What it raises that is none of the package's errors."""
        with _no_work(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                self.function(**self.arguments)
            except SynaspiceError as error:
                return None if "\n" not in str(error) else f"an error of several lines: {error}"
            except _Taken:
                return None
            except Exception as error:
                if isinstance(error, TypeError) and "unexpected keyword argument" in str(error):
                    return None  # Python's own, of a name that the function has not
                return f"{type(error).__name__}: {error}"
        return None


class _Taken(BaseException):
    """The values were taken: the work begins."""


@contextlib.contextmanager
def _no_work() -> Iterator[None]:
    """Nothing is integrated, compiled or handed to a simulator: arguments are looked at before that."""
    with contextlib.ExitStack() as stack:
        work = (
            (trajectory, "integrate_compiled"),
            (plan.Plan, "kernel"),
            (ngspice, "work"),
            (keeping, "compute_pieces"),
            (vary, "compute_pieces"),
            (sweep, "compute_pieces"),
        )
        for owner, name in work:
            stack.enter_context(mock.patch.object(owner, name, side_effect=_Taken))
        yield


def good_values() -> dict[str, Any]:
    """Values that suit arguments, by their names."""
    from synaspice.characterization import RareEvent, iv
    from synaspice.devices import MTJ, VTEAM

    device = VTEAM.preset("talati2016")
    junction = MTJ.preset("ikeda2010")
    ensemble = junction.ensemble(1e-5, 1e-10, trajectories=2, seed=1)
    event = RareEvent(junction, 1e-5, [1e-10], "m_z", 0.0, seed=1, relaxation=1e-10)
    found = {"device": device, "drive": 0.1, "duration": 1e-10, "ensemble": ensemble, "event": event}
    found |= {"quantities": "m_z", "grid": {"voltage": [0.0, 1.0]}, "table": iv(device, [0.0, 1.0]), "path": "x.csv"}
    found |= {"crossbar": Crossbar([[1e-5, 1e-6]]), "cells": [[1e-5, 1e-6]], "voltages": [0.1], "times": [1e-10]}
    found |= {"coordinate": "m_z", "threshold": 0.0, "quantity": "m_z", "initial": 0.0, "pulsed": 1.0, "value": 1.0}
    found |= {"offset": 0.0, "amplitude": 1.0, "frequency": 1e9, "period": 1e-9, "levels": [1.0], "time": 0.0}
    found |= {"source": "v1", "start": 0.5, "stop": 1.0, "step": 0.1, "circuit": "* t\nV1 a 0 1"}
    found |= {"analysis": ngspice.OperatingPoint(), "runs": [((), ngspice.OperatingPoint())]}
    found |= {
        "kind": Sweep,
        "name": "talati2016",
        "temperature": 300.0,
        "first": 0,
        "count": 1,
        "points": 2,
        "items": [device],
        "cell": Inverter(),
        "thing": Inverter(),
        "axes": {"supply_voltage": [0.9, 1.0]},
        "bench": "iv",
        "distributions": {"resistance_on": "normal 1%"},
        "merit": "max current",
    }
    return found


#: Values for arguments whose name means something else in one place.
INSTEAD = {"write_error.quantity": None, "switching.quantity": None, "hysteresis.quantity": None}


def calls(models_of: Callable[[type[CompactModel]], bool] = lambda model: True) -> Iterator[Call]:
    """Every call with one bad argument.

    Parameters
    ----------
    models_of : callable
        Of which models to try all parameters.
    """
    good = good_values()
    for model in models().values():
        if models_of(model) and model.__module__.startswith("synaspice."):
            names = [*model.parameter_declarations(), *model.option_declarations()]
            for name in names:
                yield from _with_bad(f"{model.__name__}({name}=)", model, {}, name)
            yield from _with_bad(f"{model.__name__}.preset", model.preset, {}, "name")
    for package in (synaspice.devices, synaspice.circuits, synaspice.characterization, ngspice):
        for name in sorted(getattr(package, "__all__", dir(package))):
            thing = getattr(package, name)
            if name.startswith("_") or name in LEFT_OUT or not callable(thing):
                continue
            if inspect.isclass(thing) and issubclass(thing, BaseException | tuple | CompactModel):
                continue
            yield from _of(name, thing, good)
    event = good["event"]
    for field in dataclasses.fields(event):

        def asked(**changed: Any) -> None:
            dataclasses.replace(event, **changed).task()

        yield from _with_bad(f"RareEvent.task({field.name}=)", asked, {}, field.name)
    device, junction, ensemble = good["device"], good["ensemble"].device, good["ensemble"]
    for owner, names in (
        (device, ("simulate", "ensemble", "replace", "at", "protocol", "static", "grade_of", "netlist", "subcircuit")),
        (junction, ("simulate", "ensemble", "static")),
        (ensemble, ("part", "traces", "statistics", "first_passage", "survival")),
        (good["crossbar"], ("solve", "output", "linear", "with_cells", "step", "transient")),
        (synaspice.devices.Pulse(0.0, 1.0), ("__call__", "breakpoints", "spice")),
        (synaspice.devices.Triangle(1.0, 1e-9), ("__call__", "breakpoints", "spice")),
        (Inverter(), ("netlist", "replace")),
    ):
        for name in names:
            yield from _of(f"{type(owner).__name__}.{name}", getattr(owner, name), good)


def _of(name: str, function: Callable[..., Any], good: dict[str, Any]) -> Iterator[Call]:
    """Calls of a function with one bad argument each; the others are good, or left at their defaults."""
    parameters = inspect.signature(function).parameters.values()
    needed = {
        parameter.name: INSTEAD.get(f"{name}.{parameter.name}", good.get(parameter.name))
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    }
    if name == "survival":
        needed["times"] = [1e-10]
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            for key in ("voltage", "nonsense", "resistance_on", "supply_voltage"):
                yield from _with_bad(f"{name}({key}=)", function, needed, key)
        else:
            yield from _with_bad(f"{name}({parameter.name}=)", function, needed, parameter.name)


def _with_bad(name: str, function: Callable[..., Any], needed: dict[str, Any], key: str) -> Iterator[Call]:
    for what, value in BAD.items():
        yield Call(f"{name} of {what}", function, {**needed, key: value}, what)
