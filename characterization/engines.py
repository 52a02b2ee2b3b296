"""The same measurement on either engine: the generated Python functions, or the generated netlist in ngspice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..circuits.engine import ngspice
from ..circuits.engine.decks import Form, driven_circuit, held_branches, instance, nodes_of, observable_vector, wrapped
from ..circuits.engine.native import NativeDevice, native_device, why_not_native
from ..devices.core.metadata import FROM_SOURCE, SOURCE_VOLTAGE, device_table, insert_column
from ..devices.core.protocols import Compliance
from ..devices.core.validity import warn_of_invalid
from ..devices.language.checks import known, positive
from ..devices.language.declaration import Auxiliary
from ..devices.language.errors import MissingDependencyError, ParameterError
from ..devices.language.memory import require_memory
from ..devices.language.waveforms import Drive, FloatArray, as_waveform
from ..devices.model import CompactModel
from ..devices.simulation.request import row_size
from ..devices.targets.spice.dialects import NGSPICE

ENGINES = ("numeric", "ngspice")

#: Steps of a transient in ngspice, of which it manages some 1e5 in a second.
MOST_STEPS = 1e8
#: Steps of a transient, at least, unless a largest step is asked for or suggested: how exact it is must not follow from
#: how many points are reported. With as few steps as points the current of a memristor was wrong by more than itself.
LEAST_STEPS = 1e4
#: Duration of a transient from which on subcircuits must allow long steps. [s]
LONG = 10.0
#: Static curves are cheap, and Newton's last step decides their accuracy: let it go on to the end, which is the
#: rounding of the ampere that quantities of order one are as currents.
STATIC_OPTIONS = {"reltol": 1e-9, "abstol": 1e-15, "vntol": 1e-12}
#: Options of trajectories against a limited current. The voltage collapses when the limit is reached, and the rate of
#: the state with it by many orders of magnitude: at ngspice's own tolerances (1e-3, 7) the trapezoidal rule carries the
#: rate of before into the step, and the state ends beyond where it should, or beyond its bounds.
LIMITED_OPTIONS = {"reltol": 1e-5, "trtol": 1.0}


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
        Whether it is to; None: if it can, with the engine ``"ngspice"``.

    Raises
    ------
    UnknownNameError
        If there is no such engine.
    ParameterError
        If native devices are demanded of another engine.
    MissingDependencyError
        If they are demanded, and there is no compiler or no ngspice that loads them.
    """
    check_engine(engine)
    if engine != "ngspice":
        if native:
            raise ParameterError(f"native devices belong to the engine 'ngspice', not to {engine!r}")
        return False
    reason = None if native is False else why_not_native()
    if native and reason:
        raise MissingDependencyError(reason)
    return native is not False and reason is None


def engine_attributes(engine: str, native: bool) -> dict[str, Any]:
    """A table's attributes about its engine: ``engine``, and for ngspice whether its devices were ``native``."""
    return {"engine": engine, "native": native} if engine == "ngspice" else {"engine": engine}


def form_of(
    device: CompactModel,
    native: bool,
    *,
    inputs: tuple[str, ...] = (),
    noise: bool = False,
    duration: float = 0.0,
) -> Form:
    """The form of a device in ngspice: a native device, or a subcircuit with a node for every observable."""
    if native:
        return native_device(device, inputs=inputs, noise=noise)
    return device.subcircuit(inputs=inputs, observables=not noise, noise=noise, long_steps=duration > LONG)


def options_of(form: Form, duration: float) -> dict[str, float | str]:
    """Options of ngspice for a transient of a duration [s] with a form of :func:`form_of`."""
    long_steps = duration > LONG and not isinstance(form, NativeDevice)
    return dict(NGSPICE.long_step_options) if long_steps else {}


def files_of(form: Form) -> list[Any]:
    """The files that ngspice has to load for it."""
    return [form.file] if isinstance(form, NativeDevice) else []


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
    # One instance per state; the sweep counts through the list of voltages, which may be any.
    knots = " ".join(f"{k}, {v!r}," for k, v in enumerate(voltage.tolist())).rstrip(",")
    form: Form = native_device(device) if native else device.subcircuit()
    lines = [f"* static currents of {device!r}", str(form), "V_index index 0 0"]
    lines.append(wrapped(f"B_drive drive 0 V=pwl(V(index), {knots})"))
    for k, overrides in enumerate(states.values()):
        nodes = nodes_of(device, f"_{k}")
        # Only the drop across the branch counts: its negative end is ground, or at the same potential.
        lines += [f"E_drive{k} driven{k} {nodes[branch.negative]} drive 0 1"]
        lines += [f"V_meter{k} driven{k} {nodes[branch.positive]} 0"]
        lines += held_branches(device, f"_{k}")
        lines.append(instance(device, form, overrides, f"_{k}"))
    sweep = ngspice.DCSweep("v_index", 0, len(voltage) - 1, 1)
    result = ngspice.run("\n".join(lines), sweep, options=STATIC_OPTIONS, osdi=files_of(form))
    return {name: result[f"i(v_meter{k})"].to_numpy() for k, name in enumerate(states)}


def probe_deck(device: CompactModel, voltage: float, form: Form) -> list[str]:
    """A deck that puts a dc voltage (``V_drive``, 1 V for ac) on the first branch; ``V_meter`` reads its current."""
    branch, nodes = next(iter(device.branches().values())), nodes_of(device)
    low, high = nodes[branch.negative], nodes[branch.positive]
    lines = [f"* {device!r}", str(form), f"V_drive driven {low} dc {voltage!r} ac 1", f"V_meter driven {high} 0"]
    return [*lines, *held_branches(device), instance(device, form, {})]


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
    """Trajectory of a device from either engine, with the columns of :meth:`CompactModel.simulate`.

    ``native`` (see :func:`uses_native`), ``max_step`` [s] and ``options`` are ngspice's; further arguments, such as a
    temperature, belong to the numeric engine's noise.
    """
    chosen = uses_native(engine, native)
    require_memory(points, "points", row_size(device))
    if engine == "numeric":
        return device.simulate(
            drive, duration, source=source, inputs=inputs, points=points, compliance=compliance, **noise
        )
    if any(value is not None for value in noise.values()):
        raise ParameterError("noisy trajectories need the numeric engine: the netlist has no noise in transients")
    return _ngspice_trajectory(
        device, drive, duration, source, inputs, points, max_step, options or {}, chosen, compliance or Compliance()
    )


def _ngspice_trajectory(
    device: CompactModel,
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
    form = form_of(device, native, inputs=tuple(fields), duration=duration)
    circuit = driven_circuit(device, form, drive, duration, source=source, inputs=inputs, compliance=compliance)
    lines = [f"* trajectory of {device!r}", str(form), *circuit]
    reported = {str(symbol): observable_vector(form, str(symbol)) for symbol in device.system.observables}
    step = duration / (points - 1)
    longest = min(step, duration / LEAST_STEPS) if max_step is None else positive("max_step", max_step, "s")
    if not duration / longest <= MOST_STEPS:
        raise ParameterError(
            f"{duration / longest:.2g} steps of ngspice take too long: ask for fewer points, or for a largest step of "
            f"{duration / MOST_STEPS:.2g} s"
        )
    analysis = ngspice.Transient(step, duration, max_step=longest)
    limited = LIMITED_OPTIONS if compliance.is_limit else {}
    options = {**options_of(form, duration), **limited, **options}
    save = ["all", *reported.values()] if native else []
    result = ngspice.run("\n".join(lines), analysis, options=options, save=save, osdi=files_of(form))
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
        columns[name] = (1.0 if native else scales.get(name, 1.0)) * sampled(vector)
    version = result.attrs["engine_version"]
    attributes = engine_attributes("ngspice", native)
    table = device_table(device, columns, **attributes, engine_version=version)
    if compliance.is_limit:
        table.attrs["compliance"] = list(compliance.limits)
        values = as_waveform(drive, duration)(times)
        insert_column(table, 1, SOURCE_VOLTAGE, (values, "V", FROM_SOURCE))
    warn_of_invalid(device, table)
    return table
