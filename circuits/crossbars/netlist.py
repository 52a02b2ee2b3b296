"""A crossbar as a netlist: every segment of wire, every cell, every source."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import sympy as sp

from ...devices.core.vectors import compiled
from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ..engine.native import native_device, why_not_native
from ..engine.ngspice import OperatingPoint, run
from .access import OPTIONS, InSeries, Mosfets
from .crossings import Cells, DeviceCells
from .faults import FaultyDevices
from .solver import Lines, Potentials
from .wired import WiredCells


def write_netlist(
    crossbar: WiredCells, word_voltages: FloatArray, bit_voltages: FloatArray, *, native: bool = False
) -> str:
    """Write a crossbar with its sources, at its operating point.

    The nodes at cell (i, j) are ``w_i_j`` and ``b_i_j``, or ``w_i`` and ``b_j`` of lines without resistance; the
    sources are ``V_word_i`` and ``V_bit_j``.

    Parameters
    ----------
    crossbar : WiredCells
        The crossbar.
    word_voltages, bit_voltages : ndarray
        Voltages of the sources, shapes (N,) and (M,). [V]
    native : bool
        Whether devices are native ones, of :mod:`synaspice.circuits.engine.native`, rather than subcircuits.

    Raises
    ------
    ParameterError
        If the states of the cells are not those of any parameters.
    """
    n, m = crossbar.shape
    words, bits = crossbar.lines
    lines = [f"* crossbar of {n} word lines and {m} bit lines"]
    for i in range(n):
        lines += _line("w", i, [(i, j) for j in range(m)], words, float(word_voltages[i]))
    for j in range(m):
        lines += _line("b", j, [(i, j) for i in reversed(range(n))], bits, float(bit_voltages[j]))
    nodes = [(_node("w", i, j, words), _node("b", i, j, bits)) for i in range(n) for j in range(m)]
    return "\n".join([*lines, *_cells(crossbar.cells, nodes, "", native)]) + "\n"


def _node(kind: str, i: int, j: int, lines: Lines) -> str:
    if lines.segment > 0:
        return f"{kind}_{i}_{j}"
    return f"{kind}_{i if kind == 'w' else j}"


def _line(kind: str, number: int, path: list[tuple[int, int]], lines: Lines, voltage: float) -> Iterator[str]:
    """The source of a line and its segments, from there to the far end."""
    name, end = f"{ {'w': 'word', 'b': 'bit'}[kind] }_{number}", float(lines.ends[number])
    first = _node(kind, *path[0], lines)
    if np.isfinite(end):
        source = first if end == 0 else f"{name}_source"
        yield f"V_{name} {source} 0 {voltage!r}"
        if end > 0:
            yield f"R_{name} {source} {first} {end!r}"
    if lines.segment > 0:
        for k, (a, b) in enumerate(itertools.pairwise(path)):
            yield f"R_{name}_{k} {_node(kind, *a, lines)} {_node(kind, *b, lines)} {lines.segment!r}"


def _cells(cells: Cells, nodes: list[tuple[str, str]], label: str, native: bool) -> Iterator[str]:
    """The lines of all cells, and of the models that they need."""
    _, m = cells.shape
    names = [f"{label}{k // m}_{k % m}" for k in range(len(nodes))]
    values = cells.ohmic
    if values is not None:
        for name, (a, b), value in zip(names, nodes, values.ravel().tolist(), strict=True):
            if value > 0:
                yield f"R_cell_{name} {a} {b} {1 / value!r}"
    elif isinstance(cells, InSeries):
        between = [f"a_{name}" for name in names]
        yield from _cells(cells.cells, [(a, c) for (a, _), c in zip(nodes, between, strict=True)], f"c{label}", native)
        yield from _cells(cells.access, [(c, b) for (_, b), c in zip(nodes, between, strict=True)], f"s{label}", native)
    elif isinstance(cells, Mosfets):
        yield cells.models()
        for i, on in enumerate(cells.gates.tolist()):
            yield f"V_gate_{i} gate_{i} 0 {cells.gate_voltage if on else 0.0!r}"
        for k, (name, (a, b)) in enumerate(zip(names, nodes, strict=True)):
            yield cells.line(name, a, f"gate_{k // m}", b)
    elif isinstance(cells, DeviceCells):
        yield from _devices(cells, nodes, names, label, native)
    else:
        raise ParameterError(f"there is no netlist of {type(cells).__name__}")


def _devices(
    cells: DeviceCells, nodes: list[tuple[str, str]], names: list[str], label: str, native: bool
) -> Iterator[str]:
    device = cells.device
    model = f"{label}{device.model_name().replace('-', '_')}"
    form = native_device(device, name=model) if native else device.subcircuit(name=model)
    yield str(form)
    branch = next(iter(device.branches().values()))
    overrides = _overrides(cells)
    stuck = cells.stuck.ravel().tolist() if isinstance(cells, FaultyDevices) else [math.nan] * len(names)
    for k, (name, (a, b), value) in enumerate(zip(names, nodes, stuck, strict=True)):
        if not math.isnan(value):
            if value > 0:
                yield f"R_stuck_{name} {a} {b} {1 / value!r}"
            continue
        pins = [{branch.positive: a, branch.negative: b}.get(pin, f"{pin}_{name}") for pin in form.pins]
        own = [f"{parameter}={values[k]!r}" for parameter, values in overrides.items()]
        yield " ".join([f"{'N' if native else 'X'}_{name}", *pins, form.name, *own])


def _devices_of(cells: Cells) -> list[CompactModel]:
    if isinstance(cells, InSeries):
        return [*_devices_of(cells.cells), *_devices_of(cells.access)]
    return [cells.device] if isinstance(cells, DeviceCells) else []


def _overrides(cells: DeviceCells) -> dict[str, list[float]]:
    """Parameters of each cell's instance: those in which it differs from the nominal device, and those of its state."""
    functions, nominal = compiled(cells.device), cells.device.values
    parameters = dict(zip(functions.parameter_names, cells.parameters, strict=True))
    states = dict(zip(functions.system.states, cells.states, strict=True))
    found = {name: parameters[name] for name in nominal if np.any(parameters[name] != nominal[name])}
    initial = functions.initial_array(list(cells.parameters))
    for (state, values), usual in zip(states.items(), initial, strict=True):
        if np.array_equal(values, np.broadcast_to(usual, values.shape)):
            continue
        expression = functions.system.initial[state]
        if not (isinstance(expression, sp.Symbol) and str(expression) in nominal):
            raise ParameterError(f"no parameter of {cells.device.model_name()} sets its state {state} in a netlist")
        found[str(expression)] = values
    return {name: np.ravel(values).tolist() for name, values in found.items()}


def run_netlist(
    crossbar: WiredCells, word_voltages: FloatArray, bit_voltages: FloatArray, native: bool | None = None
) -> tuple[Potentials, FloatArray]:
    """Potentials and currents of a crossbar by ngspice, and the currents of its cells at the potentials there [A].

    Devices are native ones, or subcircuits; by default native where this machine can.

    Raises
    ------
    MissingDependencyError
        If native devices are demanded that this machine cannot have.
    NgspiceError
        If it finds no operating point.
    """
    (n, m), (words, bits) = crossbar.shape, crossbar.lines
    devices = _devices_of(crossbar.cells)
    reason = why_not_native() if devices and native is not False else None
    if native and reason:
        raise MissingDependencyError(reason)
    compiled_in = bool(devices) and native is not False and reason is None
    files = [native_device(device).file for device in devices] if compiled_in else []
    netlist = write_netlist(crossbar, word_voltages, bit_voltages, native=compiled_in)
    table = run(netlist, OperatingPoint(), options=OPTIONS, osdi=dict.fromkeys(files))
    value = {name: float(values[0]) for name, values in table.items()}

    def potentials(kind: str, lines: Lines) -> FloatArray:
        return np.array([[value[f"v({_node(kind, i, j, lines)})"] for j in range(m)] for i in range(n)])

    def currents(name: str, lines: Lines) -> FloatArray:
        return np.array([value.get(f"i(v_{name}_{k})", 0.0) for k in range(len(lines.ends))])

    word, bit = potentials("w", words), potentials("b", bits)
    found = Potentials(word, bit, currents("word", words), currents("bit", bits), 0)
    cells = crossbar.cells
    if isinstance(cells, InSeries) and cells.ohmic is None:
        between = np.array([[value.get(f"v(a_{i}_{j})", 0.0) for j in range(m)] for i in range(n)])
        return found, cells.cells.current(word - between)[0]
    return found, cells.current(word - bit)[0]
