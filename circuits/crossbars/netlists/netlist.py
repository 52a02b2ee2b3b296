"""A crossbar as a netlist: every segment of wire, every cell, every source."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import sympy as sp

from ....devices.core.vectors import compiled
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...engine.analyses import OperatingPoint
from ...engine.native import NativeDevice
from ..crosspoints.access import InSeries, Mosfets
from ..crosspoints.crossings import Cells, DeviceCells
from ..crosspoints.faults import FaultyDevices
from ..wires.solver import Lines, Potentials
from ..wires.wired import WiredCells
from .elements import Ngspice, Simulator, chosen_simulator


def write_netlist(
    crossbar: WiredCells,
    word_voltages: FloatArray,
    bit_voltages: FloatArray,
    *,
    native: bool = False,
    simulator: Simulator | None = None,
    rise_time: float | None = None,
) -> str:
    """Write a crossbar with its sources.

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
    simulator : Simulator, optional
        The simulator, and its form of devices, in whose language it is; default: ngspice.
    rise_time : float, optional
        Time in which all sources rise from 0 V, from t = 0 on [s]; default: they are constant.

    Raises
    ------
    ParameterError
        If the states of the cells are not those of any parameters, or the simulator has no such cells.
    """
    return _Writer(crossbar, simulator or Ngspice(native), rise_time).text(word_voltages, bit_voltages)


def devices_of(cells: Cells) -> list[CompactModel]:
    """The nominal devices in cells."""
    if isinstance(cells, InSeries):
        return [*devices_of(cells.cells), *devices_of(cells.access)]
    return [cells.device] if isinstance(cells, DeviceCells) else []


class _Writer:
    """Writes a crossbar in the language of a simulator."""

    def __init__(self, crossbar: WiredCells, simulator: Simulator, rise_time: float | None) -> None:
        self.crossbar, self.simulator, self.rise_time = crossbar, simulator, rise_time

    def text(self, word_voltages: FloatArray, bit_voltages: FloatArray) -> str:
        crossbar = self.crossbar
        (n, m), (words, bits) = crossbar.shape, crossbar.lines
        lines = [f"* crossbar of {n} word lines and {m} bit lines", *self.simulator.head]
        for i in range(n):
            path = [(i, j) for j in range(m)]
            lines += self._line("w", i, path, words, float(word_voltages[i]), crossbar.word_line_capacitance)
        for j in range(m):
            path = [(i, j) for i in reversed(range(n))]
            lines += self._line("b", j, path, bits, float(bit_voltages[j]), crossbar.bit_line_capacitance)
        nodes = [(node_of("w", i, j, words), node_of("b", i, j, bits)) for i in range(n) for j in range(m)]
        lines += self._cells(crossbar.cells, nodes, "")
        if crossbar.cell_capacitance > 0:
            for k, (a, b) in enumerate(nodes):
                lines.append(self.simulator.capacitor(f"cell_{k // m}_{k % m}", a, b, crossbar.cell_capacitance))
        return "\n".join(lines) + "\n"

    def _line(
        self, kind: str, number: int, path: list[tuple[int, int]], lines: Lines, voltage: float, capacitance: float
    ) -> Iterator[str]:
        """The source of a line, and its segments from there to the far end."""
        write = self.simulator
        name, end = f"{ {'w': 'word', 'b': 'bit'}[kind] }_{number}", float(lines.ends[number])
        nodes = [node_of(kind, *cell, lines) for cell in path]
        if np.isfinite(end):
            source = nodes[0] if end == 0 else f"{name}_source"
            yield write.source(name, source, voltage, self.rise_time)
            if end > 0:
                yield write.resistor(name, source, nodes[0], end)
        if lines.segment > 0:
            for k, (a, b) in enumerate(itertools.pairwise(nodes)):
                yield write.resistor(f"{name}_{k}", a, b, lines.segment)
        if capacitance > 0:
            for node in dict.fromkeys(nodes):
                yield write.capacitor(node, node, "0", capacitance * nodes.count(node))

    def _cells(self, cells: Cells, nodes: list[tuple[str, str]], label: str) -> Iterator[str]:
        """The lines of all cells, and of the models that they need."""
        _, m = cells.shape
        names = [f"{label}{k // m}_{k % m}" for k in range(len(nodes))]
        values = cells.ohmic
        if values is not None:
            for name, (a, b), value in zip(names, nodes, values.ravel().tolist(), strict=True):
                if value > 0:
                    yield self.simulator.resistor(f"cell_{name}", a, b, 1 / value)
        elif isinstance(cells, InSeries):
            between = [f"a_{name}" for name in names]
            yield from self._cells(cells.cells, [(a, c) for (a, _), c in zip(nodes, between, strict=True)], f"c{label}")
            yield from self._cells(
                cells.access, [(c, b) for (_, b), c in zip(nodes, between, strict=True)], f"s{label}"
            )
        elif isinstance(cells, Mosfets):
            if not self.simulator.has_transistors:
                raise ParameterError(f"transistors of a technology are for ngspice, not for {self.simulator.name}")
            yield cells.models()
            for i, on in enumerate(cells.gates.tolist()):
                yield f"V_gate_{i} gate_{i} 0 {cells.gate_voltage if on else 0.0!r}"
            for k, (name, (a, b)) in enumerate(zip(names, nodes, strict=True)):
                yield cells.line(name, a, f"gate_{k // m}", b)
        elif isinstance(cells, DeviceCells):
            yield from self._devices(cells, nodes, names, label)
        else:
            raise ParameterError(f"there is no netlist of {type(cells).__name__}")

    def _devices(self, cells: DeviceCells, nodes: list[tuple[str, str]], names: list[str], label: str) -> Iterator[str]:
        device = cells.device
        form = self.simulator.device(device, f"{label}{device.model_name().replace('-', '_')}")
        yield str(form)
        branch = next(iter(device.branches().values()))
        overrides = _overrides(cells)
        stuck = cells.stuck.ravel().tolist() if isinstance(cells, FaultyDevices) else [math.nan] * len(names)
        for k, (name, (a, b), value) in enumerate(zip(names, nodes, stuck, strict=True)):
            if not math.isnan(value):
                if value > 0:
                    yield self.simulator.resistor(f"stuck_{name}", a, b, 1 / value)
                continue
            pins = [{branch.positive: a, branch.negative: b}.get(pin, f"{pin}_{name}") for pin in form.pins]
            own = {parameter: values[k] for parameter, values in overrides.items()}
            yield self.simulator.instance(form, name, pins, own)


def node_of(kind: str, i: int, j: int, lines: Lines) -> str:
    """Name of the node of a word line, ``w``, or a bit line, ``b``, at a cell."""
    if lines.segment > 0:
        return f"{kind}_{i}_{j}"
    return f"{kind}_{i if kind == 'w' else j}"


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


def compiled_files(crossbar: WiredCells, simulator: Simulator) -> list[Path]:
    """The files of compiled devices that a simulator needs for a crossbar."""
    forms = [simulator.device(device, device.model_name().replace("-", "_")) for device in devices_of(crossbar.cells)]
    return [form.file for form in forms if isinstance(form, NativeDevice)]


def run_netlist(
    crossbar: WiredCells, word_voltages: FloatArray, bit_voltages: FloatArray, method: str = "netlist"
) -> tuple[Potentials, FloatArray]:
    """Potentials and currents of a crossbar by a simulator, and the currents of its cells at the potentials there [A].

    Parameters
    ----------
    crossbar, word_voltages, bit_voltages
        As of :func:`write_netlist`.
    method : str
        Of :data:`~synaspice.circuits.crossbars.netlists.elements.SIMULATORS`.

    Raises
    ------
    MissingDependencyError
        If a simulator or native devices are demanded that this machine does not have.
    SimulationError
        If it finds no operating point.
    """
    (n, m), (words, bits) = crossbar.shape, crossbar.lines
    simulator = chosen_simulator(method, bool(devices_of(crossbar.cells)))
    netlist = write_netlist(crossbar, word_voltages, bit_voltages, simulator=simulator)
    table = simulator.run(netlist, OperatingPoint(), compiled_files(crossbar, simulator))
    value = {name: float(values[0]) for name, values in table.items()}

    def potentials(kind: str, lines: Lines) -> FloatArray:
        return np.array([[value[f"v({node_of(kind, i, j, lines)})"] for j in range(m)] for i in range(n)])

    def currents(name: str, lines: Lines) -> FloatArray:
        return np.array([value.get(f"i(v_{name}_{k})", 0.0) for k in range(len(lines.ends))])

    word, bit = potentials("w", words), potentials("b", bits)
    found = Potentials(word, bit, currents("word", words), currents("bit", bits), 0)
    cells = crossbar.cells
    if isinstance(cells, InSeries) and cells.ohmic is None:
        between = np.array([[value.get(f"v(a_{i}_{j})", 0.0) for j in range(m)] for i in range(n)])
        return found, cells.cells.current(word - between)[0]
    return found, cells.current(word - bit)[0]
