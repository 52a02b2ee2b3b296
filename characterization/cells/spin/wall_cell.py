"""Standard bench of the domain-wall cell that a spin-orbit torque writes: a staircase of levels, up and down."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.spin.wall_cell import SpinOrbitWallCell
from ....circuits.cells.spin.wall_writing import WallWriter, steady_velocity
from ....circuits.engine.analyses import DCSweep, Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError
from ....devices.models.domain_walls.domain_wall_injector import WRITE_STRETCH
from ....devices.simulation.operating_points.noise import electrical_noise
from ...arguments import Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.arrhenius import BOLTZMANN
from ..point import Point
from ..reliable import READS, Reliability
from ..standard import cell_table, energies, half_way, mean, run_bench
from ..waveforms import keep
from .spin_reliability import OFF_CURRENT, READ_VOLTAGE, site_line
from .wall_statistics import EDGE, LARGEST_STEP, ErrorRate, sites_moved

#: Current of a write over that which frees a wall, where the transistor lets it through.
DRIVE = 2.1
#: Rest in which the wall settles, and length of a read [s]; the part of a read in which it is averaged.
REST, READING, AVERAGED = 2.5e-9, 2.5e-9, (0.2, 0.95)
#: Points of the sweep of a line's voltage, and trials of a write.
POINTS, TRIALS = 51, 4000
#: Barriers over the thermal energy at which escapes are seen: a wall on a heavy metal is slow to leave.
RATIOS = (4, 5, 6)


@dataclass(frozen=True)
class Write:
    """A pulse that moves the wall by one site.

    Attributes
    ----------
    line : str
        The line that is high.
    level : float
        Its voltage. [V]
    current : float
        Along the strip, positive from ``write``. [A]
    velocity : float
        Of a free wall under it, positive to larger q. [m/s]
    width : float
        Of the pulse: in which a free wall moves by 1.2 periods of the pinning. [s]
    """

    line: str
    level: float
    current: float
    velocity: float
    width: float


@functools.lru_cache(maxsize=32)
def writes(cell: SpinOrbitWallCell) -> tuple[Write, Write]:
    """The pulses that raise and that lower the level, at the cell's temperature and corner.

    The line's voltage is that which drives 2.1 times the critical current through transistor and strip, or the supply.
    """
    found, strip, circuit = [], cell.strip, cell.subcircuit(for_bench=True)
    period, wanted = strip.values["pinning_period"], DRIVE * cell.critical_current
    for high in cell.lines.writes:
        (line,) = (name for name in high if name != "write_word")
        sources = [f"V{name} {name} 0 {level!r}" for name, level in {**cell.lines.rest, **high}.items()]
        sweep = DCSweep(f"v{line}", 0.0, high[line], high[line] / (POINTS - 1))
        run = run_bench(cell, sources, sweep, circuit=circuit)[0]
        currents = (run["v(x1.write_inner)"] - run["v(source)"]).to_numpy() / float(strip.strip_resistance)
        size = np.maximum.accumulate(abs(currents))
        level = float(np.interp(wanted, size, run[f"v({line})"].to_numpy()))
        current = math.copysign(min(wanted, float(size[-1])), currents[-1])
        velocity = steady_velocity(strip, current)
        found.append(Write(line, level, current, velocity, WRITE_STRETCH * period / abs(velocity)))
    return found[0], found[1]


@dataclass
class Programme:
    """Read; then write and read again, as often as the level shall change."""

    cell: SpinOrbitWallCell
    changes: list[int]
    starts: list[tuple[float, float]] = field(default_factory=list)
    end: float = REST

    def __post_init__(self) -> None:
        for change in (0, *self.changes):
            write = self.end
            reading = write + (self.write(change).width + EDGE + REST if change else 0.0)
            self.starts.append((write, reading))
            self.end = reading + READING + REST

    def write(self, change: int) -> Write:
        """The pulse of a change."""
        return writes(self.cell)[0 if change > 0 else 1]

    @property
    def sources(self) -> dict[str, str]:
        """Nodes of the sources, by their names."""
        return {f"v{line}": line for line in self.cell.lines.rest}

    def lines(self) -> list[str]:
        """The sources."""
        on = self.cell.lines
        corners: dict[str, list[tuple[float, float]]] = {line: [(0.0, rest)] for line, rest in on.rest.items()}

        def pulse(levels: dict[str, float], start: float, width: float) -> None:
            for line, level in levels.items():
                low = on.rest[line]
                corners[line] += [(start, low), (start + EDGE, level), (start + width, level)]
                corners[line].append((start + width + EDGE, low))

        for change, (write, reading) in zip((0, *self.changes), self.starts, strict=True):
            if change:
                made = self.write(change)
                pulse({"write_word": self.cell.supply_voltage, made.line: made.level}, write, made.width)
            pulse({**on.read, on.read_line: READ_VOLTAGE}, reading, READING - EDGE)
        return [
            f"V{line} {line} 0 pwl({' '.join(f'{t:.9g} {v:.9g}' for t, v in points)})"
            for line, points in corners.items()
        ]

    def analysis(self) -> Transient:
        """The transient."""
        step = self.cell.noise_step or LARGEST_STEP
        return Transient(step, self.end, max_step=step)

    def reading(self, k: int) -> tuple[float, float]:
        """Part of the transient in which a level is read [s]."""
        begin, end = (self.starts[k][1] + part * READING for part in AVERAGED)
        return begin, end


def _one_up(cell: SpinOrbitWallCell) -> Point:
    """Resistance after one pulse."""
    programme = Programme(cell, [1, -1])
    begin, end = programme.reading(1)
    part = f"from={begin:.9g} to={end:.9g}"
    line = cell.lines.read_line
    return Point(
        programme.lines(),
        programme.analysis(),
        {
            "voltage": f"avg v({line}) {part}",
            "current": f"avg i(v{line}) {part}",
            "resistance": "param='-voltage/current'",
        },
        "ohm",
        {"pulses": 1},
        lambda table: float(table["resistance"].iloc[1]),
    )


@functools.lru_cache(maxsize=32)
def write_failures(cell: SpinOrbitWallCell, change: int) -> tuple[ErrorRate, ...]:
    """How often a pulse leaves the wall at another site than the next one, at its current and 10 % beside it."""
    write, strip = writes(cell)[0 if change > 0 else 1], cell.strip
    site = strip.values["pinning_period"] / strip.values["length"]
    middle = strip.replace(initial_state=site * ((cell.levels + 1) // 2))
    along = 1 if write.current > 0 else -1
    found = []
    for k, part in enumerate(OFF_CURRENT):
        writer = WallWriter(part * abs(write.current), write.width, EDGE, REST, cell.levels)
        moved = sites_moved(middle, writer, along, cell.temperature, TRIALS, 2 * k + (change > 0))
        found.append(ErrorRate(int((np.round(moved) != change).sum()), TRIALS))
    return tuple(found)


def read_error(cell: SpinOrbitWallCell) -> float:
    r"""Probability that a read takes a level for a neighbour: Q of half their distance over the noise [1].

    .. math:: \sigma^2 = \frac{S_I}{2 t} + \left(\frac{\partial i}{\partial q}\right)^2 \frac{k_B T\, p^2}{2 \pi^2 V_0}

    with the junction's thermal and shot noise at the level of the largest current, and the wall's shivering in its
    site, not averaged.
    """
    strip, time = cell.strip, (AVERAGED[1] - AVERAGED[0]) * READING
    site = strip.values["pinning_period"] / strip.values["length"]
    levels = site * np.arange(1, cell.levels + 1)
    currents = np.asarray(strip.static(read_voltage=READ_VOLTAGE, x=levels)["read_current"])
    step = float(np.diff(currents).min())
    at = {"read_voltage": READ_VOLTAGE, "x": float(levels[-1])}
    white, _ = electrical_noise(strip, "read_voltage", at, cell.temperature)
    shivering = BOLTZMANN * cell.temperature / (2 * math.pi**2 * strip.values["pinning_energy"])
    return float(normal_sf(step / 2 / math.sqrt(float(white) / (2 * time) + step**2 * shivering)))


def wall_cell_reliability(cell: SpinOrbitWallCell) -> Reliability:
    """Upper bound of the error rate of a write or a read; lower one of the time that a level holds, of 95 %."""
    bounds = [error.bound for change in (1, -1) for error in write_failures(cell, change)]
    return Reliability("write of a level", max(*bounds, read_error(cell)), *_held(cell))


def _held(cell: SpinOrbitWallCell) -> tuple[float, float]:
    """Time that a level holds at least [s], and probability that many reads lose it."""
    strip = cell.strip
    site = strip.values["pinning_period"] / strip.values["length"]
    middle = strip.replace(initial_state=site * ((cell.levels + 1) // 2))
    held, read = (site_line(middle, volts, RATIOS).least_lifetime(cell.temperature) for volts in (0.0, READ_VOLTAGE))
    return held, -math.expm1(-READS * READING / read)


@cell_bench(SpinOrbitWallCell, point=_one_up, reliability=wall_cell_reliability, long=True)
def staircase(
    cell: SpinOrbitWallCell,
    pulses: Annotated[
        int | None, Whole("pulses that raise the level, and as many that lower it; default: all levels", 1)
    ] = None,
) -> pd.DataFrame:
    """Raise the level pulse by pulse and lower it again, with a read after each; and how often a pulse or a read errs.

    One transient of ngspice, with thermal noise on the wall at the cell's temperature. The error rates of the pulses
    come from ensembles of the wall, at their currents and at 10 % less and more.

    Returns
    -------
    pandas.DataFrame
        A row for each read: ``step``, ``change`` of the level before it, ``level`` that it should have, ``x``,
        ``resistance`` [ohm], ``expected`` by the wall's position [ohm], ``line_current`` [A] and ``pulse_width`` [s] of
        the write, ``free_displacement`` (what the closed form's velocity makes of them, without pinning) [m],
        ``moved`` [m], ``write_energy`` and ``read_energy`` [J], ``error_rate`` (upper bound).

    Raises
    ------
    ParameterError
        If there are more pulses than levels to rise by.
    """
    strip, most = cell.strip, cell.levels - 1
    number = most if pulses is None else whole("pulses", pulses, 1)
    if number > most:
        raise ParameterError(f"pulses must be at most {most}, not {number}: the strip has {cell.levels} levels")
    changes = [1] * number + [-1] * number
    programme, circuit = Programme(cell, changes), cell.subcircuit(meters=True, for_bench=True)
    (run,) = run_bench(cell, programme.lines(), programme.analysis(), circuit=circuit)
    failures = {change: write_failures(cell, change) for change in (1, -1)}
    bounds = {change: max(error.bound for error in failures[change]) for change in failures}
    period, length = strip.values["pinning_period"], strip.values["length"]
    line, time = cell.lines.read_line, run["time"].to_numpy()
    (meter,) = (meter for meter in circuit.meters if meter.node == cell.lines.sensed)
    read_current = f"i(v.x1.{meter.source})".lower()
    rows: list[dict[str, Any]] = []
    costs = []
    for k, change in enumerate((0, *changes)):
        write, reading = programme.starts[k]
        begin, end = programme.reading(k)
        x, volts = mean(run, "v(x)", begin, end), mean(run, "v(x1.read_inner)", begin, end)
        resistance = mean(run, f"v({line})", begin, end) / mean(run, read_current, begin, end)
        spent = energies(run, circuit, programme.sources, reading, reading + READING + REST / 2)
        at = told("read voltage", READ_VOLTAGE, "V")
        costs.append(Cost.of("read", at, spent, duration=READING, periphery={"driver": 2, "TIA": 1, "ADC": 1}))
        row = {
            "step": k,
            "change": change,
            "level": 1 + sum(changes[:k]),
            "x": x,
            "resistance": resistance,
            "expected": float(strip.static(read_voltage=volts, x=x)["resistance"]),
            "read_energy": spent["inputs"],
            "moved": (x - rows[-1]["x"]) * length if rows else 0.0,
        }
        if change:
            made = programme.write(change)
            flat = (write + EDGE, write + made.width)
            drop = mean(run, "v(x1.write_inner)", *flat) - mean(run, "v(source)", *flat)
            spent = energies(run, circuit, programme.sources, write, reading)
            delay = half_way(time, run["v(x)"].to_numpy(), write, reading) - write - EDGE / 2
            name = "raise the level" if change > 0 else "lower the level"
            at = told("write current", abs(made.current), "A")
            duration = made.width + EDGE + REST
            costs.append(Cost.of(name, at, spent, delay=delay, duration=duration, periphery={"driver": 2}))
            row |= {
                "line_current": drop / float(strip.strip_resistance),
                "pulse_width": made.width,
                "free_displacement": made.velocity * made.width,
                "write_energy": spent["inputs"],
                "error_rate": bounds[change],
            }
        rows.append(row)
    table = pd.DataFrame(rows)
    off = float(abs(table["x"] * length / period - table["level"]).max())
    misread, (kept, disturb) = read_error(cell), _held(cell)
    error = max(*bounds.values(), misread)
    return cell_table(
        cell,
        {name: (table[name].to_numpy(), *about) for name, about in _COLUMNS.items()},
        costs=costs,
        waveforms=keep(
            run,
            f"{number} pulses up, {number} down, with a read after each",
            {
                ("BL − SL write voltage", "V"): {"": run["v(write_bit)"] - run["v(source)"]},
                ("Read bit line", "V"): {"": "v(read_bit)"},
                ("Current of the junction", "A"): {"": read_current},
                ("Position of the wall", "1"): {"": "v(x)"},
            },
        ),
        levels=cell.levels,
        thermal_noise=bool(cell.noise_step),
        critical_line_current=cell.critical_current,
        error_rate=error,
        read_error_rate=misread,
        retention=kept,
        disturb=disturb,
        reason=_why_not(off, bounds, misread, disturb),
        criterion="every pulse moves the wall by one site; the probability that one does not, at currents within 10 % "
        "of its own (upper bound, 95 %), that a read takes a level for a neighbour, and that "
        f"{READS:.0e} reads change one, is at most {DESIGN_ERROR_RATE:g}",
    )


_COLUMNS = {
    "step": ("1", "number of the read"),
    "change": ("1", "change of the level by the pulse before it"),
    "level": ("1", "level that it should have: site of the wall"),
    "x": ("1", "position of the wall over the length, averaged over the read"),
    "moved": ("m", "way of the wall since the read before"),
    "free_displacement": ("m", "way that a free wall would make by the closed form: velocity times width of the pulse"),
    "resistance": ("ohm", "resistance of the cell, read"),
    "expected": ("ohm", "resistance of the junction by the wall's position"),
    "line_current": ("A", "current of the line in the write, positive from the write transistor"),
    "pulse_width": ("s", "width of the write pulse at half its height"),
    "write_energy": ("J", "energy of the write, all lines"),
    "read_energy": ("J", "energy of the read"),
    "error_rate": ("1", "probability that the pulse fails, with thermal noise (upper bound, 95 %)"),
}


def _why_not(off: float, bounds: dict[int, float], misread: float, disturb: float) -> str | None:
    """Why the cell does not work; None if it does."""
    if not off < 0.5:
        return f"a pulse left the wall {off:.2g} sites from where it should be"
    for change, bound in bounds.items():
        if not bound <= DESIGN_ERROR_RATE:
            which = "raises" if change > 0 else "lowers"
            return f"the probability that a pulse that {which} the level fails is up to {bound:.2g}"
    if not misread <= DESIGN_ERROR_RATE:
        return f"the probability that a read takes a level for a neighbour is {misread:.2g}"
    return None if disturb <= DESIGN_ERROR_RATE else f"reads disturb it: by {disturb:.2g}"
