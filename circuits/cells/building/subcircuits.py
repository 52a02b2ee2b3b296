"""A cell as a subcircuit with everything that it needs, and several of them in one netlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....devices.language.checks import known
from ....devices.language.errors import ParameterError
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import NGSPICE
from ....devices.targets.spice.statements import check_node
from ....devices.targets.spice.subcircuit import Subcircuit
from ....devices.targets.spice.vacask import VACASK, identifier
from ...engine.native import NativeDevice
from ...engine.noise import Noisy
from .tolerances import options_lines, strictest


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
    options : tuple of pairs
        Options of the simulator that it needs to be right; those of the cells within it are not asked for.
    own_files : tuple of Path
        Files of its own native devices.
    noises : tuple of NoiseSource and NoisyModel
        What has noise in transients, if it was built for a bench.
    parameters : tuple of str
        Its parameters, which an instance may set.
    dialect : Dialect
        The dialect that it is written in.
    """

    name: str
    pins: tuple[str, ...]
    body: str
    requires: tuple[Subcircuit | NativeDevice | CellCircuit, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    meters: tuple[Meter, ...] = ()
    provenance: tuple[str, ...] = ()
    options: tuple[tuple[str, float | str], ...] = ()
    own_files: tuple[Path, ...] = ()
    noises: tuple[Noisy, ...] = ()
    parameters: tuple[str, ...] = ()
    dialect: Dialect = NGSPICE

    @property
    def files(self) -> tuple[Path, ...]:
        """Files of native devices that ngspice has to load for it."""
        found = dict.fromkeys(self.own_files)
        for needed in self.requires:
            if isinstance(needed, NativeDevice):
                found[needed.file] = None
            elif isinstance(needed, CellCircuit):
                found |= dict.fromkeys(needed.files)
        return tuple(found)

    def noises_of(self, *instances: str) -> list[Noisy]:
        """What has noise in some instances ``X<name>`` of it in a netlist."""
        return [noise.within(name) for name in instances for noise in self.noises]

    @property
    def text(self) -> str:
        """Everything: options, model cards, the subcircuits that it uses, each once, and its own."""
        return definitions([self])

    def __str__(self) -> str:
        return self.text

    def instance(self, name: str, nodes: Mapping[str, str] | Sequence[str]) -> str:
        """The line ``X<name> nodes <subcircuit>``; in VACASK's language ``x<name> (nodes) <subcircuit>``.

        Parameters
        ----------
        name : str
            Name of the instance, without the leading ``X``.
        nodes : Mapping or sequence
            Node of every pin, by name or in order.

        Raises
        ------
        UnknownNameError
            If a name is not a pin.
        ParameterError
            If there are too few nodes or too many, or a name is none.
        """
        label, ends = check_node(name, "element"), in_order(self.name, self.pins, nodes)
        if self.dialect.name == VACASK.name:
            joined = " ".join(map(identifier, ends))
            return VACASK.statements["instance"].format(name=label, nodes=joined, subcircuit=self.name, values="")
        return " ".join([f"X{label}", *ends, self.name])


def definitions(circuits: Iterable[Subcircuit | NativeDevice | CellCircuit]) -> str:
    """Everything that several subcircuits need, once: options, model cards, subcircuits, each after those it uses.

    Of the tolerances of several cells the strictest count.

    Raises
    ------
    ParameterError
        If two different subcircuits have one name, or two corners of a technology or two temperatures meet.
    """
    circuits = list(circuits)
    models: dict[str, str] = {}
    bodies: dict[str, str] = {}

    def add(circuit: Subcircuit | NativeDevice | CellCircuit) -> None:
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
    options = strictest(dict(circuit.options) for circuit in circuits if isinstance(circuit, CellCircuit))
    written: list[Dialect] = [circuit.dialect for circuit in circuits if isinstance(circuit, CellCircuit)]
    written += [circuit.dialect for circuit in circuits if isinstance(circuit, Subcircuit) and circuit.dialect]
    if len({dialect.name for dialect in written}) > 1:
        raise ParameterError("one netlist cannot be in two dialects")
    dialect = written[0] if written else NGSPICE
    parts = [*dialect.preamble, *options_lines(options, dialect), *models.values(), *bodies.values()]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def in_order(name: str, pins: Sequence[str], nodes: Mapping[str, str] | Sequence[str]) -> list[str]:
    """Nodes of the pins in their order, given by name or in order already; a ParameterError if some are missing."""
    if isinstance(nodes, Mapping):
        for pin in nodes:
            known(f"pin of {name}", pin, pins)
        missing = [pin for pin in pins if pin not in nodes]
        if missing:
            raise ParameterError(f"{name}: no node is given for {', '.join(missing)}")
        return [check_node(nodes[pin]) for pin in pins]
    if len(nodes) != len(pins):
        raise ParameterError(f"{name} has {len(pins)} pins ({', '.join(pins)}), but {len(nodes)} nodes are given")
    return [check_node(node) for node in nodes]
