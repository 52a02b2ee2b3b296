"""Networks as netlists: devices as subcircuits, couplings as resistors, lines and behavioural sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ...circuits.engine.decks import nodes_of
from ...devices.core.sharing import Replacement
from ...devices.language.declarations.declaration import TEMPERATURE
from ...devices.language.equations.constants import CONSTANTS
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import Waveform
from ...devices.simulation.networks.structure import DRIVE, NODE
from ...devices.targets.formats import ExportOptions
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.expressions import ExpressionPrinter
from ...devices.targets.spice.statements import Statements
from ...devices.targets.spice.subcircuit import write_subcircuit
from .couplings import Coupling

if TYPE_CHECKING:
    from .declared import DeclaredNetwork

#: Most devices of a network that is written: a simulator has a node for each of their states.
MOST = 2000


class NetlistWriter:
    """Writes a network for ngspice."""

    def __init__(self, network: DeclaredNetwork, drives: Mapping[str, Any], duration: float) -> None:
        if network.size > MOST:
            raise ParameterError(f"a netlist of more than {MOST} devices is more than a circuit simulator takes")
        self.network, self.drives, self.duration = network, drives, duration
        self.write = Statements(NGSPICE)
        device = network.device
        coupled = {coupling.to for coupling in network.couplings}
        self.inputs = [name for name in device.input_declarations() if name in coupled or name in drives]
        self.subcircuit = write_subcircuit(device, NGSPICE, ExportOptions(inputs=tuple(self.inputs)))
        #: Terms of what drives each device, by port; a resistor network is none.
        self.terms: dict[str, list[list[str]]] = {
            name: [[] for _ in range(network.size)] for name in [DRIVE, *self.inputs]
        }

    def text(self) -> str:
        """The netlist."""
        network, lines = self.network, []
        title = f"* {network.size} coupled devices: {network.device.model_name()}"
        for k, coupling in enumerate(network.couplings):
            lines += self._resistors(coupling) if self._is_resistive(coupling) else self._sources(k, coupling)
        for name, value in self.drives.items():
            lines += self._driven(name, value)
        for i in range(network.size):
            lines += self._device(i)
        return "\n".join([title, self.subcircuit.text, *lines]) + "\n"

    def _positive(self, i: int) -> str:
        """Node of the driven branch of a device."""
        return self._nodes(i)[list(self.network.device.branches().values())[self.network.branch].positive]

    def _nodes(self, i: int) -> dict[str, str]:
        return nodes_of(self.network.device, f"_{i}")

    def _device(self, i: int) -> list[str]:
        """A device, its capacitance and what drives it."""
        network, write = self.network, self.write
        branches = list(network.device.branches().values())
        nodes = self._nodes(i)
        pins = [nodes.get(pin, f"{pin}_{i}") for pin in self.subcircuit.pins]
        values = {name: float(v[i]) for name, v in network.values.items() if name in self.subcircuit.parameters}
        lines = write.instance(f"_{i}", pins, self.subcircuit.name, values)
        node = nodes[branches[network.branch].positive]
        if network.capacitance is not None:
            farad = float(np.broadcast_to(network.capacitance, network.size)[i])
            lines += write.capacitor(f"node_{i}", node, 0, repr(farad), "0")
        total = " + ".join(self.terms[DRIVE][i] or ["0"])
        if network.by_current:
            lines += write.current(f"drive_{i}", 0, node, total)
        else:
            lines += write.voltage(f"drive_{i}", node, 0, total)
        for other in branches:
            if other is not branches[network.branch]:
                lines += write.voltage(f"rest_{other.name}_{i}", nodes[other.positive], nodes[other.negative], "0")
        for name in self.inputs:
            scale = network.device.input_declarations()[name].netlist_scale
            base = [] if name in self.drives else [repr(float(np.broadcast_to(self._declared(name), network.size)[i]))]
            total = " + ".join([*base, *self.terms[name][i]] or ["0"])
            lines += write.voltage(f"{name}_{i}", f"{name}_{i}", 0, f"({total})/{scale!r}")
        return lines

    def _declared(self, name: str) -> Any:
        return self.network.values.get(name, self.network.device.values[name])

    def _driven(self, name: str, value: Any) -> list[str]:
        """What drives devices from outside."""
        weights: Any = 1.0
        lines: list[str] = []
        waveform = value if isinstance(value, Waveform) else None
        if isinstance(value, tuple):
            weights, waveform = value
        if waveform is not None:
            lines = self.write.voltage_source(f"wave_{name}", f"wave_{name}", "0", waveform, self.duration)
        for i, terms in enumerate(self.terms[name]):
            if waveform is None:
                terms.append(repr(float(np.broadcast_to(value, self.network.size)[i])))
            else:
                terms.append(f"({float(np.broadcast_to(weights, self.network.size)[i])!r})*V(wave_{name})")
        return lines

    def _is_resistive(self, coupling: Coupling) -> bool:
        """Whether a coupling is the current through resistors between nodes."""
        if self.network.capacitance is None or coupling.output != NODE or coupling.to != DRIVE or coupling.delay:
            return False
        if coupling.form == "shared":
            return False
        matrix = coupling.sparse_matrix(self.network.size).toarray()
        off = matrix - np.diag(np.diag(matrix))
        scale = np.abs(matrix).max(initial=0.0)
        sums = matrix.sum(axis=1)
        return bool(np.all(off >= 0) and np.all(np.abs(off - off.T) <= 1e-12 * scale) and np.all(sums <= 1e-12 * scale))

    def _resistors(self, coupling: Coupling) -> list[str]:
        """Resistors between nodes, and to ground."""
        matrix = coupling.sparse_matrix(self.network.size).toarray()
        scale, lines = np.abs(matrix).max(), []
        for i, j in zip(*np.nonzero(np.triu(matrix, 1)), strict=True):
            lines += self.write.resistor(
                f"{i}_{j}", self._positive(i), self._positive(j), repr(float(1 / matrix[i, j]))
            )
        for i, total in enumerate(-matrix.sum(axis=1)):
            if total > 1e-12 * scale:
                lines += self.write.resistor(f"{i}_load", self._positive(i), 0, repr(float(1 / total)))
        return lines

    def _sources(self, k: int, coupling: Coupling) -> list[str]:
        """Nodes with the outputs, lines that delay them, and the terms that they give others."""
        network, lines = self.network, []
        write = self.write
        size, shared = network.size, coupling.form == "shared"
        for j in range(size):
            lines += write.voltage(f"output{k}_{j}", f"output{k}_{j}", 0, self._output(coupling, j))
        names = [f"output{k}_{j}" for j in range(size)]
        if shared:
            gains, weights = coupling.matrix.of(size)
            total = " + ".join(f"({float(w)!r})*V({name})" for w, name in zip(weights, names, strict=True))
            lines += write.voltage(f"shared{k}", f"shared{k}", 0, total)
            names = [f"shared{k}"]
            rows = {i: {0: float(gain)} for i, gain in enumerate(gains)}
        else:
            matrix = coupling.sparse_matrix(size)
            pairs = [
                (i, dict(zip(matrix.indices[a:b].tolist(), matrix.data[a:b].tolist(), strict=True)))
                for i, (a, b) in enumerate(zip(matrix.indptr, matrix.indptr[1:], strict=False))
            ]
            rows = dict(pairs)
        if coupling.delay:
            for name in names:
                # A line that is matched at its end: what comes in, later.
                lines.append(f"T_{name} {name} 0 {name}_late 0 Z0=1 TD={coupling.delay!r}")
                lines += write.resistor(f"{name}_end", f"{name}_late", 0, "1")
            names = [f"{name}_late" for name in names]
        for i, row in rows.items():
            self.terms[coupling.to][i] += [f"({value!r})*V({names[j]})" for j, value in row.items() if value]
        return lines

    def _output(self, coupling: Coupling, j: int) -> str:
        """The output of a device as an expression in nodes."""
        network = self.network
        system = network.device.system
        flat = system.flat
        branch = list(network.device.branches().values())[network.branch]
        named = {sp.Symbol(str(y), real=True): e for y, e in flat.observables.items()}
        named |= dict(zip([sp.Symbol(str(i), real=True) for i in flat.currents], flat.currents.values(), strict=True))
        expression = Replacement({**flat.auxiliaries, **named})(network.expression(coupling.output))
        values: dict[sp.Expr, sp.Expr] = {symbol: sp.Float(v, 17) for symbol, (v, *_) in CONSTANTS.items()}
        columns = network.columns([*network.device.values, *network.device.derived], j, 1, {})
        values |= {sp.Symbol(name, real=True): sp.Float(float(v[0]), 17) for name, v in columns.items()}
        values[TEMPERATURE] = sp.Float(0.0)
        voltage = sp.Symbol(branch.name, real=True)
        nodes = {voltage: f"V({self._positive(j)})", sp.Symbol(NODE, real=True): f"V({self._positive(j)})"}
        for name, state in network.device.state_declarations().items():
            scale = "" if state.scale == 1 else f"*{float(state.scale)!r}"
            nodes[sp.Symbol(name, real=True)] = f"V({name}_{j}){scale}"
        unknown = expression.free_symbols - set(values) - set(nodes)
        if unknown:
            raise ParameterError(f"a netlist has no node for {', '.join(sorted(map(str, unknown)))}")
        moving = Replacement({s: v for s, v in values.items() if s not in nodes})
        return str(ExpressionPrinter(NGSPICE, nodes).doprint(moving(expression)))
