"""Standard bench of the synapse with the triplet rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.synapses.triplet_synapse import PHASES, TripletSTDPSynapse
from ....circuits.engine.analyses import Transient
from ....devices.language.errors import ParameterError
from ....devices.physics.triplet_rule import TRIPLETS, VISUAL_CORTEX, TripletRule
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, told
from ..memories.writing import no_drift, read_disturbance
from ..point import Point
from ..reliable import Reliability
from ..standard import cell_table, energies, run_bench
from ..waveforms import keep

#: Frequencies of pairs, delay within a pair, times of triplets, in the paper's units; number of pairs. [Hz, s, s, 1]
FREQUENCIES, DELAY, TIMES, PAIRS = (0.1, 10.0, 20.0, 40.0, 50.0), 10e-3, (5e-3, 10e-3), 60
#: Change of the state for a weight change of 1: sixty pairs move it by a part of its range.
STEP = 0.3
#: Gap before each phase, and length of the one that fills, over the time constant of r1. [1]
GAP, FILL = 2e-3, 25e-3
#: Rise and fall of a phase. [s]
EDGE = 0.2e-9
#: Difference from the rule, over the largest change of the kind, up to which the cell follows it.
OFF = 0.1


@dataclass(frozen=True)
class Phases:
    r"""When the phases of a spike begin, and how long they are, for the amplitudes of a rule.

    A trace that a phase sees is younger than the time between the spikes by the time from the middle of the phase to
    the end of the filling, :math:`\ell`, and the product's capacitor takes charge from a trace: the lengths allow for
    both,

    .. math:: t = A\, t_s\, \frac{V_t}{V_{DD} - V_t}\, e^{-\ell/\tau}
    """

    cell: TripletSTDPSynapse
    rule: TripletRule

    @property
    def gap(self) -> float:
        """Time before each phase [s]."""
        return GAP * self.cell.pre_time

    @property
    def fill(self) -> float:
        """Length of the phase that fills [s]."""
        return FILL * self.cell.pre_time

    def lengths(self, side: str) -> tuple[float, float]:
        """Lengths of the two phases of a side in which it writes [s]."""
        cell, rule = self.cell, self.rule
        shared = 1 + cell.product_capacitance / cell.trace_capacitance
        memristor = cell.memristor
        if side == "post":
            rate, level = -memristor.rate_on / memristor.travel, -memristor.threshold_on
            pair, triplet = rule.pair_potentiation, rule.triplet_potentiation
            one, other = rule.pre_time, rule.slow_post_time
        else:
            rate, level = memristor.rate_off / memristor.travel, memristor.threshold_off
            pair, triplet = rule.pair_depression, rule.triplet_depression
            one, other = rule.post_time, rule.slow_pre_time
        unit = level / (cell.supply_voltage - level) / rate
        lengths = [pair * unit, triplet * unit]
        for _ in range(20):  # a longer phase has its middle earlier: this converges at once
            late = self._latencies(lengths)
            lengths = [
                pair * unit * math.exp(-late[0] / one),
                triplet * unit * shared * math.exp(-late[1] * (1 / one + 1 / other)),
            ]
        # Phases shorter than their edges do next to nothing: none is made.
        first, second = (length if length > EDGE else 0.0 for length in lengths)
        return first, second

    def _latencies(self, lengths: Sequence[float]) -> list[float]:
        begins = self._begins(lengths)
        end = begins[-1] + self.fill
        return [end - begin - length / 2 for begin, length in zip(begins, lengths, strict=False)]

    def _begins(self, lengths: Sequence[float]) -> list[float]:
        first = self.gap
        second = first + lengths[0] + self.gap
        return [first, second, second + lengths[1] + self.gap]

    def of(self, side: str) -> dict[str, tuple[float, float]]:
        """Begin after the spike and length of each phase of a side, those that there are [s]."""
        lengths = self.lengths(side)
        spans = zip(PHASES, self._begins(lengths), (*lengths, self.fill), strict=True)
        return {phase: (begin, length) for phase, begin, length in spans if length > 0}

    @property
    def longest(self) -> float:
        """Time that a spike occupies the cell [s]."""
        return max(
            begin + length + 2 * self.gap for side in ("pre", "post") for begin, length in self.of(side).values()
        )

    def lines(self, pre: Sequence[float], post: Sequence[float]) -> list[str]:
        """Sources of the phases of two trains of spikes, and of the levels."""
        cell, lines = self.cell, []
        for side, times in (("pre", pre), ("post", post)):
            spans = self.of(side)
            for phase in PHASES:
                corners = ["0 0"]
                for time in sorted(times) if phase in spans else ():
                    begin, end = time + spans[phase][0], time + sum(spans[phase])
                    high, half = f"{cell.supply_voltage!r}", EDGE / 2
                    corners += [f"{begin - half:.12g} 0 {begin + half:.12g} {high}"]
                    corners += [f"{end - half:.12g} {high} {end + half:.12g} 0"]
                name = f"{side}_{phase}"
                lines.append(f"V{name} {name} 0 " + (f"pwl({' '.join(corners)})" if len(corners) > 1 else "0"))
        rest = min(cell.levels)
        for line, level in zip(("set_level", "reset_level", "row", "column"), (*cell.levels, rest, rest), strict=True):
            lines.append(f"V{line} {line} 0 {level!r}")
        return lines


#: Sources of a bench, by the node of each.
SOURCES = {
    f"v{name}": name
    for name in (
        *(f"{side}_{phase}" for side in ("pre", "post") for phase in PHASES),
        "set_level",
        "reset_level",
        "row",
        "column",
    )
}


def rule_of(cell: TripletSTDPSynapse, step: float = STEP) -> TripletRule:
    """The rule that a cell is to follow: the amplitudes of visual cortex, and the cell's own time constants."""
    return TripletRule(
        **asdict(VISUAL_CORTEX)
        | {
            "pre_time": cell.pre_time,
            "slow_pre_time": cell.slow_pre_time,
            "post_time": cell.post_time,
            "slow_post_time": cell.slow_post_time,
        }
    ).scaled(size=step)


@dataclass(frozen=True)
class _Train:
    """Two trains of spikes on a cell, and the times at which its state is told."""

    phases: Phases
    pre: Sequence[float]
    post: Sequence[float]
    told: Sequence[float]

    @classmethod
    def of_pairs(cls, phases: Phases, delay: float, interval: float) -> _Train:
        """Two pairs: the second one, and each that follows, finds the traces of one before it."""
        begin = max(0.0, -delay) + phases.longest
        pre = [begin, begin + interval]
        second = begin + interval + min(0.0, delay)
        return cls(phases, pre, [t + delay for t in pre], [0.0, second, second + abs(delay) + phases.longest])

    @classmethod
    def of_triplet(cls, phases: Phases, order: str, first: float, second: float) -> _Train:
        """Three spikes."""
        begin = phases.longest
        outer, inner = [begin, begin + first + second], [begin + first]
        pre, post = (outer, inner) if order == TRIPLETS[0] else (inner, outer)
        return cls(phases, pre, post, [0.0, outer[-1] + phases.longest])

    @property
    def analysis(self) -> Transient:
        """The transient."""
        duration = self.told[-1] * (1 + 1e-6)
        return Transient(EDGE, duration, max_step=duration / 50)

    def lines(self) -> list[str]:
        """The sources."""
        return self.phases.lines(self.pre, self.post)

    def run(self, cell: TripletSTDPSynapse) -> tuple[pd.DataFrame, np.ndarray, dict[str, float]]:
        """The transient, the changes of the state towards on from each told time to the next, and the energies."""
        circuit = cell.subcircuit(meters=True, for_bench=True)
        (run,) = run_bench(cell, self.lines(), self.analysis, circuit=circuit)
        state = np.interp(self.told, run["time"], run["v(x1.cell_x)"])
        return run, -np.diff(state), energies(run, circuit, SOURCES)


def _sixty_pairs(cell: TripletSTDPSynapse) -> Point:
    """Change by sixty pairs at 40 Hz, from the first two."""
    scale = cell.pre_time / VISUAL_CORTEX.pre_time
    delay, interval = DELAY * scale, scale / FREQUENCIES[3]
    train = _Train.of_pairs(Phases(cell, rule_of(cell)), delay, interval)
    names = ("before", "between", "after")
    times = [train.phases.gap / 2, *train.told[1:]]
    finds = {name: f"find v(x1.cell_x) at={time:.12g}" for name, time in zip(names, times, strict=True)}
    return Point(
        train.lines(),
        train.analysis,
        {**finds, "change": f"param='before - between + {PAIRS - 1}*(between - after)'"},
        "1",
        {"frequencies": [1 / interval], "delay": delay, "times": [TIMES[1] * scale]},
        lambda table: float(table["change"][table["delay"] > 0].iloc[0]),
    )


def _reliability(cell: TripletSTDPSynapse) -> Reliability:
    """What lone spikes do: a side whose traces have decayed writes with the threshold."""
    moved = max(read_disturbance(cell.memristor, level, cell.pre_time) for level in cell.levels)
    without = {"error_rate": "an analog state: nothing is decided", **no_drift(cell.memristor)}
    return Reliability("spike of one neuron alone", disturb=moved, without=without)


@cell_bench(TripletSTDPSynapse, point=_sixty_pairs, reliability=_reliability, long=True)
def bench_triplet_stdp_synapse(
    cell: TripletSTDPSynapse,
    frequencies: Annotated[
        Sequence[float] | None, Range("Hz", "rates of pairs; default: 0.1 to 50 Hz, in the cell's time")
    ] = None,
    delay: Annotated[
        float | None,
        Quantity("s", "time between the spikes of a pair; default: 10 ms in the cell's time", positive=True),
    ] = None,
    times: Annotated[
        Sequence[float] | None, Range("s", "times between the spikes of triplets; default: 5 and 10 ms, likewise")
    ] = None,
    step: Annotated[float, Quantity("1", "change of the state for a weight change of 1", positive=True)] = STEP,
) -> pd.DataFrame:
    """Change of the state by sixty pairs over their rate, and by triplets, beside the closed forms of the rule.

    Two pairs are run: nearest spikes leave each further pair the traces that the second one finds.
    """
    scale = cell.pre_time / VISUAL_CORTEX.pre_time
    rates = np.array(FREQUENCIES) / scale if frequencies is None else np.asarray(frequencies, float)
    within = DELAY * scale if delay is None else delay
    between = np.array(TIMES) * scale if times is None else np.asarray(times, float)
    phases = Phases(cell, rule_of(cell, step))
    shortest = min([within, *between, *(1 / rates - within)])
    if shortest <= phases.longest:
        raise ParameterError(
            f"two spikes come within {shortest:g} s: the phases of one take {phases.longest:.3g} s, "
            "so that delay, times and what is left of a period must be longer"
        )
    rows: list[dict[str, object]] = []
    costs: list[Cost] = []
    shown: Mapping[str, object] | None = None
    for sign in (1, -1):
        for rate in rates.tolist():
            train = _Train.of_pairs(phases, sign * within, 1 / rate)
            run, (first, other), spent = train.run(cell)
            change, expected = first + (PAIRS - 1) * other, phases.rule.of_pairs(sign * within, 1 / rate, PAIRS)
            rows.append(_row("pairs", sign * within, math.nan, change, expected) | {"frequency": rate})
            at = f"{told('post − pre', sign * within, 's')}, {told('rate', rate, 'Hz')}"
            costs.append(
                Cost.of("pair of spikes", at, spent, number=2, duration=1 / rate, periphery={"driver": 2 * len(PHASES)})
            )
            if sign > 0 and rate == rates[np.argmin(np.abs(rates - FREQUENCIES[3] / scale))]:
                shown = _waveforms(run, at)
    for order in TRIPLETS:
        for first in between.tolist():
            for second in between.tolist():
                train = _Train.of_triplet(phases, order, first, second)
                _, (change,), _ = train.run(cell)
                rows.append(_row(order, first, second, change, phases.rule.of_triplet(order, first, second)))
    found = pd.DataFrame(rows)
    part = found.groupby("protocol")["expected"].transform(lambda each: each.abs().max())
    deviation = float(((found["change"] - found["expected"]).abs() / part).max())
    return cell_table(
        cell,
        {
            "protocol": (found["protocol"], "", "which spikes come, and in which order"),
            "frequency": (found["frequency"], "Hz", "rate of the pairs"),
            "delay": (found["delay"], "s", "post- less presynaptic time; of a triplet first to second spike"),
            "second_delay": (found["second_delay"], "s", "of a triplet second to third spike"),
            "change": (
                found["change"],
                "1",
                f"change of the state towards on: of a triplet, or of one pair and {PAIRS - 1} times the next",
            ),
            "expected": (found["expected"], "1", "the same by the closed form of the rule"),
        },
        costs=costs,
        waveforms=shown,
        rule=asdict(phases.rule),
        pairs=PAIRS,
        step=step,
        time_scale=scale,
        attribute_units={"time_scale": "1", "step": "1"},
        largest_deviation=deviation,
        reason=None if deviation < OFF else _why(cell),
        criterion="changes by pairs at all rates, and by triplets, are those of the rule within a tenth of the largest "
        "of their kind (mismatch not counted)",
    )


def _why(cell: TripletSTDPSynapse) -> str:
    """Why a cell does not follow the rule."""
    memristor = cell.memristor
    if memristor.window != "none" or {memristor.exponent_on, memristor.exponent_off} != {1.0}:
        return "the rate of the memristor is not linear above its thresholds, or depends on its state"
    return "the traces, or the lengths of the phases, are not those that the rule asks for"


def _row(protocol: str, delay: float, second: float, change: float, expected: float) -> dict[str, object]:
    return {
        "protocol": protocol,
        "frequency": math.nan,
        "delay": delay,
        "second_delay": second,
        "change": change,
        "expected": expected,
    }


def _waveforms(run: pd.DataFrame, at: str) -> Mapping[str, object]:
    """Spikes, traces and state of two pairs."""
    return keep(
        run,
        at,
        {
            ("Spikes", "V"): {"pre": "v(pre_fill)", "post": "v(post_fill)"},
            ("Traces", "V"): {
                "$r_1$": "v(x1.r1)",
                "$o_1$": "v(x1.o1)",
                "$o_2$": "v(x1.o2)",
                "$r_1 o_2$": "v(x1.r1o2)",
            },
            ("Across the memristor", "V"): {"": run["v(x1.plus)"] - run["v(x1.minus)"]},
            ("Memristor's $x$", "1"): {"": "v(x1.cell_x)"},
        },
    )
