"""Standard benches of the synapses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ...circuits.cells.subcircuits import definitions
from ...circuits.cells.synapses import DifferentialSynapse, MemristorBitCell, MTJBitCell, STDPSynapse
from ...circuits.engine import ngspice
from ...circuits.engine.analyses import DCSweep, Transient
from ...devices.simulation.newton import voltage_at_current
from ..arguments import Quantity, Range
from .bench import cell_bench
from .standard import NOISY, SMALL, Cost, cell_table, energies, run_bench

#: Voltage at which cells are read, in units of the supply.
READ = 0.1
#: Largest current with which an antiparallel junction is read, in units of the critical one. It leaves (1 - 1/3)^2 of
#: the barrier: of 43 k_B T enough for less than one disturbed in 10^6 reads of 15 ns.
UNDISTURBED = 1 / 3


@cell_bench(MemristorBitCell)
def bench_memristor_bit_cell(
    cell: MemristorBitCell,
) -> pd.DataFrame:
    """Resistance after a set and a reset, and what each costs."""
    return _write_and_read(cell, ("initial", "set", "reset"), 10 * cell.switching_time)


@cell_bench(MTJBitCell)
def bench_mtj_bit_cell(
    cell: MTJBitCell,
) -> pd.DataFrame:
    """Resistance after writing the antiparallel and the parallel state, and what each costs."""
    return _write_and_read(cell, ("initial", "antiparallel", "parallel"), 15e-9)


def _read_voltage(cell: MemristorBitCell | MTJBitCell) -> float:
    """Voltage at which a cell is read [V], without writing it."""
    wanted = READ * cell.supply_voltage
    if isinstance(cell, MemristorBitCell):
        return wanted
    junction = cell.junction()
    antiparallel = junction.replace(**junction.reference_states()["antiparallel"])
    return min(wanted, voltage_at_current(antiparallel, UNDISTURBED * junction.critical_current_to_parallel))


def _write_and_read(cell: MemristorBitCell | MTJBitCell, steps: tuple[str, str, str], width: float) -> pd.DataFrame:
    """Read, write the one state, read, write the other, read: one transient, a row for each."""
    supply, reading, edge = cell.supply_voltage, _read_voltage(cell), 0.02 * width
    # The first write of a junction is from source to bit, that of a memristor from bit to source.
    lines_written = ("source", "bit") if isinstance(cell, MTJBitCell) else ("bit", "source")
    pulses: dict[str, list[tuple[float, float]]] = {"bit": [(0.0, 0.0)], "source": [(0.0, 0.0)], "word": [(0.0, 0.0)]}

    def pulse(line: str, start: float, level: float) -> None:
        pulses[line] += [(start, 0.0), (start + edge, level), (start + width, level), (start + width + edge, 0.0)]

    period = 1.5 * width
    starts = [0.2 * width + k * period for k in range(5)]
    for k, start in enumerate(starts):
        pulse("word", start, supply)
        if k % 2:
            pulse(lines_written[k // 2], start, supply)
        else:
            pulse("bit", start, reading)
    sources = [
        f"V{name} {name} 0 pwl({' '.join(f'{t:.9g} {v:.9g}' for t, v in points)})" for name, points in pulses.items()
    ]
    circuit = cell.subcircuit(meters=True)
    duration = starts[-1] + period
    step = cell.noise_step if isinstance(cell, MTJBitCell) else width / 1000
    (run,) = run_bench(
        cell,
        sources,
        Transient(step, duration, max_step=step),
        circuit=circuit,
        options=NOISY if isinstance(cell, MTJBitCell) else {},
    )
    time = run["time"].to_numpy()
    device = circuit.meters[0].device
    voltage = run["v(bit)"].to_numpy()
    current = run[f"i(v.x1.v_{device}_{'p' if isinstance(cell, MTJBitCell) else 'n'})"].to_numpy()
    resistances, read_energies, write_energies, delays = [], [], [0.0], [0.0]
    for k, start in enumerate(starts):
        spent = energies(run, circuit, {f"v{name}": name for name in pulses}, start, start + 1.2 * width)
        if k % 2 == 0:
            at = start + 0.9 * width
            resistances.append(float(np.interp(at, time, voltage) / np.interp(at, time, current)))
            read_energies.append(spent["inputs"])
        else:
            write_energies.append(spent["inputs"])
            delays.append(_switching_delay(run, circuit.meters[0].device, start, start + 1.2 * width))
            last = spent
    first, second, third = resistances
    ratio = second / first if isinstance(cell, MTJBitCell) else first / second
    back = third / first
    return cell_table(
        cell,
        {
            "step": (list(steps), "1", "state that was written"),
            "resistance": (resistances, "ohm", "resistance of the cell, read"),
            "write_energy": (write_energies, "J", "energy of the write, all lines"),
            "write_delay": (delays, "s", "time from the pulse's start until the state has moved half way"),
            "read_energy": (read_energies, "J", "energy of the read"),
        },
        costs=[
            Cost.of(f"write {steps[2]}", delays[-1], last),
            Cost("read", width, 0.0, read_energies[-1], read_energies[-1], 0.0),
        ],
        ratio=ratio,
        works=bool(ratio > (1.3 if isinstance(cell, MTJBitCell) else 5.0) and 0.8 < back < 1.25),
        criterion="the first write changes the resistance, by a factor of 5 (junction: 1.3), the second restores it",
    )


def _switching_delay(run: pd.DataFrame, device: str, start: float, end: float) -> float:
    """Time after the start at which the state of a device has moved half of its way in a part of a transient."""
    name = f"v(x1.{device}_m_z)" if f"v(x1.{device}_m_z)" in run else f"v(x1.{device}_x)"
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time, state = part["time"].to_numpy(), part[name].to_numpy()
    middle = (state[0] + state[-1]) / 2
    passed = np.flatnonzero((state - middle) * (state[0] - middle) <= 0)
    return float(time[passed[0]] - start) if len(passed) else float("nan")


@cell_bench(DifferentialSynapse)
def bench_differential_synapse(
    cell: DifferentialSynapse,
    weights: Annotated[
        Sequence[float] | None, Range("1", "weights; default: from -1 to 1, the cell's own among them")
    ] = None,
    voltage: Annotated[float | None, Quantity("V", "input voltage; default: a tenth of the supply")] = None,
) -> pd.DataFrame:
    """Difference of the column currents over the weight, beside the ideal product."""
    values = sorted({*(np.linspace(-1, 1, 9).tolist() if weights is None else weights), cell.weight})
    level = READ * cell.supply_voltage if voltage is None else voltage
    cells = [cell.replace(weight=weight) for weight in values]
    circuits = [made.subcircuit(name=f"synapse{k}") for k, made in enumerate(cells)]
    lines = [f"* {cell!r}", definitions(circuits), f"Vword word 0 {cell.supply_voltage!r}", "Vinput input 0 0"]
    for k, circuit in enumerate(circuits):
        lines += [f"Vplus{k} plus{k} 0 0", f"Vminus{k} minus{k} 0 0"]
        lines.append(circuit.instance(str(k), ["input", "word", f"plus{k}", f"minus{k}", "0"]))
    sweep = DCSweep("vinput", 0.0, level, level / 2)
    run = ngspice.run("\n".join(lines), sweep, options={"temp": cell.celsius, **SMALL, "reltol": 1e-6})
    last = run.iloc[-1]
    # A column's source takes in the current that leaves the cell.
    difference = np.array([last[f"i(vplus{k})"] - last[f"i(vminus{k})"] for k in range(len(values))])
    span = 1 / cell.resistance_on - 1 / cell.resistance_off
    ideal = np.array(values) * span * level
    power = [level * (last[f"i(vplus{k})"] + last[f"i(vminus{k})"]) for k in range(len(values))]
    own = values.index(cell.weight)
    read = 1e-9
    energy = float(power[own]) * read
    error = float(np.max(np.abs(difference - ideal)) / np.max(np.abs(ideal)))
    return cell_table(
        cell,
        {
            "weight": (values, "1", "weight"),
            "difference": (difference, "A", "current of the positive less that of the negative column"),
            "ideal": (ideal, "A", "product of weight, input and range of conductance"),
            "power": (power, "W", "power from the input"),
        },
        costs=[Cost("synaptic operation of 1 ns", read, 0.0, energy, energy, 0.0)],
        voltage=level,
        error=error,
        works=bool(error < 0.1 and np.all(np.diff(difference) > 0)),
        criterion="the difference rises with the weight, within 10 % of full scale of the ideal product",
    )


@cell_bench(STDPSynapse)
def bench_stdp_synapse(
    cell: STDPSynapse,
    delays: Annotated[
        Sequence[float] | None, Range("s", "postsynaptic less presynaptic time; default: both signs")
    ] = None,
    time_constant: Annotated[float, Quantity("s", "time constant of a spike's tail", positive=True)] = 100e-9,
    tail: Annotated[float | None, Quantity("V", "height of the tail; default: half the threshold")] = None,
    width: Annotated[float, Quantity("s", "width of a spike's pulse", positive=True)] = 5e-9,
) -> pd.DataFrame:
    """Change of the state by one pair of spikes over the time between them, with exponentials through it."""
    height = 0.5 * cell.threshold if tail is None else tail
    half = np.array([0.15, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0]) * time_constant
    values = np.concatenate([-half[::-1], half]) if delays is None else np.asarray(delays, float)
    longest = float(np.max(np.abs(values)))
    origin = longest + 2 * width
    duration = origin + longest + 6 * time_constant
    edge = width / 50

    def spike(at: float) -> tuple[str, str]:
        """A pulse, and after it a fall that comes back exponentially: sources in series."""
        pulse = f"0 {cell.threshold!r} {at:.9g} {edge!r} {edge!r} {width!r} 1"
        begin = at + width + 2 * edge
        return pulse, f"0 {-height!r} {begin:.9g} {edge / 5!r} {begin + edge:.9g} {time_constant!r}"

    def alterations(delay: float) -> list[str]:
        pulse, tail_ = spike(origin + delay)
        return [f"alter @vpost[pulse] = [ {pulse} ]", f"alter @vpost_tail[exp] = [ {tail_} ]"]

    lines = [f"Venable enable 0 {cell.supply_voltage!r}"]
    for side in ("pre", "post"):
        pulse, tail_ = spike(origin)
        lines += [f"V{side} {side} {side}_tail pulse({pulse})", f"V{side}_tail {side}_tail 0 exp({tail_})"]
    circuit = cell.subcircuit(meters=True)
    runs = run_bench(
        cell,
        lines,
        [(alterations(value), Transient(width / 20, duration, max_step=width / 10)) for value in values.tolist()],
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
    """Height and time constant of an exponential fall of the changes with the size of the delay."""
    from scipy.optimize import curve_fit

    size = np.abs(delays)
    scale = float(np.median(size))
    start = (changes[np.argmin(size)] * 1.2, 1.0)
    found, _ = curve_fit(lambda t, height, tau: height * np.exp(-t / tau), size / scale, changes, p0=start)
    return float(found[0]), float(found[1]) * scale
