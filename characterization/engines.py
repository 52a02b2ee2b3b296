"""The same measurement on either engine: the generated Python functions, or the generated netlist in ngspice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..circuits import ngspice
from ..circuits.decks import driven_circuit, held_branches, instance, nodes_of, wrapped
from ..devices.declaration import Auxiliary
from ..devices.errors import ParameterError, UnknownNameError
from ..devices.metadata import table_attributes
from ..devices.model import CompactModel
from ..devices.waveforms import Drive, FloatArray, as_waveform

ENGINES = ("numeric", "ngspice")

#: Static curves are cheap, and Newton's last step decides their accuracy: let it go on to the end.
STATIC_OPTIONS = {"reltol": 1e-9, "abstol": 1e-18, "vntol": 1e-12}


def check_engine(engine: str) -> None:
    """Refuse an engine that does not exist."""
    if engine not in ENGINES:
        raise UnknownNameError("engine", engine, ENGINES)


def static_currents(
    device: CompactModel, voltage: FloatArray, states: Mapping[str, Mapping[str, float]], engine: str
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
    subcircuit = device.subcircuit()
    lines = [f"* static currents of {device!r}", str(subcircuit), "V_index index 0 0"]
    lines.append(wrapped(f"B_drive drive 0 V=pwl(V(index), {knots})"))
    for k, overrides in enumerate(states.values()):
        nodes = nodes_of(device, f"_{k}")
        # Only the drop across the branch counts: its negative end is ground, or at the same potential.
        lines += [f"E_drive{k} driven{k} {nodes[branch.negative]} drive 0 1"]
        lines += [f"V_meter{k} driven{k} {nodes[branch.positive]} 0"]
        lines += held_branches(device, f"_{k}")
        lines.append(instance(device, subcircuit, overrides, f"_{k}"))
    sweep = ngspice.DCSweep("v_index", 0, len(voltage) - 1, 1)
    result = ngspice.run("\n".join(lines), sweep, options=STATIC_OPTIONS)
    return {name: result[f"i(v_meter{k})"].to_numpy() for k, name in enumerate(states)}


def probe_deck(device: CompactModel, voltage: float, *, noise: bool = False) -> list[str]:
    """A deck that puts a dc voltage (``V_drive``, 1 V for ac) on the first branch; ``V_meter`` reads its current."""
    branch = next(iter(device.branches().values()))
    subcircuit, nodes = device.subcircuit(noise=noise), nodes_of(device)
    low, high = nodes[branch.negative], nodes[branch.positive]
    lines = [f"* {device!r}", str(subcircuit), f"V_drive driven {low} dc {voltage!r} ac 1", f"V_meter driven {high} 0"]
    return [*lines, *held_branches(device), instance(device, subcircuit, {})]


def trajectory(
    device: CompactModel,
    drive: Drive,
    duration: float,
    *,
    source: str,
    inputs: Mapping[str, Drive],
    points: int,
    engine: str,
    max_step: float | None = None,
    options: Mapping[str, float | str] | None = None,
    **noise: Any,
) -> pd.DataFrame:
    """Trajectory of a device from either engine, with the columns of :meth:`CompactModel.simulate`.

    ``max_step`` [s] and ``options`` are ngspice's; further arguments, such as a temperature, belong to the numeric
    engine's noise.
    """
    check_engine(engine)
    if engine == "numeric":
        return device.simulate(drive, duration, source=source, inputs=inputs, points=points, **noise)
    if any(value is not None for value in noise.values()):
        raise ParameterError("noisy trajectories need the numeric engine: the netlist has no noise in transients")
    return _ngspice_trajectory(device, drive, duration, source, inputs, points, max_step, options or {})


def _ngspice_trajectory(
    device: CompactModel,
    drive: Drive,
    duration: float,
    source: str,
    inputs: Mapping[str, Drive],
    points: int,
    max_step: float | None,
    options: Mapping[str, float | str],
) -> pd.DataFrame:
    branches, nodes = device.branches(), nodes_of(device)
    fields = {name: as_waveform(value, duration, name) for name, value in inputs.items() if name not in branches}
    subcircuit = device.subcircuit(inputs=tuple(fields), observables=True)
    circuit = driven_circuit(device, subcircuit, drive, duration, source=source, inputs=inputs)
    lines = [f"* trajectory of {device!r}", str(subcircuit), *circuit]
    step = duration / (points - 1)
    analysis = ngspice.Transient(step, duration, max_step=max_step or step)
    result = ngspice.run("\n".join(lines), analysis, options=options)
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
    for symbol in map(str, device.system.observables):
        columns[symbol] = scales.get(symbol, 1.0) * sampled(f"v(x1.{symbol})")
    table = pd.DataFrame(columns)
    table.attrs |= table_attributes(
        device, list(columns), engine="ngspice", engine_version=result.attrs["engine_version"]
    )
    return table
