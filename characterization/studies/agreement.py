"""How well a device's forms agree: the numeric engine against its netlist, and its native form, in ngspice."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import Column, device_table
from ...devices.core.protocols import Stimulus
from ...devices.language.errors import ValidityWarning
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ..benches.iv import iv
from ..engines import LEAST_STEPS, trajectory, uses_native

#: Options of ngspice for an accurate transient, and how much shorter its steps are then. The absolute tolerances are
#: the default ones: the rate of a state that is driven against its bound is a difference of large terms, rounded to
#: 1e-6.
TIGHT = {"reltol": 1e-6, "abstol": 1e-12, "vntol": 1e-6}
TIGHTER_STEP = 0.2
#: A state that moves by more than this between two of the compared times jumps: there its instant is compared.
JUMP = 0.1
POINTS = 2001
#: Below it a current is compared in absolute terms: ngspice's absolute tolerance of 1e-18 A is a millionth of it. [A]
SMALLEST_CURRENT = 1e-12
#: The compared quantities.
DIFFERENCES = {
    "static_difference": "largest relative difference of a static current",
    "state_difference": "largest difference of a state at ngspice's default tolerances, over its scale",
    "state_difference_tight": "largest difference of a state at tight tolerances, over its scale",
    "instant_difference": "relative difference of the time at which the state that moves most is half its way",
}
DIFFERENCES |= {
    f"native_{name}": f"{text}, of the native device" for name, text in DIFFERENCES.items() if "instant" not in name
}


def agreement(device: CompactModel, *, native: bool | None = None, tight: bool = True) -> pd.DataFrame:
    """Compare the two engines on a device: static curves, and a transient of its suggested stimulus.

    Parameters
    ----------
    device : CompactModel
        The device.
    native : bool, optional
        Whether to compare the native device in ngspice too; default: if it can be had.
    tight : bool
        Whether to compare at tight tolerances too, which is five times the work; the columns are missing otherwise.

    Returns
    -------
    pandas.DataFrame
        One row: ``static_difference``, the largest relative difference of a static current; ``state_difference`` and
        ``state_difference_tight``, the largest difference of a state (in units of its scale) at ngspice's default
        tolerances and at ``reltol`` 1e-6 with a fifth of the step, beside jumps; and ``instant_difference``, the
        relative difference (default tolerances) of the time at which the state that moves most has gone half its way.
        With native devices also ``native_static_difference``, ``native_state_difference`` and
        ``native_state_difference_tight``, the same of the native device against the numeric engine.

    Raises
    ------
    ParameterError
        If the device suggests no drive.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    chosen = uses_native("ngspice", native)
    numeric, spice = iv(device), iv(device, engine="ngspice", native=False)
    row: dict[str, Any] = {}
    row["static_difference"] = _static_difference(numeric, spice)

    stimulus = device.protocol(Stimulus)
    started = device.replace(**stimulus.overrides)
    step = stimulus.max_step or stimulus.duration / LEAST_STEPS
    case: dict[str, Any] = {"source": stimulus.source, "inputs": stimulus.inputs, "points": POINTS}

    def run(engine: str, **settings: Any) -> tuple[FloatArray, FloatArray]:
        with warnings.catch_warnings():  # both have the same equations, wherever those hold
            warnings.simplefilter("ignore", ValidityWarning)
            table = trajectory(started, stimulus.drive, stimulus.duration, engine=engine, **case, **settings)
        states = {name: table[name] / state.scale for name, state in started.state_declarations().items()}
        return table["time"].to_numpy(), np.array(list(states.values()))

    times, exact = run("numeric")
    _, default = run("ngspice", max_step=step, native=False)
    quiet = ~_jumping(exact)
    row["state_difference"] = float(np.max(np.abs(default - exact)[:, quiet]))
    if tight:
        _, finer = run("ngspice", max_step=TIGHTER_STEP * step, options=TIGHT, native=False)
        row["state_difference_tight"] = float(np.max(np.abs(finer - exact)[:, quiet]))
    moving = int(np.argmax(np.ptp(exact, axis=1)))
    start = exact[moving][0]
    middle = (start + exact[moving][np.argmax(np.abs(exact[moving] - start))]) / 2
    instants = [_crossing(times, states[moving] - middle) for states in (exact, default)]
    row["instant_difference"] = abs(instants[1] / instants[0] - 1)
    if chosen:
        row["native_static_difference"] = _static_difference(numeric, iv(device, engine="ngspice", native=True))
        finer_settings: dict[str, Any] = {"max_step": TIGHTER_STEP * step, "options": TIGHT}
        usual: dict[str, Any] = {"max_step": step}
        for name, settings in (("", usual), *([("_tight", finer_settings)] if tight else [])):
            _, own = run("ngspice", **settings, native=True)
            row[f"native_state_difference{name}"] = float(np.max(np.abs(own - exact)[:, quiet]))
    columns: dict[str, Column] = {
        "device": ([device.model_name()], "", "device"),
        "preset": ([device.provenance.name if device.provenance else ""], "", "preset"),
    }
    columns |= {name: ([value], "1", DIFFERENCES[name]) for name, value in row.items()}
    return device_table(device, columns, engine="numeric, ngspice", bench="agreement")


def _static_difference(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Largest relative difference of a static current."""
    largest = np.maximum(np.abs(one["current"]), np.abs(other["current"]))
    return float(np.max(np.abs(one["current"] - other["current"]) / np.maximum(largest, SMALLEST_CURRENT)))


def _jumping(states: FloatArray) -> Any:
    """Times beside which a state jumps: what ngspice gives there is what interpolation makes of one of its steps."""
    jumps = np.any(np.abs(np.diff(states, axis=1)) > JUMP, axis=0)
    return np.convolve(np.concatenate([[False], jumps]) | np.concatenate([jumps, [False]]), [1, 1, 1], "same") > 0


def _crossing(times: FloatArray, value: FloatArray) -> float:
    """First time at which a trace passes zero [s]; NaN if it never does."""
    passed = np.flatnonzero(np.diff(np.sign(value)))
    if not len(passed):
        return float("nan")
    k = passed[0]
    return float(times[k] + (times[k + 1] - times[k]) * value[k] / (value[k] - value[k + 1]))
