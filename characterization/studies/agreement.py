"""How well a device's forms agree: the numeric engine against its netlist and native form in ngspice, and in VACASK."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.engine.vacask.programs import why_no_vacask
from ...circuits.engine.vacask.simulator import VacaskError
from ...devices.core.metadata import Column, device_table
from ...devices.core.protocols import Stimulus
from ...devices.language.errors import ValidityWarning
from ...devices.language.waveforms.shapes import FloatArray
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
    "state_difference": "largest difference of a state at the simulator's default tolerances, over its scale",
    "state_difference_tight": "largest difference of a state at tight tolerances, over its scale",
    "instant_difference": "relative difference of the time at which the state that moves most is half its way",
}
#: Simulator, whether its devices are native, and what they are called, by the start of the names of columns.
FORMS = {
    "": ("ngspice", False, ""),
    "native_": ("ngspice", True, ", of the native device"),
    "vacask_": ("vacask", False, ", of the Verilog-A module in VACASK"),
    "vacask_native_": ("vacask", True, ", of the native device in VACASK"),
}
_MOVES = ("static_difference", "state_difference", "state_difference_tight")
DIFFERENCES |= {
    f"{form}{name}": f"{DIFFERENCES[name]}{what}" for form, (_, _, what) in FORMS.items() if form for name in _MOVES
}


def agreement(
    device: CompactModel, *, native: bool | None = None, tight: bool = True, vacask: bool | None = None
) -> pd.DataFrame:
    """Compare the engines on a device: static curves, and a transient of its suggested stimulus.

    Parameters
    ----------
    device : CompactModel
        The device.
    native : bool, optional
        Whether to compare the native device too; default: if it can be had.
    tight : bool
        Whether to compare at tight tolerances too, which is five times the work; the columns are missing otherwise.
    vacask : bool, optional
        Whether to compare VACASK too; default: if it is installed.

    Returns
    -------
    pandas.DataFrame
        One row: ``static_difference``, the largest relative difference of a static current; ``state_difference`` and
        ``state_difference_tight``, the largest difference of a state (in units of its scale) at ngspice's default
        tolerances and at ``reltol`` 1e-6 with a fifth of the step, beside jumps; and ``instant_difference``, the
        relative difference (default tolerances) of the time at which the state that moves most has gone half its way.
        With native devices also ``native_static_difference``, ``native_state_difference`` and
        ``native_state_difference_tight``, the same of the native device against the numeric engine; with VACASK the
        same as ``vacask_...`` of the Verilog-A module and ``vacask_native_...`` of the native device. A difference is
        NaN where VACASK did not carry out the run: ``attrs["not_run"]`` has what it said, by column.

    Raises
    ------
    ParameterError
        If the device suggests no drive.
    MissingDependencyError
        If native devices or VACASK are demanded and cannot be had.
    """
    third = why_no_vacask() is None if vacask is None else vacask
    chosen = {"": True, "native_": uses_native("ngspice", native), "vacask_": third}
    if third:
        uses_native("vacask", False)  # where it was demanded, it says what is missing
    chosen["vacask_native_"] = third and uses_native("vacask", native)
    numeric = iv(device)
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
    quiet, moving = ~_jumping(exact), int(np.argmax(np.ptp(exact, axis=1)))
    row: dict[str, float] = {}
    not_run: dict[str, str] = {}
    for form, (engine, own, _) in FORMS.items():
        if not chosen[form]:
            continue
        settings: dict[str, dict[str, Any]] = {"state_difference": {"max_step": step}}
        if tight:
            settings["state_difference_tight"] = {"max_step": TIGHTER_STEP * step, "options": TIGHT}
        for name in ("static_difference", *settings):
            try:
                if name == "static_difference":
                    row[form + name] = _static_difference(numeric, iv(device, engine=engine, native=own))
                    continue
                _, found = run(engine, native=own, **settings[name])
                row[form + name] = float(np.max(np.abs(found - exact)[:, quiet]))
                if not form and name == "state_difference":
                    row["instant_difference"] = _later(times, exact[moving], found[moving])
            except VacaskError as error:
                row[form + name], not_run[form + name] = float("nan"), str(error)
    columns: dict[str, Column] = {
        "device": ([device.model_name()], "", "device"),
        "preset": ([device.provenance.name if device.provenance else ""], "", "preset"),
    }
    columns |= {name: ([row[name]], "1", what) for name, what in DIFFERENCES.items() if name in row}
    engines = ", ".join(dict.fromkeys(["numeric", *(FORMS[form][0] for form in FORMS if chosen[form])]))
    return device_table(device, columns, engine=engines, bench="agreement", not_run=not_run)


def _later(times: FloatArray, exact: FloatArray, found: FloatArray) -> float:
    """Relative difference of the times at which a trace has gone half its way."""
    start = exact[0]
    middle = (start + exact[np.argmax(np.abs(exact - start))]) / 2
    one, other = (_crossing(times, trace - middle) for trace in (exact, found))
    return abs(other / one - 1)


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
