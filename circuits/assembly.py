"""How a cell is put together, and what comes of it: a subcircuit with everything that it needs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..devices.errors import ParameterError, UnknownNameError
from ..devices.metadata import package_version
from ..devices.quantity import format_si
from ..devices.targets.spice import Subcircuit

if TYPE_CHECKING:
    from ..devices.model import CompactModel
    from .cell import Cell

LINE_WIDTH = 110


@dataclass(frozen=True)
class Meter:
    """An ammeter in a terminal of a device.

    Attributes
    ----------
    device : str
        Name of the device; of one in a cell within the cell with its path, ``xinverter.mtj``.
    source : str
        Name of the source whose current it is, positive into the device; with its path.
    node : str
        The node that the terminal is connected to: one of the cell, with its path, or ``0``.
    """

    device: str
    source: str
    node: str


@dataclass(frozen=True)
class CellCircuit:
    """A cell as a subcircuit, with the attributes by which a PySpice ``Circuit`` takes it in.

    Attributes
    ----------
    name : str
        Name of the subcircuit.
    pins : tuple of str
        Its pins in order: the cell's ports.
    body : str
        The definition of the cell alone.
    requires : tuple
        The subcircuits that it uses, of devices and of cells.
    models : tuple of pairs
        Technology and the lines that define its models, for every technology in it.
    meters : tuple of Meter
        Ammeters in its devices, if it was built with them.
    provenance : tuple of str
        Where the values of its devices come from, a line for each kind of device in it.
    """

    name: str
    pins: tuple[str, ...]
    body: str
    requires: tuple[Subcircuit | CellCircuit, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    meters: tuple[Meter, ...] = ()
    provenance: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Everything: model cards, the subcircuits that it uses, each once, and its own."""
        return definitions([self])

    def __str__(self) -> str:
        return self.text

    def instance(self, name: str, nodes: Mapping[str, str] | Sequence[str]) -> str:
        """The line ``X<name> nodes <subcircuit>``.

        Parameters
        ----------
        name : str
            Name of the instance, without the leading ``X``.
        nodes : Mapping or sequence
            Node of every pin, by name or in order.

        Raises
        ------
        UnknownNameError
            If a name is no pin.
        ParameterError
            If there are too few nodes or too many.
        """
        return " ".join([f"X{name}", *_in_order(self.name, self.pins, nodes), self.name])


def definitions(circuits: Iterable[Subcircuit | CellCircuit]) -> str:
    """Everything that several subcircuits need, once: model cards, then subcircuits, each after those that it uses.

    Raises
    ------
    ParameterError
        If two different subcircuits have one name, or two corners of a technology meet.
    """
    models: dict[str, str] = {}
    bodies: dict[str, str] = {}

    def add(circuit: Subcircuit | CellCircuit) -> None:
        if isinstance(circuit, CellCircuit):
            body = circuit.body
            for needed in circuit.requires:
                add(needed)
            for technology, text in circuit.models:
                if models.setdefault(technology, text) != text:
                    raise ParameterError(f"one netlist cannot have two corners of the technology {technology}")
        else:
            body = circuit.text
        if bodies.setdefault(circuit.name.lower(), body) != body:
            raise ParameterError(
                f"two different subcircuits are called {circuit.name!r}: give one of them another name"
            )

    for circuit in circuits:
        add(circuit)
    return "\n".join(part.rstrip("\n") for part in (*models.values(), *bodies.values())) + "\n"


def _in_order(name: str, pins: Sequence[str], nodes: Mapping[str, str] | Sequence[str]) -> list[str]:
    if isinstance(nodes, Mapping):
        for pin in nodes:
            if pin not in pins:
                raise UnknownNameError(f"pin of {name}", pin, pins)
        missing = [pin for pin in pins if pin not in nodes]
        if missing:
            raise ParameterError(f"{name}: no node is given for {', '.join(missing)}")
        return [nodes[pin] for pin in pins]
    if len(nodes) != len(pins):
        raise ParameterError(f"{name} has {len(pins)} pins ({', '.join(pins)}), but {len(nodes)} nodes are given")
    return list(nodes)


class Assembly:
    """Collects the elements of a cell; :meth:`Cell.build` is given one.

    Node names are those of the cell: its ports, ``0``, and any others, which are the cell's own.
    """

    def __init__(self, cell: Cell, name: str, meters: bool, random: np.random.Generator | None) -> None:
        self.cell, self.name, self.metered, self.random = cell, name, meters, random
        self.lines: list[str] = []
        self.requires: list[Subcircuit | CellCircuit] = []
        self.meters: list[Meter] = []
        self.provenance: dict[str, None] = {}  # a set that keeps its order
        self.models: dict[str, str] = {}

    def nmos(
        self,
        name: str,
        drain: str,
        gate: str,
        source: str,
        body: str = "ground",
        *,
        width: float = 1,
        length: float = 1,
    ) -> None:
        """Add an n-channel transistor; ``width`` and ``length`` in multiples of the technology's smallest."""
        self._transistor("nmos", name, (drain, gate, source, body), width, length)

    def pmos(
        self,
        name: str,
        drain: str,
        gate: str,
        source: str,
        body: str = "supply",
        *,
        width: float = 1,
        length: float = 1,
    ) -> None:
        """Add a p-channel transistor; ``width`` and ``length`` in multiples of the technology's smallest."""
        self._transistor("pmos", name, (drain, gate, source, body), width, length)

    def _transistor(self, kind: str, name: str, nodes: Sequence[str], width: float, length: float) -> None:
        process = self.cell.process
        self.models.setdefault(process.name, process.models(self.cell.corner))
        w, l = width * process.minimum_width, length * process.minimum_length  # noqa: E741
        shift = 0.0
        if self.random is not None:
            shift = float(self.random.normal(0.0, process.threshold_deviation(kind, w, l)))
        self.add(process.transistor(kind, name, nodes, w, l, shift))

    def resistor(self, name: str, positive: str, negative: str, resistance: float) -> None:
        """Add a resistor [ohm]."""
        self.add(f"R{name} {positive} {negative} {resistance!r}")

    def capacitor(self, name: str, positive: str, negative: str, capacitance: float) -> None:
        """Add a capacitor [F]."""
        self.add(f"C{name} {positive} {negative} {capacitance!r}")

    def device(
        self,
        name: str,
        device: CompactModel,
        nodes: Mapping[str, str],
        *,
        noise_step: float | None = None,
        **overrides: float,
    ) -> None:
        """Add a device; its state nodes are called ``<name>_<state>``.

        Parameters
        ----------
        name : str
            Name in the cell.
        device : CompactModel
            The device; it takes the temperature of the cell where it has one.
        nodes : Mapping
            Node of every terminal; and of inputs (such as ``field_z``), which then become pins of its subcircuit.
        noise_step : float, optional
            Time between samples of the device's thermal noise in transients [s]; default: no noise.
        **overrides : float
            Parameters of this instance.

        Raises
        ------
        UnknownNameError
            If a name is no terminal and no input of the device.
        ParameterError
            If a terminal has no node.
        """
        terminals, known = device.terminals(), device.input_declarations()
        for pin in nodes:
            if pin not in terminals and pin not in known:
                raise UnknownNameError(f"terminal or input of {device.model_name()}", pin, [*terminals, *known])
        if "ambient_temperature" in device.values:
            device = device.replace(ambient_temperature=self.cell.temperature)
        inputs = tuple(pin for pin in known if pin in nodes)
        subcircuit = device.subcircuit(name=f"{self.name}_{name}", inputs=inputs, transient_noise=noise_step)
        self.requires.append(subcircuit)
        preset = f" {device.provenance.name}" if device.provenance else ""
        self.provenance[f"{device.model_name()}{preset}: {device.provenance_summary}"] = None
        joined = dict(nodes) | {state: f"{name}_{state}" for state in device.state_declarations()}
        if self.metered:
            for terminal in terminals:
                node, inner, source = joined[terminal], f"{name}_{terminal}", f"V_{name}_{terminal}"
                self.add(f"{source} {node} {inner} 0")
                self.meters.append(Meter(name, source, node))
                joined[terminal] = inner
        values = [f"{key}={value!r}" for key, value in overrides.items()]
        pins = _in_order(device.model_name(), subcircuit.pins, joined)
        self.add(" ".join([f"X{name}", *pins, subcircuit.name, *values]))

    def subcell(self, name: str, cell: Cell, nodes: Mapping[str, str] | Sequence[str]) -> None:
        """Add another cell; nodes of its ports by name or in order."""
        circuit = cell.subcircuit(name=f"{self.name}_{name}", meters=self.metered, mismatch=self.random)
        self.requires.append(circuit)
        self.provenance |= dict.fromkeys(circuit.provenance)
        outer = dict(zip(circuit.pins, _in_order(circuit.name, circuit.pins, nodes), strict=True))
        path = f"x{name}."
        for meter in circuit.meters:
            node = meter.node if meter.node == "0" else outer.get(meter.node, path + meter.node)
            self.meters.append(Meter(path + meter.device, path + meter.source, node))
        self.add(circuit.instance(name, outer))

    def add(self, line: str) -> None:
        """Add a line of the netlist as it is."""
        self.lines.append(line)

    def circuit(self) -> CellCircuit:
        """What has been put together."""
        pins = tuple(self.cell.ports())
        lines = [*self._header(pins), f".subckt {self.name} {' '.join(pins)}", *self.lines, f".ends {self.name}"]
        models = tuple(self.models.items())
        requires, meters, provenance = tuple(self.requires), tuple(self.meters), tuple(self.provenance)
        return CellCircuit(self.name, pins, "\n".join(lines), requires, models, meters, provenance)

    def _header(self, pins: Sequence[str]) -> list[str]:
        cell = self.cell
        summary = (type(cell).__doc__ or "").strip().splitlines()
        lines = [f"{cell.model_name()}: {summary[0] if summary else ''}"]
        if type(cell).reference:
            lines.append(f"Circuit: {type(cell).reference}, doi:{type(cell).doi}")
        lines.append(", ".join(f"{key}={value}" for key, value in cell.options.items()))
        lines.append(f"Generated by synaspice {package_version()}; this netlist is yours, use it freely.")
        lines.append(f"Use: X1 {' '.join(pins)} {self.name}")
        lines += [f"  {name}: {port.direction}; {port.description}" for name, port in cell.ports().items()]
        lines += [f"Values of {line}" for line in self.provenance]
        lines.append("Built for these values, which are fixed in the numbers below:")
        for name, value in cell.values.items():
            declared = cell.parameter_declarations()[name]
            lines.append(f"  {name} = {format_si(value, declared.unit)}: {declared.description}")
        return [line for text in lines for line in _comment(text)]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, LINE_WIDTH, initial_indent="* ", subsequent_indent="*     ") or ["*"]
