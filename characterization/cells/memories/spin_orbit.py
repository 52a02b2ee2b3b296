"""Standard bench of the bit cell that a spin-orbit torque writes, and how surely it is written, read and kept."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ....circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from ....circuits.engine.analyses import OperatingPoint
from ....devices.core.distributions import upper_bound
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import Pulse
from ....devices.models.junctions.spin_orbit_torque import SpinOrbitTorqueMTJ
from ...rare_events.event import decay_time
from ...slow_time.wells import Wells
from ..bench import cell_bench
from ..reliable import FIGURES, READS, Reliability
from ..standard import run_bench
from .bit_cells import Surely, write_and_read
from .writing import EDGE, Writing

#: Trials of a write, seed of their noise, and confidence of the bound of its error rate.
TRIALS, SEED, CONFIDENCE = 8000, 0, 0.95
#: Times in which the magnetisation comes into equilibrium before a write, and falls into a state after it, in units of
#: the decay time of its slowest motion.
SETTLED, FALLEN = 4.0, 8.0


def missed(
    junction: SpinOrbitTorqueMTJ, start: str, volts: float, width: float, kelvin: float, *, trials: int = TRIALS
) -> int:
    """How many of some pulses along its line leave a junction in its state.

    Parameters
    ----------
    junction : SpinOrbitTorqueMTJ
        The junction.
    start : str
        Its reference state before the pulse.
    volts : float
        Voltage along the heavy-metal line. [V]
    width : float
        Of the pulse. [s]
    kelvin : float
        Temperature of the junction. [K]
    trials : int
        Number of pulses, each at another junction.
    """
    held = junction.replace(**junction.reference_states()[start])
    time, edge = decay_time(held), EDGE * width
    before = SETTLED * time
    ensemble = held.ensemble(
        0.0,
        before + width + edge + FALLEN * time,
        inputs={"line_voltage": Pulse(0.0, volts, before, edge, edge, width - edge)},
        temperature=kelvin,
        trajectories=trials,
        seed=SEED,
    )
    cosine = ensemble.final()["cosine"].to_numpy()
    return int((cosine > 0).sum() if start == "parallel" else (cosine < 0).sum())


@dataclass(frozen=True)
class SpinOrbitErrors:
    """How surely a cell with a spin-orbit torque is written, read and keeps its state.

    Attributes
    ----------
    currents : Mapping
        Current of the line, by the state that is written, positive into ``line``. [A]
    writes : Mapping
        Upper bound of the probability that a write fails, by the state that is written, of 95 % confidence. [1]
    retention : float
        Mean time until the less stable state is lost. [s]
    disturb : float
        Probability that :data:`~synaspice.characterization.cells.reliable.READS` reads change the state. [1]
    """

    currents: Mapping[str, float]
    writes: Mapping[str, float]
    retention: float
    disturb: float

    @classmethod
    @functools.lru_cache(maxsize=32)
    def of(cls, cell: SpinOrbitBitCell) -> SpinOrbitErrors:
        """Those of a cell with its own pulses, at its temperature and corner."""
        pulses, junction, kelvin = Writing(cell), cell.junction, cell.temperature
        states = ("antiparallel", "parallel")
        voltages = dict(zip(states, line_voltages(cell), strict=True))
        before = dict(zip(states, reversed(states), strict=True))
        writes = {
            state: upper_bound(
                missed(junction, before[state], volts, pulses.width, kelvin, trials=TRIALS), TRIALS, CONFIDENCE
            )
            for state, volts in voltages.items()
        }
        # The read voltage stands at the reference layer, and the transistor takes a part of it: at most all of it.
        wells = Wells(junction, "voltage", kelvin)
        kept, read = (min(wells.dwell_time(volts, state) for state in states) for volts in (0.0, -pulses.read_voltage))
        currents = {state: volts / float(junction.line_resistance) for state, volts in voltages.items()}
        return cls(currents, writes, kept, -math.expm1(-READS * pulses.width / read))

    @property
    def worst(self) -> float:
        """The larger error rate of the writes."""
        return max(self.writes.values())


def line_voltages(cell: SpinOrbitBitCell) -> list[float]:
    """Voltage that the transistor leaves the heavy-metal line in the first and in the second write [V]."""
    found, circuit = [], cell.subcircuit(for_bench=True)
    for high in cell.lines.writes:
        sources = [f"V{line} {line} 0 {level!r}" for line, level in {**cell.lines.rest, **high}.items()]
        at = run_bench(cell, sources, OperatingPoint(), circuit=circuit)[0].iloc[0]
        found.append(float(at["v(x1.write_inner)"] - at["v(source)"]))
    return found


def spin_orbit_reliability(cell: SpinOrbitBitCell) -> Reliability:
    """How surely a cell that a spin-orbit torque writes is written and keeps its state."""
    operation = f"write of {Writing(cell).width * 1e9:g} ns"
    try:
        errors = SpinOrbitErrors.of(cell)
    except ParameterError as reason:
        return Reliability(operation, without=dict.fromkeys(FIGURES, str(reason)))
    return Reliability(operation, errors.worst, errors.retention, errors.disturb)


@cell_bench(SpinOrbitBitCell, point=lambda cell: Writing(cell).point(), reliability=spin_orbit_reliability)
def bench_spin_orbit_bit_cell(
    cell: SpinOrbitBitCell,
) -> pd.DataFrame:
    """Resistance after writing the antiparallel and the parallel state, what each costs, and how often each fails."""
    steps, told = ("initial", "antiparallel", "parallel"), "that the write fails (upper bound, 95 %)"
    critical = float(cell.junction.critical_line_current)
    try:
        found = SpinOrbitErrors.of(cell)
    except ParameterError as reason:
        volts = line_voltages(cell)
        currents = [math.nan, *(each / float(cell.junction.line_resistance) for each in volts)]
        surely, kept = Surely([math.nan] * 3, told, math.nan, str(reason)), math.nan
    else:
        currents = [math.nan, *(found.currents[state] for state in steps[1:])]
        surely = Surely([math.nan, *(found.writes[state] for state in steps[1:])], told, found.disturb)
        kept = found.retention
    more = {"line_current": (currents, "A", "current of the line in the write, positive from the write transistor")}
    return write_and_read(cell, surely, steps, more, retention=kept, critical_line_current=critical)
