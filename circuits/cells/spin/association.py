r"""Network of spin neurons that names the letter it is shown: two layers, in one netlist.

The pixels of a letter switch transistors between a rail of some 30 mV and lines that run past all neurons of the first
layer; each crossing is a domain-wall synapse. The spikes of the first layer do the same for the second, which has a
neuron per letter. One more line per layer, always on, carries the thresholds. The weights are those of the largest
margin against the thermal agitation of the magnets; see :mod:`synaspice.circuits.cells.spin.trained_weights`.

References
----------
M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse", IEEE
Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import PiecewiseLinear
from ...engine.decks import wrapped
from ..building.cell import Cell
from ..building.subcircuits import CellCircuit, definitions
from .decision import PRESET_TIME
from .lateral_spin_valve import LateralSpinValve
from .spin_neuron import spin_neuron
from .trained_weights import pulses_for

#: Letters of three by five pixels.
LETTERS = {
    "S": "111 100 111 001 111",
    "P": "111 101 111 100 100",
    "I": "111 010 010 010 111",
    "N": "110 101 101 101 101",
}
#: The features for which the neurons of the first layer fire.
FEATURES = ("SI", "SN", "P", "S")
#: Of a line of some 25 um, at the usual 0.2 fF/um. [F]
LINE_CAPACITANCE = 5e-15
#: Names of the subcircuits of the layers.
LAYERS = ("hidden", "output")
#: Edges of the lines. [s]
EDGE = 2e-11


def pixels(drawing: str) -> tuple[int, ...]:
    """The pixels of a drawing in zeros and ones, row by row.

    Raises
    ------
    ParameterError
        If it has other characters.
    """
    text = "".join(drawing.split())
    if not text or set(text) - {"0", "1"}:
        raise ParameterError(f"a drawing is made of 0 and 1, not {drawing!r}")
    return tuple(int(character) for character in text)


def neighbours(drawing: Sequence[int]) -> list[tuple[int, ...]]:
    """A drawing and all that differ from it in one pixel."""
    exact = tuple(drawing)
    flipped = [tuple(bit ^ (k == n) for k, bit in enumerate(exact)) for n in range(len(exact))]
    return [exact, *flipped]


@dataclass(frozen=True)
class AssociationNetwork:
    """Two layers of spin neurons.

    Attributes
    ----------
    letters : mapping
        Drawing of every letter.
    hidden, output : tuple of tuples of int
        Write pulses of every neuron's strips, layer by layer.
    technology : str
        Of the transistors.
    devices : str
        Form of the devices, as of cells: ``"automatic"``, ``"subcircuit"`` or ``"native"``.
    voltage : float
        Of the signals' rail and of the presets. [V]
    preset_time, read_time : float
        Of the preset's end and of the reading, from the beginning of a layer's turn. [s]
    hold_time : float
        For which a decision is held at least. [s]
    temperature : float
        Of the transistors, and of the magnets' thermal field. [K]
    """

    letters: Mapping[str, tuple[int, ...]]
    hidden: tuple[tuple[int, ...], ...]
    output: tuple[tuple[int, ...], ...]
    technology: str = "generic"
    devices: str = "automatic"
    voltage: float = 0.03
    preset_time: float = PRESET_TIME
    read_time: float = 5e-9
    hold_time: float = 0.4e-9
    temperature: float = 300.15
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.letters))
        sizes = {len(drawing) for drawing in self.letters.values()}
        if len(sizes) != 1:
            raise ParameterError("all letters must have as many pixels")
        for layer, inputs in (("hidden", sizes.pop()), ("output", len(self.hidden))):
            if any(len(pulses) != inputs + 1 for pulses in getattr(self, layer)):
                raise ParameterError(f"a neuron of layer {layer} has {inputs} inputs and a threshold")
        if len(self.output) != len(self.letters):
            raise ParameterError(f"{len(self.letters)} letters need as many output neurons, not {len(self.output)}")

    @classmethod
    def trained(
        cls,
        letters: Mapping[str, str] | None = None,
        features: Sequence[str] = FEATURES,
        *,
        seed: int = 0,
        **settings: object,
    ) -> AssociationNetwork:
        """A network for letters, each also with any one pixel wrong.

        Parameters
        ----------
        letters : mapping, optional
            Drawings of the letters; default :data:`LETTERS`.
        features : sequence of str
            The letters for which each neuron of the first layer fires.
        seed : int
            Seed of the search for weights.
        **settings
            Other attributes.

        Raises
        ------
        ParameterError
            If there are no weights that do it, with the margin that an error in a thousand decisions needs at the
            network's temperature.
        """
        drawn = {name: pixels(drawing) for name, drawing in (letters or LETTERS).items()}
        shown = [(name, pattern) for name, exact in drawn.items() for pattern in neighbours(exact)]
        first = LateralSpinValve(inputs=len(next(iter(drawn.values()))) + 1)
        hidden = [
            pulses_for([p for _, p in shown], [name in feature for name, _ in shown], first, off=None, seed=seed)
            for feature in features
        ]
        second, codes = LateralSpinValve(inputs=len(features) + 1), list(drawn)
        coded = [[int(name in feature) for feature in features] for name in codes]
        output = [
            pulses_for(coded, [name == letter for name in codes], second, off=None, seed=seed) for letter in codes
        ]
        trained = cls(drawn, tuple(p for p, _ in hidden), tuple(p for p, _ in output), **settings)  # type: ignore[arg-type]
        for valve, found in ((first, hidden), (second, output)):
            decision = valve.decision(trained.temperature, trained.voltage, trained.read_time - trained.preset_time)
            least = min(margin for _, margin in found) * trained.voltage
            if least < decision.design_current:
                raise ParameterError(
                    f"the weights leave a margin of {least * 1e6:.2g} uA; at {trained.temperature:g} K an error in a "
                    f"thousand needs {decision.design_current * 1e6:.2g} uA"
                )
        return trained

    # --- the netlist -------------------------------------------------------------------------------

    @functools.cached_property
    def neurons(self) -> tuple[Cell, Cell]:
        """The neuron of each layer."""
        sizes = len(self.hidden[0]), len(self.output[0])
        first, second = (
            spin_neuron(size)(technology=self.technology, devices=self.devices, temperature=self.temperature)
            for size in sizes
        )
        return first, second

    def circuits(self, *, for_bench: bool = False) -> tuple[CellCircuit, CellCircuit]:
        """The neuron of each layer as a subcircuit; ``for_bench`` as of cells."""
        hidden, output = (self.neurons[k].subcircuit(name=name, for_bench=for_bench) for k, name in enumerate(LAYERS))
        return hidden, output

    @property
    def writing_time(self) -> float:
        """Time in which all walls are written, at once [s]."""
        writer = LateralSpinValve().writer
        return writer.duration(max(max(pulses) for pulses in (*self.hidden, *self.output)))

    @property
    def period(self) -> float:
        """Time from one drawing to the next [s]."""
        return 2 * (self.read_time + self.hold_time) + self.hold_time

    def deck(self, drawings: Sequence[Sequence[int]], *, for_bench: bool = False) -> str:
        """The netlist: transistors, neurons, the currents that write the walls, and the drawings one after another.

        Nodes to look at are ``m_<layer>_<neuron>`` (the magnets), ``x_<layer>_<neuron>_<input>`` (the walls) and
        ``spike_<layer>_<neuron>``, with layers 1 and 2; neurons are the instances ``X_<layer>_<neuron>`` of
        :meth:`circuits`, of which ``for_bench`` is an argument.

        Raises
        ------
        ParameterError
            If a drawing has not as many pixels as the letters.
        """
        count = len(self.hidden[0]) - 1
        for drawing in drawings:
            if len(drawing) != count:
                raise ParameterError(f"a drawing has {count} pixels, not {len(drawing)}")
        circuits = self.circuits(for_bench=for_bench)
        begin, supply = self.writing_time, self.neurons[0].supply_voltage
        starts = [begin + self.period * k for k in range(len(drawings))]
        turn = self.read_time + self.hold_time
        lines = ["* spin neurons that name a letter", definitions(circuits)]
        lines += [f"V_supply supply 0 {supply!r}", f"V_signal signal 0 {self.voltage!r}"]
        lines.append(f"V_enable enable 0 {_levels(supply, [1], [begin - self.preset_time])}")
        for layer, (start, held) in enumerate(((0.0, 2 * turn), (turn, turn + self.hold_time / 2)), 1):
            reading = held - self.read_time - 2 * EDGE
            lines.append(
                f"V_preset_{layer} preset_{layer} 0 {self._pulse(self.voltage, begin + start, self.preset_time)}"
            )
            lines.append(
                f"V_clock_{layer} clock_{layer} 0 {self._pulse(supply, begin + start + self.read_time, reading)}"
            )
        for k in range(count):
            lines.append(f"V_pixel_{k + 1} pixel_{k + 1} 0 {_levels(supply, [d[k] for d in drawings], starts)}")
            lines += self._switch(f"pixel_{k + 1}", f"line_1_{k + 1}")
        for layer, pulses in self._layers():
            lines += self._switch("enable", f"line_{layer}_{len(pulses[0])}")
        for layer, pulses in self._layers():
            for n, counts in enumerate(pulses, 1):
                lines += self._neuron(layer, n, counts, circuits[layer - 1].pins, circuits[layer - 1].name)
        return "\n".join(lines) + "\n"

    def _layers(self) -> list[tuple[int, tuple[tuple[int, ...], ...]]]:
        return [(1, self.hidden), (2, self.output)]

    def _neuron(self, layer: int, n: int, counts: Sequence[int], pins: Sequence[str], name: str) -> list[str]:
        """A neuron on its lines, and the sources that write its walls."""
        writer, numbers = LateralSpinValve().writer, range(1, len(counts) + 1)
        at = {"ground": "0", "supply": "supply", "signal": "signal", "m_z": f"m_{layer}_{n}"}
        at |= {"preset": f"preset_{layer}", "clock": f"clock_{layer}", "spike": f"spike_{layer}_{n}"}
        at["output"] = f"line_2_{n}" if layer == 1 else f"named_{n}"
        at |= {f"input_{k}": f"line_{layer}_{k}" for k in numbers}
        at |= {f"{what}_{k}": f"{what}_{layer}_{n}_{k}" for what in ("write", "x") for k in numbers}
        lines = [f"X_{layer}_{n} {' '.join(at[pin] for pin in pins)} {name}"]
        for k, pulses in enumerate(counts, 1):
            waveform = writer.waveform(pulses).spice(self.writing_time)
            lines.append(f"I_write_{layer}_{n}_{k} line_{layer}_{k} write_{layer}_{n}_{k} {wrapped(waveform)}")
        return lines if layer == 1 else [*lines, f"R_named_{n} named_{n} 0 1k"]

    def _switch(self, gate: str, line: str) -> list[str]:
        """The transistor that puts a line on the signals' rail, and the line's capacitance."""
        cell = self.neurons[0]
        width = cell.values["drive_width"] * cell.process.minimum_width
        nodes = ("signal", gate, line, "0")
        switch = cell.process.transistor("nmos", f"_{line}", nodes, width, cell.process.minimum_length)
        return [switch, f"C_{line} {line} 0 {LINE_CAPACITANCE!r}"]

    def _pulse(self, height: float, begin: float, width: float) -> str:
        return f"PULSE(0 {height!r} {begin!r} {EDGE!r} {EDGE!r} {width!r} {self.period!r})"


def _levels(height: float, levels: Sequence[int], starts: Sequence[float]) -> str:
    """A voltage that is on or off from one start to the next."""
    times, values = [0.0], [0.0]
    for start, level in zip(starts, levels, strict=True):
        times += [start, start + EDGE]
        values += [values[-1], level * height]
    return wrapped(PiecewiseLinear(tuple(times), tuple(values)).spice(times[-1]))
