"""Standard benches of sense amplifier and comparator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ...circuits.cells.building.declared import DESIGN_ERROR_RATE
from ...circuits.cells.logic.readout import LatchComparator, SenseAmplifier
from ...circuits.engine.analyses import Transient
from ...devices.core.metadata import Column
from ...devices.language.quantities.quantity import format_si
from ..arguments import Quantity, Range, Whole
from .bench import cell_bench
from .cost import Cost, told
from .errors.input_referred import NOT_COUNTED, Balance, Decision
from .point import Point
from .reliable import STATELESS, Reliability
from .standard import cell_table, crossings, energies, run_bench, why_not
from .waveforms import Panels, keep

#: A clock's cycle: low until ``START``, high for ``SENSING``, and low again for as long. [s]
START, SENSING = 0.5e-9, 3e-9
CYCLE = Transient(5e-12, START + 2 * SENSING, max_step=2e-11)
#: Difference of the outputs over the supply at which there is a decision.
APART = 0.8
#: Part of a cycle whose waveforms are kept, over the time of the slowest decision.
BEYOND = 5.0


def _clock(supply: float, start: float = START) -> str:
    edge = 20e-12
    return f"Vclock clock 0 pulse(0 {supply!r} {start!r} {edge!r} {edge!r} {SENSING - edge!r} 1)"


#: Right branch of the sense amplifier [ohm]; mean of the comparator's inputs over the supply.
RESISTANCE, COMMON = 10e3, 0.7
LOADS = ("Cload output 0 1f", "Cload_bar output_bar 0 1f")


def _branches(cell: SenseAmplifier, resistance: float, ratio: float, start: float = START) -> list[str]:
    return [
        _clock(cell.supply_voltage, start),
        f"Rleft left 0 {ratio * resistance!r}",
        f"Rright right 0 {resistance!r}",
        *LOADS,
    ]


def _inputs(cell: LatchComparator, common_mode: float, difference: float, start: float = START) -> list[str]:
    return [
        _clock(cell.supply_voltage, start),
        f"Vplus plus 0 {common_mode + difference / 2!r}",
        f"Vminus minus 0 {common_mode - difference / 2!r}",
        *LOADS,
    ]


def _decided(cell: SenseAmplifier | LatchComparator, lines: Sequence[str], settings: Mapping[str, Any]) -> Point:
    """Time of a decision for a high output."""
    supply = cell.supply_voltage
    return Point(
        [*lines, "Eapart apart 0 output output_bar 1"],
        CYCLE,
        {"delay": f"trig v(clock) val={supply / 2!r} rise=1 targ v(apart) val={APART * supply!r} rise=1"},
        "s",
        settings,
        lambda table: float(table["delay"].iloc[0]),
    )


#: The clock's edge where offset and noise are looked for, and the small inputs that are tried. [s, 1, V]
EARLY, SLIGHTLY, SLIGHT = 5e-11, 0.02, 1e-3


def sense_balance(cell: SenseAmplifier, resistance: float = RESISTANCE) -> Balance:
    """A sense amplifier between equal resistances; its input is the logarithm of the ratio of the left to the right."""

    def inputs(logarithm: float) -> list[str]:
        half = math.exp(logarithm / 2)
        return [f"alter rleft = {resistance * half!r}", f"alter rright = {resistance / half!r}"]

    sides = {"output": "output_bar", "x1.low_left": "x1.low_right", "left": "right"}
    thermal = dict.fromkeys(("left", "right"), 1 / resistance)
    return Balance(cell, _branches(cell, resistance, 1.0, EARLY), EARLY, inputs, SLIGHTLY, sides, thermal)


def comparator_balance(cell: LatchComparator, common_mode: float | None = None) -> Balance:
    """A comparator with equal inputs; its input is their difference."""
    centre = COMMON * cell.supply_voltage if common_mode is None else common_mode

    def inputs(difference: float) -> list[str]:
        return [f"alter vplus dc = {centre + difference / 2!r}", f"alter vminus dc = {centre - difference / 2!r}"]

    sides = {"output": "output_bar", "x1.low_b": "x1.low_a"}
    return Balance(cell, _inputs(cell, centre, 0.0, EARLY), EARLY, inputs, SLIGHT, sides, {})


def _sense_reliability(cell: SenseAmplifier) -> Reliability:
    error = sense_balance(cell).decision().error_rate(math.log(cell.smallest_ratio))
    return Reliability(f"decision on a ratio of {cell.smallest_ratio:g}", error, without=STATELESS)


def _comparator_reliability(cell: LatchComparator) -> Reliability:
    error = comparator_balance(cell).decision().error_rate(cell.smallest_difference)
    least = format_si(cell.smallest_difference, "V", 3)
    return Reliability(f"decision on {least}", error, without=STATELESS)


@cell_bench(
    SenseAmplifier,
    point=lambda cell: _decided(cell, _branches(cell, RESISTANCE, 2.0), {"ratios": [2.0]}),
    reliability=_sense_reliability,
)
def bench_sense_amplifier(
    cell: SenseAmplifier,
    resistance: Annotated[float, Quantity("ohm", "the right branch", positive=True)] = RESISTANCE,
    ratios: Annotated[Sequence[float], Range("1", "left resistance over right one", positive=True)] = (
        0.5,
        0.7,
        0.8,
        0.9,
        1.1,
        1.25,
        1.5,
        2.0,
    ),
) -> pd.DataFrame:
    """Decision, its error rate, delay and energy over the ratio of the left resistance to the right one."""
    lines = _branches(cell, resistance, 1.0)
    runs = [([f"alter rleft = {ratio * resistance!r}"], CYCLE) for ratio in ratios]
    swept = {"ratio": (list(ratios), "1", "left resistance over right one")}
    decision = sense_balance(cell, resistance).decision()
    margins, least = np.log(np.asarray(ratios, float)), math.log(cell.smallest_ratio)
    small = f"a ratio of {math.exp(SLIGHTLY):.3g}"
    judged = _Judged(decision, small, least, f"a ratio of {cell.smallest_ratio:g}")
    table = _decisions(cell, lines, runs, margins, swept, judged)
    table.attrs["resistance"] = resistance
    return table


def _compared(cell: LatchComparator) -> Point:
    return _decided(cell, _inputs(cell, COMMON * cell.supply_voltage, 0.01), {"differences": [0.01]})


@cell_bench(LatchComparator, point=_compared, reliability=_comparator_reliability)
def bench_latch_comparator(
    cell: LatchComparator,
    differences: Annotated[Sequence[float], Range("V", "plus minus minus")] = (
        -0.1,
        -0.03,
        -0.01,
        -1e-3,
        1e-3,
        0.01,
        0.03,
        0.1,
    ),
    common_mode: Annotated[float | None, Quantity("V", "mean of both inputs; default: 0.7 of the supply")] = None,
    mismatch: Annotated[int | None, Whole("seed of the transistors' random threshold shifts; default: none")] = None,
) -> pd.DataFrame:
    """Decision, its error rate, delay and energy over the difference of the inputs."""
    centre = COMMON * cell.supply_voltage if common_mode is None else common_mode
    lines = _inputs(cell, centre, 0.0)
    runs = [
        (
            [f"alter vplus dc = {centre + value / 2!r}", f"alter vminus dc = {centre - value / 2!r}"],
            CYCLE,
        )
        for value in differences
    ]
    values = np.asarray(differences, float)
    swept = {"difference": (values, "V", "difference of the inputs")}
    least = format_si(cell.smallest_difference, "V", 3)
    small = f"a difference of {format_si(SLIGHT, 'V')}"
    decision = comparator_balance(cell, centre).decision()
    judged = _Judged(decision, small, cell.smallest_difference, f"a difference of {least}")
    table = _decisions(cell, lines, runs, values, swept, judged, {"vplus": "plus", "vminus": "minus"}, mismatch)
    measured = np.isfinite(table["delay"].to_numpy()) & (values != 0)
    logarithms = -np.log(np.abs(values[measured]))
    spread = len(logarithms) > 1 and np.ptp(logarithms) > 0.1
    slope = np.polyfit(logarithms, table["delay"].to_numpy()[measured], 1)[0] if spread else math.nan
    table.attrs["regeneration_time"] = float(slope)
    return table


@dataclass(frozen=True)
class _Judged:
    """How a cell's decisions are judged.

    Attributes
    ----------
    decision : Decision
        Their spread.
    small : str
        The small input that they were measured with.
    smallest, told : float, str
        The smallest input on which they must be right: as a number, in words.
    """

    decision: Decision
    small: str
    smallest: float
    told: str


def _decisions(
    cell: SenseAmplifier | LatchComparator,
    lines: Sequence[str],
    runs: Sequence[tuple[Sequence[str], Transient]],
    inputs: np.ndarray,
    swept: Mapping[str, Column],
    judged: _Judged,
    sources: dict[str, str] | None = None,
    mismatch: int | None = None,
) -> pd.DataFrame:
    """Decisions of a clocked cell in every run, their time and their energy."""
    circuit, supply = cell.subcircuit(meters=True, mismatch=mismatch, for_bench=True), cell.supply_voltage
    delays, decisions, spents, halves = [], [], [], []
    simulated = run_bench(cell, lines, runs, circuit=circuit)
    for run in simulated:
        time, high, low = (run[name].to_numpy() for name in ("time", "v(output)", "v(output_bar)"))
        start = crossings(time, run["v(clock)"].to_numpy(), supply / 2)[0]
        settled = crossings(time, np.abs(high - low), APART * supply)
        settled = settled[settled > start]
        final = float(np.interp(START + 0.95 * SENSING, time, high - low))
        halves.append(_half_apart(time, np.abs(high - low), supply, start))
        decided = abs(final) > APART * supply and len(settled) > 0
        decisions.append(float(final > 0) if decided else math.nan)
        delays.append(float(settled[0] - start) if decided else math.nan)
        spents.append(energies(run, circuit, {"vclock": "clock", **(sources or {})}, start - 0.1e-9))
    expected, decision = np.where(inputs == 0, math.nan, inputs > 0), judged.decision
    error = decision.error_rate(judged.smallest)
    (name, (values, unit, _)), *_rest = swept.items()
    what = {"ratio": "left over right resistance", "difference": "difference of the inputs"}.get(name, name)
    points = [told(what, float(value), unit) for value in values]
    worst = int(np.nanargmax(delays)) if np.isfinite(delays).any() else 0
    asked = inputs != 0
    astray = int(np.sum(np.asarray(decisions)[asked] != expected[asked]))
    reason = why_not(
        {
            "no input has a right answer: all are balanced": not asked.any(),
            f"{astray} of {int(asked.sum())} decisions are wrong, or not made": astray > 0,
            f"it does not decide on {judged.small}": not decision.decides,
            f"{error:.2g} of the decisions on {judged.told} are wrong": decision.decides
            and not error <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        {
            **swept,
            "decision": (decisions, "1", "1 if the output is high after the decision, 0 if it is low"),
            "expected": (expected, "1", "what it should be; NaN where nothing is asked, for the inputs are balanced"),
            "error_rate": (
                [decision.error_rate(abs(value)) for value in inputs.tolist()],
                "1",
                "probability of the wrong decision, by mismatch and thermal noise",
            ),
            "delay": (delays, "s", "from the clock's edge until the outputs are four fifths of the supply apart"),
            "energy_supply": (
                [spent["supply"] for spent in spents],
                "J",
                "energy from the supply, of a cycle with its precharge",
            ),
            "energy_inputs": ([spent["inputs"] for spent in spents], "J", "energy from clock and inputs, of a cycle"),
        },
        seed=mismatch,
        costs=[
            Cost.of("decision", at, spent, delay=half, duration=2 * SENSING, periphery={"driver": 1})
            for at, spent, half, delay in zip(points, spents, halves, delays, strict=True)
            if math.isfinite(delay)
        ],
        waveforms=keep(
            simulated[worst],
            points[worst],
            _traces(sources or {}),
            start=0.8 * START,
            end=START + BEYOND * delays[worst] if math.isfinite(delays[worst]) else None,
        ),
        thermal_noise=True,
        error_rate=error,
        noise_error_rate=decision.noise_error_rate(judged.smallest),
        attribute_units={"offset": unit, "noise": unit},
        offset=decision.offset,
        noise=decision.noise,
        reason=reason,
        criterion="every decision is the right one; with mismatch and thermal noise at most "
        f"{DESIGN_ERROR_RATE:g} of those on {judged.told} are wrong ({NOT_COUNTED})",
    )


def _half_apart(time: np.ndarray, difference: np.ndarray, supply: float, start: float) -> float:
    """Time from the clock's edge until the outputs, both high before, are half of the supply apart [s]."""
    found = crossings(time, difference, supply / 2)
    found = found[found > start]
    return float(found[0] - start) if len(found) else math.nan


def _traces(sources: Mapping[str, str]) -> Panels:
    """Clock, inputs where they are voltages, both outputs."""
    inputs: Panels = {("Inputs", "V"): {node: f"v({node})" for node in sources.values()}} if sources else {}
    return {
        ("Clock", "V"): {"": "v(clock)"},
        **inputs,
        ("Outputs", "V"): {"output": "v(output)", "complement": "v(output_bar)"},
    }
