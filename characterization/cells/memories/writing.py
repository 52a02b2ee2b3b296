"""Pulses on the lines of a bit cell that write and read it, and how surely they do."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ....circuits.cells.building.cell import Cell
from ....circuits.cells.memories.junction_cell import MTJBitCell
from ....circuits.cells.memories.memories import memory_state, reference, setting_polarity, switching_time, voltage_of
from ....circuits.cells.memories.memristor_cells import READ, MemristorBitCell
from ....circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from ....circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from ....circuits.engine.analyses import OperatingPoint, Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.models.memristors.vteam import VTEAM
from ....devices.simulation.numerics.newton import voltage_at_current
from ....devices.simulation.operating_points.noise import electrical_noise
from ..errors.arrhenius import TEN_YEARS
from ..errors.junction_errors import ANGLES, junction_voltages, lifetime, write_error_rate
from ..point import Point
from ..reliable import FIGURES, READS, Reliability
from ..standard import run_bench

BitCell = MemristorBitCell | MTJBitCell | SpinOrbitBitCell

#: Width of the pulses of cells with a junction. [s]
WIDTHS: dict[type[Cell], float] = {MTJBitCell: 15e-9, SpinOrbitBitCell: 5e-9}
#: Edge of a pulse, over its width.
EDGE = 0.02
#: Largest current with which an antiparallel junction is read, in units of the critical one: 10^6 reads of 15 ns
#: disturb fewer than one of a thousand of the default junctions up to 125 degrees Celsius.
UNDISTURBED = 0.12


#: Part of a reading, over the width of its pulse, in which voltage and current are averaged.
READING = (0.5, 0.95)


@functools.lru_cache(maxsize=256)
def _across(cell: MemristorBitCell, states: tuple[str, ...]) -> tuple[float, ...]:
    """See :meth:`Writing.across`: the width, the reads and the deck of a cell's bench all ask for it."""
    found = []
    for state, high in zip(states, cell.lines.writes, strict=True):
        held = cell.replace(state=state)
        sources = [f"V{line} {line} 0 {level!r}" for line, level in {**cell.lines.rest, **high}.items()]
        at = run_bench(held, sources, OperatingPoint(), circuit=held.subcircuit(for_bench=True))[0].iloc[0]
        found.append(abs(float(at["v(bit)"] - at["v(x1.inner)"])))
    return tuple(found)


@dataclass(frozen=True)
class Writing:
    """Read, write the one state, read, write the other, read: pulses on the lines of a cell."""

    cell: BitCell
    wanted: float | None = None

    @functools.cached_property
    def width(self) -> float:
        """Width of a pulse: that which is wanted, or what the device needs [s]."""
        if self.wanted is not None:
            return self.wanted
        if not isinstance(self.cell, MemristorBitCell):
            return WIDTHS[type(self.cell)]
        if not self.cell.is_other("memristor"):
            return 10 * self.cell.switching_time
        return 2 * self.needed if math.isfinite(self.needed) else 100 * self.cell.memristor.settling_time

    def across(self, *states: str) -> list[float]:
        """Voltages that the transistors leave the memristor in a set and in a reset, in a state of it each [V]."""
        assert isinstance(self.cell, MemristorBitCell)
        return list(_across(self.cell, states))

    @functools.cached_property
    def needed(self) -> float:
        """Time in which the voltages that the transistors leave the memristor at first set and reset it [s].

        Infinite if they do not.
        """
        assert isinstance(self.cell, MemristorBitCell)
        return switching_time(self.cell.memristor, *self.across("off", "on"))

    @property
    def starts(self) -> list[float]:
        """Begin of every pulse [s]."""
        return [(0.2 + 1.5 * k) * self.width for k in range(5)]

    @property
    def read_voltage(self) -> float:
        """Voltage at which the cell is read, without writing it [V]."""
        if isinstance(self.cell, MemristorBitCell):
            return self.cell.read_voltage
        wanted = READ * self.cell.supply_voltage
        junction = self.cell.junction
        antiparallel = junction.replace(**junction.reference_states()["antiparallel"])
        return min(wanted, voltage_at_current(antiparallel, UNDISTURBED * junction.critical_current_to_parallel))

    @property
    def sources(self) -> dict[str, str]:
        """Nodes of the sources, by their names."""
        return {f"v{line}": line for line in self.cell.lines.rest}

    def lines(self) -> list[str]:
        """The sources."""
        width, edge, lines = self.width, EDGE * self.width, self.cell.lines
        reading = {**lines.read, lines.read_line: self.read_voltage}
        pulses: dict[str, list[tuple[float, float]]] = {line: [(0.0, rest)] for line, rest in lines.rest.items()}
        for k, start in enumerate(self.starts):
            for line, level in (lines.writes[k // 2] if k % 2 else reading).items():
                pulses[line] += [
                    (start, lines.rest[line]),
                    (start + edge, level),
                    (start + width, level),
                    (start + width + edge, lines.rest[line]),
                ]
        return [
            f"V{name} {name} 0 pwl({' '.join(f'{t:.9g} {v:.9g}' for t, v in points)})"
            for name, points in pulses.items()
        ]

    def analysis(self) -> Transient:
        """The transient."""
        step = self.width / 1000 if isinstance(self.cell, MemristorBitCell) else self.cell.noise_step
        return Transient(step, self.starts[-1] + 1.5 * self.width, max_step=step)

    def reading(self, k: int) -> tuple[float, float]:
        """Part of a pulse in which the cell is read [s]."""
        begin, end = (self.starts[k] + part * self.width for part in READING)
        return begin, end

    def point(self) -> Point:
        """Resistance after the first write."""
        (begin, end), line = self.reading(2), self.cell.lines.read_line
        part = f"from={begin:.9g} to={end:.9g}"
        return Point(
            self.lines(),
            self.analysis(),
            {
                "voltage": f"avg v({line}) {part}",
                "current": f"avg i(v{line}) {part}",
                "resistance": "param='-voltage/current'",
            },
            "ohm",
            {},
            lambda table: float(table["resistance"].iloc[1]),
        )


@dataclass(frozen=True)
class JunctionErrors:
    """How surely a bit cell with a junction is written, read and keeps its state.

    Attributes
    ----------
    writes : Mapping
        Probability that a write fails, by the state that is written. [1]
    retention : float
        Mean time until the less stable state is lost. [s]
    disturb : float
        Probability that :data:`~synaspice.characterization.cells.reliable.READS` reads change the state. [1]
    """

    writes: Mapping[str, float]
    retention: float
    disturb: float

    @classmethod
    def of(cls, cell: MTJBitCell, width: float | None = None) -> JunctionErrors:
        """Those of a cell with its own pulses, or with pulses of a width [s], at its temperature and corner."""
        pulses, junction, kelvin = Writing(cell), cell.junction, cell.temperature
        on = cell.lines
        states = dict(zip(("antiparallel", "parallel"), on.writes, strict=True))
        lines = {state: {**on.rest, **high} for state, high in states.items()}
        lines["read"] = {**on.rest, **on.read, on.read_line: pulses.read_voltage}
        held = [cell.replace(initial_polar_angle=float(angle)) for angle in ANGLES]
        across = junction_voltages(held, lines, ("bit", "inner"))
        length = pulses.width if width is None else width
        before = dict(zip(states, reversed(states), strict=True))
        writes = {
            state: write_error_rate(junction, before[state], across[state], length, kelvin, source="voltage")
            for state in states
        }
        read = min(lifetime(junction, state, kelvin, across["read"], source="voltage") for state in states)
        kept = min(lifetime(junction, state, kelvin) for state in states)
        return cls(writes, kept, -math.expm1(-READS * pulses.width / read))

    @property
    def worst(self) -> float:
        """The larger error rate of the writes."""
        return max(self.writes.values())


def junction_reliability(cell: MTJBitCell) -> Reliability:
    """How surely a cell with a junction is written and keeps its state."""
    operation = f"write of {Writing(cell).width * 1e9:g} ns"
    try:
        errors = JunctionErrors.of(cell)
    except ParameterError as reason:
        return Reliability(operation, without=dict.fromkeys(FIGURES, str(reason)))
    return Reliability(operation, errors.worst, errors.retention, errors.disturb)


def no_drift(memristor: CompactModel) -> dict[str, str]:
    """Why the memristors of the cells have no retention."""
    words = "the model ({}) has no loss of the state" if isinstance(memristor, VTEAM) else "not known for {} in a cell"
    return {"retention": words.format(memristor.label or memristor.model_name())}


def read_noise(memristor: CompactModel, voltage: float, time: float, temperature: float) -> float:
    r"""Standard deviation of a memristor's current, averaged over the time of a read [A].

    .. math:: \sigma^2 = \frac{S_w}{2 t} + S_f \ln\frac{10\,\mathrm{years}}{2 t}

    with the white density :math:`S_w` and the flicker noise :math:`S_f / f` of the device in its initial state.

    Parameters
    ----------
    memristor : CompactModel
        The memristor.
    voltage : float
        Voltage across it. [V]
    time : float
        Of the read. [s]
    temperature : float
        Of the noise. [K]
    """
    branch = voltage_of(memristor)
    white, flicker = electrical_noise(memristor, branch, {branch: voltage}, temperature)
    return math.sqrt(float(white) / (2 * time) + float(flicker) * math.log(TEN_YEARS / (2 * time)))


def read_disturbance(memristor: CompactModel, voltage: float, time: float) -> float:
    """Share of the state's range by which many reads change it, at the state that moves most [1]."""
    state = memory_state(memristor)
    low, high = memristor.state_declarations()[state].bounds or (0.0, 1.0)
    over = {voltage_of(memristor): voltage, state: np.linspace(low, high, 11)}
    rates = np.abs(np.asarray(memristor.static(**over)[f"d{state}/dt"]))
    return float(min(1.0, READS * time * rates.max() / (high - low)))


def setting(memristor: CompactModel, voltage: float) -> float:
    """A voltage with the sign of those that set a memristor [V]."""
    return setting_polarity(memristor) * voltage


def read_margin(cell: MemristorBitCell) -> float:
    """Difference of the currents of both states over the sum of their standard deviations, when read [1]."""
    pulses, memristor = Writing(cell), cell.memristor
    voltage, time = pulses.read_voltage, (READING[1] - READING[0]) * pulses.width
    spread = sum(
        read_noise(reference(memristor, state), setting(memristor, voltage), time, cell.temperature)
        for state in ("on", "off")
    )
    on, off = cell.conductance_range
    return voltage * (on - off) / spread


def memristor_reliability(cell: MemristorBitCell) -> Reliability:
    """How surely a cell with a memristor is read; its writes saturate."""
    pulses, memristor = Writing(cell), cell.memristor
    moved = read_disturbance(memristor, setting(memristor, pulses.read_voltage), pulses.width)
    return Reliability("read", float(normal_sf(read_margin(cell))), disturb=moved, without=no_drift(memristor))


def plasticity_reliability(cell: STDPSynapse) -> Reliability:
    """What lone spikes do to a plastic synapse, whose height is the memristor's threshold."""
    moved = read_disturbance(cell.memristor, cell.height, cell.pulse_time)
    without = {"error_rate": "an analog state: nothing is decided", **no_drift(cell.memristor)}
    return Reliability("spike of one neuron alone", disturb=moved, without=without)


def product_noise(cell: DifferentialSynapse, voltage: float, time: float) -> float:
    """Standard deviation of the difference of a synapse's currents over its full scale, in an operation [1]."""
    volts = setting(cell.memristor, voltage)
    squared = sum(
        read_noise(cell.memristor_at(wanted), volts, time, cell.temperature) ** 2 for wanted in cell.conductances()
    )
    on, off = cell.conductance_range
    return math.sqrt(squared) / abs(voltage * (on - off))
