"""Standard benches of the synapses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from scipy.stats import norm

from ...circuits.cells.spin.decision import DESIGN_ERROR_RATE
from ...circuits.cells.subcircuits import definitions
from ...circuits.cells.synapses import DifferentialSynapse, MemristorBitCell, MTJBitCell, STDPSynapse
from ...circuits.engine import ngspice
from ...circuits.engine.analyses import DCSweep, Transient
from ..arguments import Quantity, Range
from .bench import cell_bench
from .point import Point
from .reliable import READS, Reliability
from .standard import Cost, cell_table, energies, mean, run_bench
from .writing import (
    NO_DRIFT,
    READ,
    SOURCES,
    JunctionErrors,
    Writing,
    junction_reliability,
    memristor_reliability,
    plasticity_reliability,
    product_noise,
    read_disturbance,
    read_margin,
)


@cell_bench(MemristorBitCell, point=lambda cell: Writing(cell).point(), reliability=memristor_reliability)
def bench_memristor_bit_cell(
    cell: MemristorBitCell,
) -> pd.DataFrame:
    """Resistance after a set and a reset, what each costs, and how far above its noise a read tells them apart."""
    found, margin = memristor_reliability(cell), read_margin(cell)
    return _write_and_read(
        cell,
        _Surely([found.error_rate] * 3, "that a read takes the state for the other one", found.disturb),
        ("initial", "set", "reset"),
        read_margin=margin,
    )


@cell_bench(MTJBitCell, point=lambda cell: Writing(cell).point(), reliability=junction_reliability)
def bench_mtj_bit_cell(
    cell: MTJBitCell,
) -> pd.DataFrame:
    """Resistance after writing the antiparallel and the parallel state, what each costs, and how often each fails."""
    found = JunctionErrors.of(cell)
    steps = ("initial", "antiparallel", "parallel")
    rates = [math.nan, *(found.writes[state] for state in steps[1:])]
    return _write_and_read(
        cell, _Surely(rates, "that the write fails", found.disturb), steps, retention=found.retention
    )


@dataclass(frozen=True)
class _Surely:
    """Error rates of the steps, of what; and what many reads do to a state."""

    rates: list[float]
    told: str
    disturb: float


def _write_and_read(
    cell: MemristorBitCell | MTJBitCell, surely: _Surely, steps: tuple[str, str, str], **attributes: float
) -> pd.DataFrame:
    """Read, write the one state, read, write the other, read: one transient, a row for each."""
    writing, circuit = Writing(cell), cell.subcircuit(meters=True)
    width = writing.width
    (run,) = run_bench(cell, writing.lines(), writing.analysis(), circuit=circuit)
    device = circuit.meters[0].device
    current = f"i(v.x1.v_{device}_{'p' if isinstance(cell, MTJBitCell) else 'n'})"
    resistances, read_energies, write_energies, delays = [], [], [0.0], [0.0]
    for k, start in enumerate(writing.starts):
        spent = energies(run, circuit, SOURCES, start, start + 1.2 * width)
        if k % 2 == 0:
            begin, end = writing.reading(k)
            resistances.append(mean(run, "v(bit)", begin, end) / mean(run, current, begin, end))
            read_energies.append(spent["inputs"])
        else:
            write_energies.append(spent["inputs"])
            delays.append(_switching_delay(run, device, start, start + 1.2 * width))
            last = spent
    first, second, third = resistances
    ratio = second / first if isinstance(cell, MTJBitCell) else first / second
    back = third / first
    error = float(np.nanmax(surely.rates))
    return cell_table(
        cell,
        {
            "step": (list(steps), "1", "state that was written"),
            "resistance": (resistances, "ohm", "resistance of the cell, read"),
            "write_energy": (write_energies, "J", "energy of the write, all lines"),
            "write_delay": (delays, "s", "time from the pulse's start until the state has moved half way"),
            "read_energy": (read_energies, "J", "energy of the read"),
            "error_rate": (surely.rates, "1", f"probability {surely.told}, with thermal noise"),
        },
        costs=[
            Cost.of(f"write {steps[2]}", delays[-1], last),
            Cost("read", width, 0.0, read_energies[-1], read_energies[-1], 0.0),
        ],
        ratio=ratio,
        thermal_noise=True,
        error_rate=error,
        disturb=surely.disturb,
        works=bool(ratio > (1.3 if isinstance(cell, MTJBitCell) else 5.0) and 0.8 < back < 1.25)
        and max(error, surely.disturb) <= DESIGN_ERROR_RATE,
        criterion="the first write changes the resistance, by a factor of 5 (junction: 1.3), the second restores it; "
        f"the probability {surely.told}, and that {READS:.0e} reads change a state, is at most {DESIGN_ERROR_RATE:g}",
        **attributes,
    )


def _switching_delay(run: pd.DataFrame, device: str, start: float, end: float) -> float:
    """Time after the start at which the state of a device has moved half of its way in a part of a transient."""
    name = f"v(x1.{device}_m_z)" if f"v(x1.{device}_m_z)" in run else f"v(x1.{device}_x)"
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time, state = part["time"].to_numpy(), part[name].to_numpy()
    middle = (state[0] + state[-1]) / 2
    passed = np.flatnonzero((state - middle) * (state[0] - middle) <= 0)
    return float(time[passed[0]] - start) if len(passed) else float("nan")


def _multiplied(cell: DifferentialSynapse) -> Point:
    """Difference of the currents at the cell's own weight."""
    level = READ * cell.supply_voltage
    return Point(
        [f"Vword word 0 {cell.supply_voltage!r}", "Vinput input 0 0", "Vplus plus 0 0", "Vminus minus 0 0"],
        _input_sweep(level),
        {
            "plus": f"find i(vplus) at={level!r}",
            "minus": f"find i(vminus) at={level!r}",
            "difference": "param='plus - minus'",
        },
        "A",
        {"weights": [cell.weight]},
        lambda table: float(table["difference"].iloc[0]),
    )


def _input_sweep(level: float) -> DCSweep:
    return DCSweep("vinput", 0.0, level, level / 2)


#: Time of a synaptic operation [s], and the part of full scale by which its result may be off.
OPERATION, OFF = 1e-9, 0.1


def _product_reliability(cell: DifferentialSynapse) -> Reliability:
    found = bench_differential_synapse(cell).attrs
    moved = read_disturbance(cell.memristor(), -READ * cell.supply_voltage, OPERATION)
    return Reliability("product within 10 %", found["error_rate"], disturb=moved, without=NO_DRIFT)


@cell_bench(DifferentialSynapse, point=_multiplied, reliability=_product_reliability)
def bench_differential_synapse(
    cell: DifferentialSynapse,
    weights: Annotated[
        Sequence[float] | None, Range("1", "weights; default: from -1 to 1, the cell's own among them")
    ] = None,
    voltage: Annotated[float | None, Quantity("V", "input voltage; default: a tenth of the supply")] = None,
) -> pd.DataFrame:
    """Difference of the column currents over the weight, beside the ideal product, and its noise."""
    values = sorted({*(np.linspace(-1, 1, 9).tolist() if weights is None else weights), cell.weight})
    level = READ * cell.supply_voltage if voltage is None else voltage
    cells = [cell.replace(weight=weight) for weight in values]
    circuits = [made.subcircuit(name=f"synapse{k}") for k, made in enumerate(cells)]
    lines = [f"* {cell!r}", definitions(circuits), f"Vword word 0 {cell.supply_voltage!r}", "Vinput input 0 0"]
    for k, circuit in enumerate(circuits):
        lines += [f"Vplus{k} plus{k} 0 0", f"Vminus{k} minus{k} 0 0"]
        lines.append(circuit.instance(str(k), ["input", "word", f"plus{k}", f"minus{k}", "0"]))
    run = ngspice.run("\n".join(lines), _input_sweep(level))
    last = run.iloc[-1]
    # A column's source takes in the current that leaves the cell.
    difference = np.array([last[f"i(vplus{k})"] - last[f"i(vminus{k})"] for k in range(len(values))])
    span = 1 / cell.resistance_on - 1 / cell.resistance_off
    ideal = np.array(values) * span * level
    power = [level * (last[f"i(vplus{k})"] + last[f"i(vminus{k})"]) for k in range(len(values))]
    own = values.index(cell.weight)
    energy = float(power[own]) * OPERATION
    full = float(np.max(np.abs(ideal)))
    errors = np.abs(difference - ideal) / full
    noises = np.array([product_noise(made, level, OPERATION) for made in cells])
    rates = norm.sf((OFF - errors) / noises) + norm.sf((OFF + errors) / noises)
    error, rate = float(errors.max()), float(rates.max())
    return cell_table(
        cell,
        {
            "weight": (values, "1", "weight"),
            "difference": (difference, "A", "current of the positive less that of the negative column"),
            "ideal": (ideal, "A", "product of weight, input and range of conductance"),
            "power": (power, "W", "power from the input"),
            "noise": (noises * span * level, "A", "standard deviation of the difference in an operation of 1 ns"),
            "error_rate": (
                rates,
                "1",
                "probability that noise takes it more than a tenth of full scale off the product",
            ),
        },
        costs=[Cost("synaptic operation of 1 ns", OPERATION, 0.0, energy, energy, 0.0)],
        voltage=level,
        error=error,
        thermal_noise=True,
        error_rate=rate,
        works=bool(error < OFF and np.all(np.diff(difference) > 0) and rate <= DESIGN_ERROR_RATE),
        criterion="the difference rises with the weight, within 10 % of full scale of the ideal product; with noise at "
        f"most {DESIGN_ERROR_RATE:g} of the operations are further off",
    )


@dataclass(frozen=True)
class _Pair:
    """Two spikes with tails on both sides of a synapse, the presynaptic one at a time."""

    cell: STDPSynapse
    time_constant: float
    height: float
    width: float
    longest: float

    @property
    def origin(self) -> float:
        """Time of the presynaptic spike [s]."""
        return self.longest + 2 * self.width

    def spike(self, delay: float) -> tuple[str, str]:
        """A pulse, and after it a fall that comes back exponentially: sources in series."""
        edge, at = self.width / 50, self.origin + delay
        pulse = f"0 {self.cell.threshold!r} {at:.9g} {edge!r} {edge!r} {self.width!r} 1"
        begin = at + self.width + 2 * edge
        return pulse, f"0 {-self.height!r} {begin:.9g} {edge / 5!r} {begin + edge:.9g} {self.time_constant!r}"

    def lines(self, delay: float) -> list[str]:
        """The sources, the postsynaptic spike after a delay."""
        lines = [f"Venable enable 0 {self.cell.supply_voltage!r}"]
        for side, after in (("pre", 0.0), ("post", delay)):
            pulse, tail = self.spike(after)
            lines += [f"V{side} {side} {side}_tail pulse({pulse})", f"V{side}_tail {side}_tail 0 exp({tail})"]
        return lines

    def alterations(self, delay: float) -> list[str]:
        """Commands that move the postsynaptic spike."""
        pulse, tail = self.spike(delay)
        return [f"alter @vpost[pulse] = [ {pulse} ]", f"alter @vpost_tail[exp] = [ {tail} ]"]

    def analysis(self) -> Transient:
        """The transient."""
        duration = self.origin + self.longest + 6 * self.time_constant
        return Transient(self.width / 20, duration, max_step=self.width / 10)


#: Time constant of a spike's tail, and width of its pulse. [s]
TAIL, PULSE = 100e-9, 5e-9


def _potentiated(cell: STDPSynapse) -> Point:
    """Change of the state by a pair of spikes a third of a time constant apart."""
    delay = 0.3 * TAIL
    pair = _Pair(cell, TAIL, 0.5 * cell.threshold, PULSE, delay)
    return Point(
        pair.lines(delay),
        pair.analysis(),
        {
            "before": f"find v(x1.cell_x) at={pair.origin / 2!r}",
            "after": f"find v(x1.cell_x) at={pair.analysis().duration * 0.999!r}",
            "change": "param='before - after'",
        },
        "1",
        {"delays": [delay]},
        lambda table: float(table["change"].iloc[0]),
    )


@cell_bench(STDPSynapse, point=_potentiated, reliability=plasticity_reliability)
def bench_stdp_synapse(
    cell: STDPSynapse,
    delays: Annotated[
        Sequence[float] | None, Range("s", "postsynaptic less presynaptic time; default: both signs")
    ] = None,
    time_constant: Annotated[float, Quantity("s", "time constant of a spike's tail", positive=True)] = TAIL,
    tail: Annotated[float | None, Quantity("V", "height of the tail; default: half the threshold")] = None,
    width: Annotated[float, Quantity("s", "width of a spike's pulse", positive=True)] = PULSE,
) -> pd.DataFrame:
    """Change of the state by one pair of spikes over the time between them, with exponentials through it."""
    height = 0.5 * cell.threshold if tail is None else tail
    half = np.array([0.15, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0]) * time_constant
    values = np.concatenate([-half[::-1], half]) if delays is None else np.asarray(delays, float)
    pair = _Pair(cell, time_constant, height, width, float(np.max(np.abs(values))))
    circuit, analysis = cell.subcircuit(meters=True), pair.analysis()
    runs = run_bench(
        cell,
        pair.lines(0.0),
        [(pair.alterations(value), analysis) for value in values.tolist()],
        circuit=circuit,
    )
    # x counts from on to off: conductance grows as it falls.
    changes = np.array([run["v(x1.cell_x)"].iloc[0] - run["v(x1.cell_x)"].iloc[-1] for run in runs])
    after = _exponential(values[values > 0], changes[values > 0])
    before = _exponential(values[values < 0], changes[values < 0])
    fitted = np.where(
        values > 0,
        after[0] * np.exp(-np.abs(values) / after[1]),
        before[0] * np.exp(-np.abs(values) / before[1]),
    )
    residual = float(np.max(np.abs(fitted - changes)) / np.max(np.abs(changes)))
    spent = energies(runs[-1], circuit, {"vpre": "pre", "vpost": "post", "venable": "enable"})
    return cell_table(
        cell,
        {
            "delay": (values, "s", "postsynaptic less presynaptic time"),
            "change": (changes, "1", "change of the state towards the on state"),
            "fitted": (fitted, "1", "exponential through the changes of this sign of the delay"),
        },
        costs=[Cost.of("pair of spikes", width, spent)],
        time_constant=time_constant,
        fitted_time_constants=[before[1], after[1]],
        residual=residual,
        works=bool(np.all(changes[values > 0] > 0) and np.all(changes[values < 0] < 0) and residual < 0.1),
        criterion="potentiation for positive, depression for negative delays, exponential to a tenth of the largest",
    )


def _exponential(delays: np.ndarray, changes: np.ndarray) -> tuple[float, float]:
    """Height and time constant of an exponential fall of the changes with the size of the delay; NaN for too few."""
    from scipy.optimize import curve_fit

    if len(delays) < 2:
        return math.nan, math.nan

    size = np.abs(delays)
    scale = float(np.median(size))
    start = (changes[np.argmin(size)] * 1.2, 1.0)
    found, _ = curve_fit(lambda t, height, tau: height * np.exp(-t / tau), size / scale, changes, p0=start)
    return float(found[0]), float(found[1]) * scale
