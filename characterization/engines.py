"""The same measurement on any engine: the generated Python functions, or generated devices in ngspice or VACASK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..circuits.engine import ngspice
from ..circuits.engine.analyses import Analysis
from ..circuits.engine.decks import (
    Form,
    biased,
    driven_circuit,
    held_branches,
    instance,
    nodes_of,
    observable_vector,
    statements_of,
    wrapped,
)
from ..circuits.engine.native import NativeDevice, native_device, why_not_native
from ..circuits.engine.vacask.analyses import ListSweep
from ..circuits.engine.vacask.devices import vacask_device
from ..circuits.engine.vacask.programs import find_openvaf, find_vacask
from ..circuits.engine.vacask.simulator import run as run_vacask
from ..devices.core.metadata import FROM_SOURCE, SOURCE_VOLTAGE, device_table, insert_column
from ..devices.core.protocols import Compliance
from ..devices.core.validity import warn_of_invalid
from ..devices.language.checks import known, positive
from ..devices.language.declarations.declaration import Auxiliary
from ..devices.language.errors import MissingDependencyError, ParameterError
from ..devices.language.memory import require_memory
from ..devices.language.waveforms.shapes import DC, Drive, FloatArray, as_waveform
from ..devices.model import CompactModel
from ..devices.simulation.request import row_size
from ..devices.targets.modules.c_compiler import find_compiler
from ..devices.targets.spice.dialects import NGSPICE

ENGINES = ("numeric", "ngspice", "vacask")

#: Steps of a transient in a simulator, of which it manages some 1e5 in a second.
MOST_STEPS = 1e8
#: Steps of a transient, at least, unless a largest step is asked for or suggested: how exact it is must not follow from
#: how many points are reported. With as few steps as points the current of a memristor was wrong by more than itself.
LEAST_STEPS = 1e4
#: Duration of a transient from which on subcircuits must allow long steps. [s]
LONG = 10.0
#: Static curves are cheap, and Newton's last step decides their accuracy: let it go on to the end, which is the
#: rounding of the ampere that quantities of order one are as currents.
STATIC_OPTIONS = {"reltol": 1e-9, "abstol": 1e-15, "vntol": 1e-12}


@dataclass(frozen=True)
class Simulator:
    """An engine that runs netlists.

    Attributes
    ----------
    run : callable
        Runs one analysis of a netlist: :func:`synaspice.circuits.engine.ngspice.run` and its likes.
    limited_options : Mapping
        Options of trajectories against a limited current. The voltage collapses when the limit is reached, and the
        rate of the state with it by many orders of magnitude: at the simulators' own tolerances (``reltol`` 1e-3, 7 or
        3.5 times the error of a step) the trapezoidal rule carries the rate of before into the step, and the state ends
        beyond where it should, or beyond its bounds.
    options : Mapping
        Options of every run.
    """

    run: Callable[..., pd.DataFrame]
    limited_options: Mapping[str, float]
    options: Mapping[str, float] = field(default_factory=dict)


SIMULATORS = {
    "ngspice": Simulator(ngspice.run, {"reltol": 1e-5, "trtol": 1.0}),
    "vacask": Simulator(run_vacask, {"reltol": 1e-5, "tran_lteratio": 1.1}, {"nr_residualcheck": 0}),
}


def check_engine(engine: str) -> None:
    """Refuse an engine that does not exist."""
    known("engine", engine, ENGINES)


def uses_native(engine: str, native: bool | None) -> bool:
    """Whether a measurement runs with native devices.

    Parameters
    ----------
    engine : str
        The engine.
    native : bool, optional
        Whether it is to; None: if it can, with a simulator.

    Raises
    ------
    UnknownNameError
        If there is no such engine.
    ParameterError
        If native devices are demanded of the numeric engine.
    MissingDependencyError
        If they are demanded, and there is no compiler or no ngspice that loads them; or if there is no VACASK.
    """
    check_engine(engine)
    if engine == "numeric":
        if native:
            raise ParameterError("native devices belong to the engines 'ngspice' and 'vacask', not to 'numeric'")
        return False
    reason = None
    if engine == "vacask":
        find_vacask()
    if native is not False:
        reason = why_not_native() if engine == "ngspice" else _why_not_compiled()
    if native and reason:
        raise MissingDependencyError(reason)
    chosen = native is not False and reason is None
    if engine == "vacask" and not chosen:
        find_openvaf()
    return chosen


def _why_not_compiled() -> str | None:
    """The reason why there is no C compiler, as a message; None if there is one."""
    try:
        find_compiler()
    except MissingDependencyError as error:
        return str(error)
    return None


def engine_attributes(engine: str, native: bool) -> dict[str, Any]:
    """A table's attributes about its engine: ``engine``, and for a simulator whether its devices were ``native``."""
    return {"engine": engine} if engine == "numeric" else {"engine": engine, "native": native}


def form_of(
    device: CompactModel,
    engine: str,
    native: bool,
    *,
    inputs: tuple[str, ...] = (),
    noise: bool = False,
    duration: float = 0.0,
) -> Form:
    """The form of a device in a simulator: a native device, or ngspice's subcircuit with a node for every observable.

    In VACASK it is a compiled module, native or from Verilog-A.
    """
    if engine == "vacask":
        return vacask_device(device, inputs=inputs, native=native, noise=noise)
    if native:
        return native_device(device, inputs=inputs, noise=noise)
    return device.subcircuit(inputs=inputs, observables=not noise, noise=noise, long_steps=duration > LONG)


def options_of(form: Form, duration: float) -> dict[str, float | str]:
    """Options of the simulator for a transient of a duration [s] with a form of :func:`form_of`."""
    long_steps = duration > LONG and not isinstance(form, NativeDevice)
    return dict(NGSPICE.long_step_options) if long_steps else {}


def run_netlist(
    engine: str, lines: list[str], form: Form, analysis: Analysis, options: Mapping[str, Any], **more: Any
) -> pd.DataFrame:
    """Run a netlist with a form of a device; further arguments are those of the simulator's ``run``."""
    # What is made here may bring a module of its own.
    settings = {"control": True} if engine == "vacask" else {}
    options = {**SIMULATORS[engine].options, **options}
    files = [form.file] if isinstance(form, NativeDevice) else []
    return SIMULATORS[engine].run("\n".join(lines), analysis, options=options, osdi=files, **settings, **more)


def static_currents(
    device: CompactModel,
    voltage: FloatArray,
    states: Mapping[str, Mapping[str, float]],
    engine: str,
    native: bool = False,
) -> dict[str, FloatArray]:
    """Static current of the first branch over voltages, for each named state [A]."""
    check_engine(engine)
    branch = next(iter(device.branches().values()))
    if engine == "numeric":
        return {
            name: device.replace(**overrides).static(**{branch.name: voltage})[branch.current]
            for name, overrides in states.items()
        }
    form = form_of(device, engine, native)
    lines = [f"* static currents of {device!r}", str(form)]
    sweep: Analysis
    if engine == "vacask":
        lines += statements_of(form).voltage_source("drive", "drive", "0", DC(0.0), 1.0)
        sweep = ListSweep("v_drive", tuple(voltage.tolist()))
    else:  # the sweep counts through the list of voltages, which may be any
        knots = " ".join(f"{k}, {v!r}," for k, v in enumerate(voltage.tolist())).rstrip(",")
        lines += ["V_index index 0 0", wrapped(f"B_drive drive 0 V=pwl(V(index), {knots})")]
        sweep = ngspice.DCSweep("v_index", 0, len(voltage) - 1, 1)
    for k, overrides in enumerate(states.values()):  # one instance per state
        held = device.replace(**overrides).values  # computed defaults follow
        changed = {name: value for name, value in held.items() if value != device.values[name]}
        lines += biased(device, form, "drive", str(k), changed)
    result = run_netlist(engine, lines, form, sweep, STATIC_OPTIONS)
    return {name: result[f"i(v_meter{k})"].to_numpy() for k, name in enumerate(states)}


def probe_deck(device: CompactModel, voltage: float, form: Form) -> list[str]:
    """A deck that puts a dc voltage (``V_drive``, 1 V for ac) on the first branch; ``V_meter`` reads its current."""
    branch, nodes, write = next(iter(device.branches().values())), nodes_of(device), statements_of(form)
    low, high = nodes[branch.negative], nodes[branch.positive]
    return [
        f"* {device!r}",
        str(form),
        *write.probe_source("drive", "driven", low, voltage),
        *write.voltage_source("meter", "driven", high, DC(0.0), 1.0),
        *held_branches(device, form),
        instance(device, form, {}),
    ]


def trajectory(
    device: CompactModel,
    drive: Drive,
    duration: float,
    *,
    source: str,
    inputs: Mapping[str, Drive],
    points: int,
    engine: str,
    native: bool | None = None,
    max_step: float | None = None,
    options: Mapping[str, float | str] | None = None,
    compliance: Compliance | None = None,
    **noise: Any,
) -> pd.DataFrame:
    """Trajectory of a device from any engine, with the columns of :meth:`CompactModel.simulate`.

    ``native`` (see :func:`uses_native`), ``max_step`` [s] and ``options`` are the simulators'; further arguments,
    such as a temperature, belong to the numeric engine's noise.
    """
    chosen = uses_native(engine, native)
    require_memory(points, "points", row_size(device))
    if engine == "numeric":
        return device.simulate(
            drive, duration, source=source, inputs=inputs, points=points, compliance=compliance, **noise
        )
    if any(value is not None for value in noise.values()):
        raise ParameterError("noisy trajectories need the numeric engine: the netlist has no noise in transients")
    limit = compliance or Compliance()
    return _netlist_trajectory(
        device, engine, drive, duration, source, inputs, points, max_step, options or {}, chosen, limit
    )


def _netlist_trajectory(
    device: CompactModel,
    engine: str,
    drive: Drive,
    duration: float,
    source: str,
    inputs: Mapping[str, Drive],
    points: int,
    max_step: float | None,
    options: Mapping[str, float | str],
    native: bool,
    compliance: Compliance,
) -> pd.DataFrame:
    branches, nodes = device.branches(), nodes_of(device)
    fields = {name: as_waveform(value, duration, name) for name, value in inputs.items() if name not in branches}
    form = form_of(device, engine, native, inputs=tuple(fields), duration=duration)
    circuit = driven_circuit(device, form, drive, duration, source=source, inputs=inputs, compliance=compliance)
    lines = [f"* trajectory of {device!r}", str(form), *circuit]
    reported = {str(symbol): observable_vector(form, str(symbol)) for symbol in device.system.observables}
    step = duration / (points - 1)
    longest = min(step, duration / LEAST_STEPS) if max_step is None else positive("max_step", max_step, "s")
    if not duration / longest <= MOST_STEPS:
        raise ParameterError(
            f"{duration / longest:.2g} steps of {engine} take too long: ask for fewer points, or for a largest step of "
            f"{duration / MOST_STEPS:.2g} s"
        )
    analysis = ngspice.Transient(step, duration, max_step=longest)
    limited = SIMULATORS[engine].limited_options if compliance.is_limit else {}
    options = {**options_of(form, duration), **limited, **options}
    compiled = isinstance(form, NativeDevice)
    save = ["all", *reported.values()] if compiled else []
    result = run_netlist(engine, lines, form, analysis, options, save=save)
    times = np.linspace(0.0, duration, points)

    def sampled(vector: str) -> FloatArray:
        return np.asarray(np.interp(times, result["time"], result[vector]))

    def potential(terminal: str) -> FloatArray:
        node = nodes[terminal]
        return np.zeros(points) if node == "0" else sampled(f"v({node})")

    columns: dict[str, FloatArray] = {"time": times}
    for name, branch in branches.items():
        columns[name] = potential(branch.positive) - potential(branch.negative)
        columns[branch.current] = sampled(f"i(v_meter_{name})")
    columns |= {name: value(times) for name, value in fields.items()}
    for name, state in device.state_declarations().items():
        columns[name] = state.scale * sampled(f"v({name})")
    # An auxiliary that is reported is a node in units of its scale; an observable proper is one in its own unit.
    scales = {
        component: item.scale
        for item in device.declarations().values()
        if isinstance(item, Auxiliary)
        for component in item.components
    }
    for name, vector in reported.items():
        columns[name] = (1.0 if compiled else scales.get(name, 1.0)) * sampled(vector)
    version = result.attrs["engine_version"]
    attributes = engine_attributes(engine, native)
    table = device_table(device, columns, **attributes, engine_version=version)
    if compliance.is_limit:
        table.attrs["compliance"] = list(compliance.limits)
        values = as_waveform(drive, duration)(times)
        insert_column(table, 1, SOURCE_VOLTAGE, (values, "V", FROM_SOURCE))
    warn_of_invalid(device, table)
    return table
