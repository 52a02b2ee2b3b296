"""How a cell is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np

from ....devices.language.checks import known
from ....devices.language.errors import ParameterError
from ....devices.language.quantities.quantity import format_si
from ....devices.language.registry import summary
from ....devices.language.version import __version__
from ....devices.model import CompactModel
from ....devices.targets.formats import ExportOptions
from ....devices.targets.sampling import samples_of
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import NGSPICE
from ....devices.targets.spice.statements import Statements, check_node
from ....devices.targets.spice.subcircuit import Subcircuit, write_subcircuit
from ....devices.targets.spice.vacask import VACASK, word
from ...engine.native import NativeDevice, native_device, why_not_native
from ...engine.noise import BROUGHT_IN, NoiseSource, Noisy, NoisyModel
from .declared import DeclaredCell
from .exposed import AROUND, exposed_parameters, plain
from .modules import module_form
from .recorded import Passive, PlacedCell, PlacedDevice, Transistor
from .subcircuits import CellCircuit, Meter, in_order
from .traced import Traced


class TransistorSize(TypedDict, total=False):
    """Width and length of a transistor in multiples of the technology's smallest, and how many are in parallel."""

    width: float
    length: float
    parallel: float


class Assembly:
    """Collects the elements of a cell; :meth:`Cell.build` is given one.

    Node names are those of the cell: its ports, ``0``, and any others, which are the cell's own.
    """

    def __init__(
        self,
        cell: DeclaredCell,
        name: str,
        meters: bool = False,
        random: np.random.Generator | None = None,
        for_bench: bool = False,
        *,
        dialect: Dialect = NGSPICE,
        dry: bool = False,
    ) -> None:
        self.cell, self.name, self.metered, self.random, self.for_bench = cell, name, meters, random, for_bench
        self.dialect, self.dry = dialect, dry
        #: What the circuit is made of, number by number; without anything written, if that is all that is asked for.
        self.record: list[Any] = []
        self.formulas: set[str] = set()
        self.lines: list[str] = []
        self.requires: list[Subcircuit | NativeDevice | CellCircuit] = []
        self.files: list[Path] = []
        self.meters: list[Meter] = []
        self.noises: list[Noisy] = []
        self.provenance: dict[str, None] = {}  # a set that keeps its order
        self.models: dict[str, str] = {}
        self.advice: dict[str, None] = {}

    def is_native(self, noisy: bool) -> bool:
        """Whether a device is to be a native one, by whether it has noise in transients.

        Left to itself, it is on benches if it has: noise needs the many steps in which native devices save the time.
        Without, subcircuits are no slower by more than a second, and their error per step is smaller.
        """
        if self.cell.devices == "automatic":
            return self.for_bench and noisy and why_not_native() is None
        return bool(self.cell.devices == "native")

    def nmos(
        self, name: str, drain: str, gate: str, source: str, body: str = "ground", **size: Unpack[TransistorSize]
    ) -> None:
        """Add an n-channel transistor; see :meth:`transistor`."""
        self.transistor("nmos", name, (drain, gate, source, body), **size)

    def pmos(
        self, name: str, drain: str, gate: str, source: str, body: str = "supply", **size: Unpack[TransistorSize]
    ) -> None:
        """Add a p-channel transistor; see :meth:`transistor`."""
        self.transistor("pmos", name, (drain, gate, source, body), **size)

    def transistor(
        self, kind: str, name: str, nodes: Sequence[str], *, width: float = 1, length: float = 1, parallel: float = 1
    ) -> None:
        """Add a transistor, with a random shift of its threshold if the cell is one of many.

        Parameters
        ----------
        kind : str
            ``"nmos"`` or ``"pmos"``.
        name : str
            Name in the cell.
        nodes : sequence of str
            Drain, gate, source and body.
        width, length : float
            In multiples of the technology's smallest. [-]
        parallel : float
            Number of such transistors in parallel, which have exactly that many times the current. [-]
        """
        _words(name, *nodes)
        process = self.cell.process
        w, l = width * process.minimum_width, length * process.minimum_length  # noqa: E741
        self.record.append(Transistor(kind, name, tuple(nodes), w, l, parallel))
        if self.dry:
            process.check_size(name, w, l)
            return
        shift = 0.0
        if self.random is not None:
            shift = float(self.random.normal(0.0, process.threshold_deviation(kind, parallel * w, l)))
            if isinstance(area := parallel * w * l, Traced):  # an instance of another size has another deviation
                shift = Traced(shift, f"({shift * float(area) ** 0.5!r} / sqrt({area.formula}))")
        self.models.setdefault(process.name, process.models(self.cell.corner, self.dialect))
        written = process.transistor(
            kind, name, self.nodes(nodes), w, l, shift, parallel, write=self.number, dialect=self.dialect
        )
        self.lines.append(written)

    def resistor(self, name: str, positive: str, negative: str, resistance: float) -> None:
        """Add a resistor [ohm]."""
        self._passive("R", name, (positive, negative), resistance)

    def capacitor(self, name: str, positive: str, negative: str, capacitance: float) -> None:
        """Add a capacitor [F]."""
        self._passive("C", name, (positive, negative), capacitance)

    def _passive(self, letter: str, name: str, nodes: tuple[str, str], value: float) -> None:
        _words(name, *nodes)
        self.record.append(Passive(letter, name, nodes, value))
        if (models := self.dialect.statements.get("passive_models")) is not None:
            self.models["passive"] = models
        statement = Statements(self.dialect).resistor if letter == "R" else Statements(self.dialect).capacitor
        positive, negative = self.nodes(nodes)
        self.lines += statement(name, positive, negative, self.number(value))

    def nodes(self, names: Sequence[str]) -> list[str]:
        """Nodes as the simulator takes them."""
        renamed = [self.dialect.renamed.get(name, name) for name in names]
        return [word(name, "node") for name in renamed] if self.dialect.name == VACASK.name else renamed

    def number(self, value: float, form: str = "") -> str:
        """A number as it stands in the netlist: as the formula over the cell's parameters from which it follows.

        Parameters
        ----------
        value : float
            The number.
        form : str
            How a plain one is written, as for ``format``; default: with all its digits.
        """
        if isinstance(value, Traced):
            self.formulas |= set(compile(value.formula, "formula", "eval").co_names)
            return self.dialect.formula.format(value.formula)
        return format(value, form) if form else repr(float(value))

    def device(
        self,
        name: str,
        device: CompactModel,
        nodes: Mapping[str, str],
        *,
        noise_step: float | None = None,
        **overrides: float,
    ) -> None:
        """Add a device; its state nodes are called ``<name>_<state>``, if nothing else is said.

        Parameters
        ----------
        name : str
            Name in the cell.
        device : CompactModel
            The device; it takes the temperature of the cell where it has one.
        nodes : Mapping
            Node of every terminal; of states that are to be looked at elsewhere; and of inputs (such as ``field_z``),
            which then become pins of its subcircuit.
        noise_step : float, optional
            Time between samples of the device's thermal noise in transients [s]; default: no noise.
        **overrides : float
            Parameters of this instance.

        Raises
        ------
        UnknownNameError
            If a name is neither a terminal nor an input nor a state of the device.
        ParameterError
            If a terminal has no node.
        """
        check_node(name, "device")
        terminals, choices, states = device.terminals(), device.input_declarations(), device.state_declarations()
        for pin in nodes:
            known(f"terminal, input or state of {device.model_name()}", pin, [*terminals, *choices, *states])
        if "ambient_temperature" in device.values:
            device = device.replace(ambient_temperature=self.cell.temperature)
        inputs = tuple(pin for pin in choices if pin in nodes)
        given = {key: value for key, value in device.given.items() if isinstance(value, Traced)} | overrides
        self.record.append(
            PlacedDevice(name, device.model_name(), dict(device.options), dict(nodes), {**device.values, **given})
        )
        if self.dry:
            return
        form = self._form(name, device, inputs, noise_step)
        self.requires.append(form)
        preset = f" {device.provenance.name}" if device.provenance else ""
        self.provenance[f"{device.model_name()}{preset}: {device.provenance_summary}"] = None
        joined = {state: f"{name}_{state}" for state in states} | dict(nodes)
        if self.metered:
            for terminal in terminals:
                node, inner, source = joined[terminal], f"{name}_{terminal}", f"V_{name}_{terminal}"
                self.lines.append(f"{source} {node} {inner} 0")
                self.meters.append(Meter(name, source, node))
                joined[terminal] = inner
        taken = form.values if isinstance(form, NativeDevice) else form.parameters
        values = [f"{key}={self.number(value)}" for key, value in given.items() if key in taken]
        pins = in_order(device.model_name(), form.pins, joined)
        if isinstance(form, NativeDevice):
            self.lines.append(" ".join([f"N{name}", *pins, form.name, *values]))
        else:
            self.lines.append(self._instance(name, pins, form.name, values))

    def _form(
        self, name: str, device: CompactModel, inputs: Sequence[str], noise_step: float | None
    ) -> Subcircuit | NativeDevice:
        """A device as a subcircuit or a native device."""
        own, native = f"{self.name}_{name}", self.is_native(noise_step is not None)
        if self.dialect.name == VACASK.name:
            if noise_step is not None and not native:
                self.advice["No thermal noise in transients: devices='native' has it in VACASK."] = None
            made, module, lines = module_form(device, own, inputs, native=native, noise_step=noise_step)
            self.models[module] = lines
            return made
        if not native:
            dialect = BROUGHT_IN if self.for_bench else self.dialect
            if noise_step is not None and not dialect.transient_noise:
                self.advice[f"No thermal noise in transients: {dialect.name} has none."] = None
                noise_step = None
            elif noise_step is not None and dialect.noise_advice:
                self.advice[f"Thermal noise in transients: {dialect.noise_advice}."] = None
            if noise_step is not None and self.for_bench:
                names = map(samples_of, device.system.noises)
                self.noises += [NoiseSource(f"x{name}.V_{source}", noise_step) for source in names]
            options = ExportOptions(own, inputs, transient_noise=noise_step)
            return write_subcircuit(device, dialect, options)
        if self.dialect.name != NGSPICE.name:
            raise ParameterError(f"native devices are for ngspice, not for {self.dialect.name}")
        form = native_device(device, name=own, inputs=inputs, transient_noise=noise_step)
        if noise_step is not None:
            self.noises.append(NoisyModel(form.name, noise_step))
        return form

    def subcell(self, name: str, cell: DeclaredCell, nodes: Mapping[str, str] | Sequence[str]) -> None:
        """Add another cell; nodes of its ports by name or in order."""
        given = {key: value for key, value in cell.given.items() if isinstance(value, Traced)}
        if self.dry:
            passed = {key: value for key, value in given.items() if key in exposed_parameters(plain(cell))}
            values = {key: value for key, value in cell.values.items() if key not in AROUND} | passed
            placed = PlacedCell(name, cell.model_name(), nodes, values, dict(cell.options), cell.devices_told)
            self.record.append(placed)
            return
        circuit = cell.subcircuit(
            name=f"{self.name}_{name}",
            meters=self.metered,
            mismatch=self.random,
            for_bench=self.for_bench,
            dialect=self.dialect,
        )
        self.requires.append(circuit)
        self.provenance |= dict.fromkeys(circuit.provenance)
        outer = dict(zip(circuit.pins, in_order(circuit.name, circuit.pins, nodes), strict=True))
        self.noises += circuit.noises_of(name)
        path = f"x{name}."
        for meter in circuit.meters:
            node = meter.node if meter.node == "0" else outer.get(meter.node, path + meter.node)
            self.meters.append(Meter(path + meter.device, path + meter.source, node))
        set_ = [f"{key}={self.number(value)}" for key, value in given.items() if key in circuit.parameters]
        pins = in_order(circuit.name, circuit.pins, outer)
        self.lines.append(self._instance(name, pins, circuit.name, set_))

    def _instance(self, name: str, pins: Sequence[str], subcircuit: str, values: Sequence[str]) -> str:
        added = "".join(f" {value}" for value in values)
        return self.dialect.statements["instance"].format(
            name=name, nodes=" ".join(self.nodes(pins)), subcircuit=subcircuit, values=added
        )

    def add(self, line: str) -> None:
        """Add a line of the netlist as it is, in the language of ngspice.

        Raises
        ------
        ParameterError
            If the netlist is for another simulator.
        """
        if self.dialect.name != NGSPICE.name:
            raise ParameterError(
                f"{self.cell.model_name()} is written for ngspice alone, not for {self.dialect.name}: parts of it are "
                "lines in its language"
            )
        self.record.append(line)
        self.lines.append(line)

    def circuit(self) -> CellCircuit:
        """The assembled netlist."""
        pins = tuple(self.cell.ports())
        parameters = self._parameters()
        opened = Statements(self.dialect).open(self.name, self.nodes(pins), parameters)
        lines = [*self._header(pins, parameters), *opened, *self.lines, *Statements(self.dialect).close(self.name)]
        models = tuple(self.models.items())
        requires, meters, provenance = tuple(self.requires), tuple(self.meters), tuple(self.provenance)
        options = tuple(self.cell.simulator_options.items())
        files, noises = tuple(self.files), tuple(self.noises)
        return CellCircuit(
            self.name,
            pins,
            "\n".join(lines),
            requires,
            models,
            meters,
            provenance,
            options,
            files,
            noises,
            tuple(parameters),
            self.dialect,
        )

    def _parameters(self) -> dict[str, float]:
        """The parameters that the netlist has, with their values."""
        found = {name: value for name, value in self.cell.values.items() if name in self.formulas}
        for slot in self.cell.slots():
            for name, value in self.cell.device_in(slot).values.items():
                if f"{slot}_{name}" in self.formulas:
                    found[f"{slot}_{name}"] = value
        return {name: float(value) for name, value in found.items()}

    def _header(self, pins: Sequence[str], parameters: Mapping[str, float]) -> list[str]:
        cell = self.cell
        lines = [f"{cell.model_name()}: {summary(type(cell))}"]
        if type(cell).reference:
            doi = f", doi:{type(cell).doi}" if type(cell).doi else ""
            lines.append(f"Circuit: {type(cell).reference}{doi}")
        lines.append(", ".join(f"{key}={value}" for key, value in cell.options.items()))
        lines.append(f"Generated by synaspice {__version__}; this netlist is yours, use it freely.")
        example = [next((f"{name}={value:g}" for name, value in parameters.items()), "")]
        lines.append(f"Use: {self._instance('1', pins, self.name, list(filter(None, example)))}")
        lines += self.advice
        if self.dialect.advice:
            lines.append(self.dialect.advice)
        ports = zip(self.nodes(pins), cell.ports().values(), strict=True)
        lines += [f"  {name}: {port.direction}; {port.description}" for name, port in ports]
        lines += [f"Values of {line}" for line in self.provenance]
        declared = cell.parameter_declarations()
        told = {
            name: f"  {name} = {format_si(v, declared[name].unit)}: {declared[name].description}"
            for name, v in cell.values.items()
        }
        lines.append("Parameters, with these values if an instance sets no others:" if parameters else "No parameters.")
        lines += [text for name, text in told.items() if name in parameters]
        for slot in cell.slots():
            if any(name.startswith(f"{slot}_") for name in parameters):
                lines.append(f"  {slot}_NAME: those of the {cell.device_in(slot).model_name()} in it")
        lines.append("Built for these values, which are fixed in the numbers below:")
        lines += [text for name, text in told.items() if name not in parameters]
        write = Statements(self.dialect)
        return [line for text in lines for line in write.comment(text, wrap=True)]


def _words(*names: str) -> str:
    """Names of an element and its nodes, in a line."""
    return " ".join(map(check_node, names))
