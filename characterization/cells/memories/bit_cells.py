"""Standard benches of the bit cells of one device."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.memories.junction_cell import MTJBitCell
from ....circuits.cells.memories.memories import LONGEST
from ....circuits.cells.memories.memristor_cells import MemristorBitCell, TransmissionGateBitCell
from ....circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from ....devices.core.metadata import Column
from ....devices.language.errors import ParameterError
from ....devices.language.quantities.quantity import format_si
from ..bench import cell_bench
from ..cost import Cost, told
from ..reliable import READS
from ..standard import cell_table, energies, mean, run_bench
from ..standing import shown_state, told_state
from ..waveforms import Panels, keep
from .writing import (
    EDGE,
    BitCell,
    JunctionErrors,
    Writing,
    junction_reliability,
    memristor_reliability,
    read_margin,
)


@cell_bench(MemristorBitCell, point=lambda cell: Writing(cell).point(), reliability=memristor_reliability)
def bench_memristor_bit_cell(
    cell: MemristorBitCell,
) -> pd.DataFrame:
    """Resistance after a set and a reset, what each costs, and how far above its noise a read tells them apart."""
    found, margin = memristor_reliability(cell), read_margin(cell)
    return write_and_read(
        cell,
        Surely([found.error_rate] * 3, "that a read takes the state for the other one", found.disturb),
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
        return write_and_read(cell, Surely([math.nan] * 3, told, math.nan, str(reason)), steps, retention=math.nan)
    rates = [math.nan, *(found.writes[state] for state in steps[1:])]
    return write_and_read(cell, Surely(rates, told, found.disturb), steps, retention=found.retention)


@cell_bench(TransmissionGateBitCell, point=lambda cell: Writing(cell).point(), reliability=memristor_reliability)
def bench_transmission_gate_bit_cell(
    cell: TransmissionGateBitCell,
) -> pd.DataFrame:
    """Resistance after a set and a reset, costs, and the voltage that the transistors take, beside one transistor."""
    found, margin, alone = memristor_reliability(cell), read_margin(cell), cell.one_transistor()
    lost, lost_alone = (
        [math.nan, *(made.supply_voltage - across for across in Writing(made).across("on", "on"))]
        for made in (cell, alone)
    )
    return write_and_read(
        cell,
        Surely([found.error_rate] * 3, "that a read takes the state for the other one", found.disturb),
        ("initial", "set", "reset"),
        {
            "lost_voltage": (lost, "V", "part of the supply that the gate takes while the memristor is on"),
            "lost_to_one": (lost_alone, "V", "part that the n-channel transistor alone would take"),
        },
        read_margin=margin,
    )


@dataclass(frozen=True)
class Surely:
    """Error rates of the steps, of what; what many reads do to a state; and why these are not known, if not."""

    rates: list[float]
    told: str
    disturb: float
    unknown: str | None = None


def write_and_read(
    cell: BitCell,
    surely: Surely,
    steps: tuple[str, str, str],
    more: Mapping[str, Column] | None = None,
    **attributes: float,
) -> pd.DataFrame:
    """Read, write the one state, read, write the other, read: one transient, a row for each.

    Parameters
    ----------
    cell : Cell
        The cell.
    surely : Surely
        How surely it does that.
    steps : tuple of str
        Names of the states: at the start, after the first write, after the second.
    more : Mapping, optional
        Further columns.
    **attributes
        More about the table.
    """
    writing, circuit = Writing(cell), cell.subcircuit(meters=True, for_bench=True)
    width = writing.width
    (run,) = run_bench(cell, writing.lines(), writing.analysis(), circuit=circuit)
    lines, magnetic = cell.lines, not isinstance(cell, MemristorBitCell)
    (meter,) = (meter for meter in circuit.meters if meter.node == lines.sensed)
    device, current = meter.device, f"i(v.x1.{meter.source})".lower()
    standing = cell.memristor if isinstance(cell, MemristorBitCell) else cell.junction
    state = f"v(x1.{device}_{shown_state(standing)})"
    resistances, read_energies, write_energies, delays, costs = [], [], [0.0], [0.0], []
    for k, start in enumerate(writing.starts):
        spent = energies(run, circuit, writing.sources, start, start + 1.2 * width)
        if k % 2 == 0:
            begin, end = writing.reading(k)
            resistances.append(mean(run, f"v({lines.read_line})", begin, end) / mean(run, current, begin, end))
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
    ratio, back, least = (second / first if magnetic else first / second), third / first, 1.3 if magnetic else 5.0
    error = math.nan if surely.unknown else float(np.nanmax(surely.rates))
    return cell_table(
        cell,
        {
            "step": (list(steps), "1", "state that was written"),
            "resistance": (resistances, "ohm", "resistance of the cell, read"),
            "write_energy": (write_energies, "J", "energy of the write, all lines"),
            "write_delay": (delays, "s", "from half of the pulse's edge until the state has moved half way"),
            "read_energy": (read_energies, "J", "energy of the read"),
            "error_rate": (surely.rates, "1", f"probability {surely.told}, with thermal noise"),
            **(more or {}),
        },
        costs=costs,
        waveforms=keep(
            run,
            "read, write, read, write, read",
            {
                **_shown(cell, run),
                ("Current of the device", "A"): {"": current},
                told_state(standing): {"": state},
            },
        ),
        ratio=ratio,
        thermal_noise=True,
        error_rate=error,
        disturb=surely.disturb,
        reason=_why_not(writing, ratio, least, back, surely),
        criterion="the first write changes the resistance, by a factor of 5 (junction: 1.3), the second restores it; "
        f"the probability {surely.told}, and that {READS:.0e} reads change a state, is at most {DESIGN_ERROR_RATE:g}",
        **attributes,
    )


def _shown(cell: BitCell, run: pd.DataFrame) -> Panels:
    """The lines of a cell."""
    if isinstance(cell, SpinOrbitBitCell):
        return {
            ("BL − SL write voltage", "V"): {"": run["v(write_bit)"] - run["v(source)"]},
            ("Read bit line", "V"): {"": "v(read_bit)"},
        }
    return {
        ("Word line", "V"): {"": "v(word)"},
        ("BL − SL voltage", "V"): {"": run["v(bit)"] - run["v(source)"]},
    }


def _why_not(writing: Writing, ratio: float, least: float, back: float, surely: Surely) -> str | None:
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
    if not error <= DESIGN_ERROR_RATE:
        return f"the probability {surely.told} is {error:.2g}"
    return None if surely.disturb <= DESIGN_ERROR_RATE else f"reads disturb it: by {surely.disturb:.2g}"


def _switching_delay(run: pd.DataFrame, vector: str, start: float, end: float) -> float:
    """Time after the start at which the state of a device has moved half of its way in a part of a transient."""
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time, state = part["time"].to_numpy(), part[vector].to_numpy()
    middle = (state[0] + state[-1]) / 2
    passed = np.flatnonzero((state - middle) * (state[0] - middle) <= 0)
    # A state that is there from the beginning has not been moved.
    return float(time[passed[0]] - start) if len(passed) and passed[0] > 0 else float("nan")
