"""Standard benches of the synapses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.building.subcircuits import definitions
from ....circuits.cells.memories.memories import LONGEST
from ....circuits.cells.synapses.synapses import DifferentialSynapse, MemristorBitCell, MTJBitCell
from ....circuits.engine import ngspice
from ....circuits.engine.analyses import DCSweep, Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.errors import ParameterError
from ....devices.language.quantity import format_si
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, delivered, told
from ..point import Point
from ..reliable import READS, Reliability
from ..standard import cell_table, energies, half_way, mean, run_bench
from ..standing import shown_state, told_state
from ..waveforms import keep
from .writing import (
    EDGE,
    SOURCES,
    JunctionErrors,
    Writing,
    junction_reliability,
    memristor_reliability,
    no_drift,
    product_noise,
    read_disturbance,
    read_margin,
    setting,
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
    steps, told = ("initial", "antiparallel", "parallel"), "that the write fails"
    try:
        found = JunctionErrors.of(cell)
    except ParameterError as reason:  # no Fokker-Planck equation of this junction
        return _write_and_read(cell, _Surely([math.nan] * 3, told, math.nan, str(reason)), steps, retention=math.nan)
    rates = [math.nan, *(found.writes[state] for state in steps[1:])]
    return _write_and_read(cell, _Surely(rates, told, found.disturb), steps, retention=found.retention)


@dataclass(frozen=True)
class _Surely:
    """Error rates of the steps, of what; what many reads do to a state; and why these are not known, if not."""

    rates: list[float]
    told: str
    disturb: float
    unknown: str | None = None


def _write_and_read(
    cell: MemristorBitCell | MTJBitCell, surely: _Surely, steps: tuple[str, str, str], **attributes: float
) -> pd.DataFrame:
    """Read, write the one state, read, write the other, read: one transient, a row for each."""
    writing, circuit = Writing(cell), cell.subcircuit(meters=True, for_bench=True)
    width = writing.width
    (run,) = run_bench(cell, writing.lines(), writing.analysis(), circuit=circuit)
    (meter,) = (meter for meter in circuit.meters if meter.node == "bit")
    device, current = meter.device, f"i(v.x1.{meter.source})".lower()
    standing = cell.junction if isinstance(cell, MTJBitCell) else cell.memristor
    state = f"v(x1.{device}_{shown_state(standing)})"
    resistances, read_energies, write_energies, delays, costs = [], [], [0.0], [0.0], []
    for k, start in enumerate(writing.starts):
        spent = energies(run, circuit, SOURCES, start, start + 1.2 * width)
        if k % 2 == 0:
            begin, end = writing.reading(k)
            resistances.append(mean(run, "v(bit)", begin, end) / mean(run, current, begin, end))
            read_energies.append(spent["inputs"])
            at = f"{told('read voltage', writing.read_voltage, 'V')}, {steps[k // 2]}"
            around = {"driver": 2, "TIA": 1, "ADC": 1}
            costs.append(Cost.of("read", at, spent, duration=width, periphery=around))
        else:
            write_energies.append(spent["inputs"])
            delays.append(_switching_delay(run, state, start, start + 1.2 * width) - 0.5 * EDGE * width)
            name, at = f"write {steps[k // 2 + 1]}", told("pulse", cell.supply_voltage, "V")
            costs.append(Cost.of(name, at, spent, delay=delays[-1], duration=width, periphery={"driver": 2}))
    first, second, third = resistances
    ratio = second / first if isinstance(cell, MTJBitCell) else first / second
    back, least = third / first, 1.3 if isinstance(cell, MTJBitCell) else 5.0
    error = math.nan if surely.unknown else float(np.nanmax(surely.rates))
    sure = not surely.unknown and max(error, surely.disturb) <= DESIGN_ERROR_RATE
    return cell_table(
        cell,
        {
            "step": (list(steps), "1", "state that was written"),
            "resistance": (resistances, "ohm", "resistance of the cell, read"),
            "write_energy": (write_energies, "J", "energy of the write, all lines"),
            "write_delay": (delays, "s", "from half of the pulse's edge until the state has moved half way"),
            "read_energy": (read_energies, "J", "energy of the read"),
            "error_rate": (surely.rates, "1", f"probability {surely.told}, with thermal noise"),
        },
        costs=costs,
        waveforms=keep(
            run,
            "read, write, read, write, read",
            {
                ("Word line", "V"): {"": "v(word)"},
                ("Bit less source line", "V"): {"": run["v(bit)"] - run["v(source)"]},
                ("Current of the device", "A"): {"": current},
                told_state(standing): {"": state},
            },
        ),
        ratio=ratio,
        thermal_noise=True,
        error_rate=error,
        disturb=surely.disturb,
        works=bool(ratio > least and 0.8 < back < 1.25) and sure,
        reason=_why_not(writing, ratio, least, back, surely),
        criterion="the first write changes the resistance, by a factor of 5 (junction: 1.3), the second restores it; "
        f"the probability {surely.told}, and that {READS:.0e} reads change a state, is at most {DESIGN_ERROR_RATE:g}",
        **attributes,
    )


def _why_not(writing: Writing, ratio: float, least: float, back: float, surely: _Surely) -> str | None:
    """Why a bit cell does not work; None if it does."""
    cell = writing.cell
    if isinstance(cell, MemristorBitCell) and cell.is_other("memristor") and not math.isfinite(writing.needed):
        return (
            f"a supply of {cell.supply_voltage:g} V, less what the transistor takes, does not switch "
            f"{cell.memristor.model_name()} both ways within {format_si(LONGEST, 's')}"
        )
    if not ratio > least:
        return f"the first write changes the resistance by a factor of {ratio:.3g} only"
    if not 0.8 < back < 1.25:
        return f"after the second write the resistance is {back:.3g} times that at the start: it does not come back"
    if surely.unknown:
        return f"how surely it is written is not known: {surely.unknown}"
    error = float(np.nanmax(surely.rates))
    if error > DESIGN_ERROR_RATE:
        return f"the probability {surely.told} is {error:.2g}"
    return f"reads disturb it: by {surely.disturb:.2g}" if surely.disturb > DESIGN_ERROR_RATE else None


def _switching_delay(run: pd.DataFrame, vector: str, start: float, end: float) -> float:
    """Time after the start at which the state of a device has moved half of its way in a part of a transient."""
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time, state = part["time"].to_numpy(), part[vector].to_numpy()
    middle = (state[0] + state[-1]) / 2
    passed = np.flatnonzero((state - middle) * (state[0] - middle) <= 0)
    # A state that is there from the beginning has not been moved.
    return float(time[passed[0]] - start) if len(passed) and passed[0] > 0 else float("nan")


def _multiplied(cell: DifferentialSynapse) -> Point:
    """Difference of the currents at the cell's own weight."""
    level = cell.read_voltage
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


#: Begin, edges and length of the input's pulse in a synaptic operation. [s]
BEGIN, RISE, OPERATION = 0.2e-9, 20e-12, 1e-9


def _input_sweep(level: float) -> DCSweep:
    return DCSweep("vinput", 0.0, level, level / 2)


#: Time of a synaptic operation [s], and the part of full scale by which its result may be off.
OPERATION, OFF = 1e-9, 0.1


def _why_no_product(error: float, difference: np.ndarray, rate: float) -> str | None:
    """Why a synapse does not multiply; None if it does."""
    if not error < OFF:
        return (
            f"the difference is up to {100 * error:.3g} % of full scale off: the transistors' resistance, and the "
            "memristor's dependence on the voltage"
        )
    if not np.all(np.diff(difference) > 0):
        return "the difference does not rise with the weight"
    return f"with noise {rate:.2g} of the operations are too far off" if rate > DESIGN_ERROR_RATE else None


def _product_reliability(cell: DifferentialSynapse) -> Reliability:
    found = bench_differential_synapse(cell).attrs
    moved = read_disturbance(cell.memristor, setting(cell.memristor, cell.read_voltage), OPERATION)
    return Reliability("product within 10 %", found["error_rate"], disturb=moved, without=no_drift(cell.memristor))


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
    level = cell.read_voltage if voltage is None else voltage
    if level == 0:
        raise ParameterError("voltage must not be 0 V: without an input there is no product")
    cells = [cell.replace(weight=weight) for weight in values]
    circuits = [made.subcircuit(name=f"synapse{k}", for_bench=True) for k, made in enumerate(cells)]
    # The sweep is of the source's level at rest; the pulse is what the transient has.
    pulse = f"pulse(0 {level!r} {BEGIN!r} {RISE!r} {RISE!r} {OPERATION - RISE!r} 1)"
    lines = [f"* {cell!r}", definitions(circuits), f"Vword word 0 {cell.supply_voltage!r}"]
    lines.append(f"Vinput input 0 dc 0 {pulse}")
    for k, circuit in enumerate(circuits):
        lines += [f"Vplus{k} plus{k} 0 0", f"Vminus{k} minus{k} 0 0"]
        lines.append(circuit.instance(str(k), ["input", "word", f"plus{k}", f"minus{k}", "0"]))
    transient = Transient(RISE / 4, BEGIN + 1.5 * OPERATION, max_step=RISE / 4)
    files = dict.fromkeys(file for circuit in circuits for file in circuit.files)
    run, pulsed = ngspice.run_series("\n".join(lines), [((), _input_sweep(level)), ((), transient)], osdi=files)
    last, time = run.iloc[-1], pulsed["time"].to_numpy()
    # A column's source takes in the current that leaves the cell.
    difference = np.array([last[f"i(vplus{k})"] - last[f"i(vminus{k})"] for k in range(len(values))])
    on, off = cell.conductance_range
    span = on - off
    ideal = np.array(values) * span * level
    power = [level * (last[f"i(vplus{k})"] + last[f"i(vminus{k})"]) for k in range(len(values))]
    own, costs = values.index(cell.weight), []
    for k, weight in enumerate(values):
        into = pulsed["v(input)"].to_numpy() * (pulsed[f"i(vplus{k})"] + pulsed[f"i(vminus{k})"]).to_numpy()
        energy, back = delivered(time, into)
        # Of the larger of both currents: where they are equal, their difference has no edge.
        larger = f"i(v{'plus' if weight >= 0 else 'minus'}{k})"
        delay = half_way(time, np.abs(pulsed[larger].to_numpy()), 0.0, BEGIN + OPERATION / 2) - BEGIN - RISE / 2
        spent = {"supply": 0.0, "inputs": energy, "devices": energy - back, "cmos": 0.0, "returned": back}
        at = f"{told('weight', weight, '1')}, {told('input', level, 'V')}"
        around = {"DAC": 1, "driver": 1, "TIA": 2, "ADC": 1}
        costs.append(
            Cost.of("synaptic operation of 1 ns", at, spent, delay=delay, duration=OPERATION, periphery=around)
        )
    full = float(np.max(np.abs(ideal)))
    errors = np.abs(difference - ideal) / full
    noises = np.array([product_noise(made, level, OPERATION) for made in cells])
    rates = normal_sf((OFF - errors) / noises) + normal_sf((OFF + errors) / noises)
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
        costs=costs,
        waveforms=keep(
            pulsed,
            costs[own].at,
            {
                ("Input", "V"): {"": "v(input)"},
                ("Column currents", "A"): {"plus": f"i(vplus{own})", "minus": f"i(vminus{own})"},
            },
        ),
        voltage=level,
        error=error,
        thermal_noise=True,
        error_rate=rate,
        works=bool(error < OFF and np.all(np.diff(difference) > 0) and rate <= DESIGN_ERROR_RATE),
        reason=_why_no_product(error, difference, rate),
        criterion="the difference rises with the weight, within 10 % of full scale of the ideal product; with noise at "
        f"most {DESIGN_ERROR_RATE:g} of the operations are further off",
    )
