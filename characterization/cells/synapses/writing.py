"""Pulses on the lines of a bit cell that write and read it, and how surely they do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ....circuits.cells.synapses import DifferentialSynapse, MemristorBitCell, MTJBitCell, STDPSynapse
from ....circuits.engine.analyses import Transient
from ....devices.core.distributions import normal_sf
from ....devices.models.memristors.vteam import VTEAM
from ....devices.simulation.newton import voltage_at_current
from ....devices.simulation.noise import electrical_noise
from ..errors.arrhenius import TEN_YEARS
from ..errors.junction_errors import ANGLES, junction_voltages, lifetime, write_error_rate
from ..point import Point
from ..reliable import READS, Reliability

#: Edge of a pulse, over its width.
EDGE = 0.02
#: Voltage at which cells are read, in units of the supply.
READ = 0.1
#: Largest current with which an antiparallel junction is read, in units of the critical one: 10^6 reads of 15 ns
#: disturb fewer than one of a thousand of the default junctions up to 125 degrees Celsius.
UNDISTURBED = 0.12


#: Part of a reading, over the width of its pulse, in which voltage and current are averaged.
READING = (0.5, 0.95)


@dataclass(frozen=True)
class Writing:
    """Read, write the one state, read, write the other, read: pulses on the lines of a cell."""

    cell: MemristorBitCell | MTJBitCell

    @property
    def width(self) -> float:
        """Width of a pulse [s]."""
        return 15e-9 if isinstance(self.cell, MTJBitCell) else 10 * self.cell.switching_time

    @property
    def starts(self) -> list[float]:
        """Begin of every pulse [s]."""
        return [(0.2 + 1.5 * k) * self.width for k in range(5)]

    @property
    def read_voltage(self) -> float:
        """Voltage at which the cell is read, without writing it [V]."""
        wanted = READ * self.cell.supply_voltage
        if isinstance(self.cell, MemristorBitCell):
            return wanted
        junction = self.cell.junction()
        antiparallel = junction.replace(**junction.reference_states()["antiparallel"])
        return min(wanted, voltage_at_current(antiparallel, UNDISTURBED * junction.critical_current_to_parallel))

    @property
    def written(self) -> tuple[str, str]:
        """The lines that are high in the first and in the second write."""
        return ("source", "bit") if isinstance(self.cell, MTJBitCell) else ("bit", "source")

    def lines(self) -> list[str]:
        """The sources."""
        supply, width, edge = self.cell.supply_voltage, self.width, EDGE * self.width
        reading = self.read_voltage
        pulses: dict[str, list[tuple[float, float]]] = {name: [(0.0, 0.0)] for name in SOURCES.values()}
        for k, start in enumerate(self.starts):
            high = [("word", supply), (self.written[k // 2], supply) if k % 2 else ("bit", reading)]
            for line, level in high:
                pulses[line] += [
                    (start, 0.0),
                    (start + edge, level),
                    (start + width, level),
                    (start + width + edge, 0.0),
                ]
        return [
            f"V{name} {name} 0 pwl({' '.join(f'{t:.9g} {v:.9g}' for t, v in points)})"
            for name, points in pulses.items()
        ]

    def analysis(self) -> Transient:
        """The transient."""
        step = self.cell.noise_step if isinstance(self.cell, MTJBitCell) else self.width / 1000
        return Transient(step, self.starts[-1] + 1.5 * self.width, max_step=step)

    def reading(self, k: int) -> tuple[float, float]:
        """Part of a pulse in which the cell is read [s]."""
        begin, end = (self.starts[k] + part * self.width for part in READING)
        return begin, end

    def point(self) -> Point:
        """Resistance after the first write."""
        begin, end = self.reading(2)
        part = f"from={begin:.9g} to={end:.9g}"
        return Point(
            self.lines(),
            self.analysis(),
            {
                "voltage": f"avg v(bit) {part}",
                "current": f"avg i(vbit) {part}",
                "resistance": "param='-voltage/current'",
            },
            "ohm",
            {},
            lambda table: float(table["resistance"].iloc[1]),
        )


#: Sources of the lines of a cell of one device, and their nodes.
SOURCES = {f"v{name}": name for name in ("bit", "source", "word")}


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
        pulses, junction, kelvin = Writing(cell), cell.junction(), cell.temperature
        states = dict(zip(("antiparallel", "parallel"), pulses.written, strict=True))
        high = {"word": cell.supply_voltage}
        lines = {
            state: {"bit": 0.0, "source": 0.0, **high, line: cell.supply_voltage} for state, line in states.items()
        }
        lines["read"] = {"bit": pulses.read_voltage, "source": 0.0, **high}
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
    errors = JunctionErrors.of(cell)
    return Reliability(f"write of {Writing(cell).width * 1e9:g} ns", errors.worst, errors.retention, errors.disturb)


#: Why the memristors of the cells have no retention.
NO_DRIFT = {"retention": "the model (VTEAM) has no loss of the state"}


def read_noise(memristor: VTEAM, voltage: float, state: float, time: float, temperature: float) -> float:
    r"""Standard deviation of a memristor's current, averaged over the time of a read [A].

    .. math:: \sigma^2 = \frac{S_w}{2 t} + S_f \ln\frac{10\,\mathrm{years}}{2 t}

    with the white density :math:`S_w` and the flicker noise :math:`S_f / f` of the device.

    Parameters
    ----------
    memristor : VTEAM
        The memristor.
    voltage, state : float
        Voltage across it [V] and its state.
    time : float
        Of the read. [s]
    temperature : float
        Of the noise. [K]
    """
    white, flicker = electrical_noise(memristor, "voltage", {"voltage": voltage, "x": state}, temperature)
    return math.sqrt(float(white) / (2 * time) + float(flicker) * math.log(TEN_YEARS / (2 * time)))


def read_disturbance(memristor: VTEAM, voltage: float, time: float) -> float:
    """Share of the state's range by which many reads change it, at the state that moves most [1]."""
    rates = np.abs(np.asarray(memristor.static(voltage=voltage, x=np.linspace(0.0, 1.0, 11))["dx/dt"]))
    return float(min(1.0, READS * time * rates.max()))


def read_margin(cell: MemristorBitCell) -> float:
    """Difference of the currents of both states over the sum of their standard deviations, when read [1]."""
    pulses, memristor = Writing(cell), cell.memristor()
    voltage, time = pulses.read_voltage, (READING[1] - READING[0]) * pulses.width
    spread = sum(read_noise(memristor, voltage, state, time, cell.temperature) for state in (0.0, 1.0))
    return voltage * (1 / cell.resistance_on - 1 / cell.resistance_off) / spread


def memristor_reliability(cell: MemristorBitCell) -> Reliability:
    """How surely a cell with a memristor is read; its writes saturate."""
    pulses = Writing(cell)
    moved = read_disturbance(cell.memristor(), -pulses.read_voltage, pulses.width)
    return Reliability("read", float(normal_sf(read_margin(cell))), disturb=moved, without=NO_DRIFT)


def plasticity_reliability(cell: STDPSynapse) -> Reliability:
    """What lone spikes do to a plastic synapse, whose height is the memristor's threshold."""
    moved = read_disturbance(cell.memristor(), cell.threshold, cell.switching_time)
    without = {"error_rate": "an analog state: nothing is decided", **NO_DRIFT}
    return Reliability("spike of one neuron alone", disturb=moved, without=without)


def product_noise(cell: DifferentialSynapse, voltage: float, time: float) -> float:
    """Standard deviation of the difference of a synapse's currents over its full scale, in an operation [1]."""
    span = cell.resistance_off - cell.resistance_on
    squared = sum(
        read_noise(cell.memristor(g), voltage, (1 / g - cell.resistance_on) / span, time, cell.temperature) ** 2
        for g in cell.conductances()
    )
    return math.sqrt(squared) / (voltage * (1 / cell.resistance_on - 1 / cell.resistance_off))
