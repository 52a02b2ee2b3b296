"""Standard bench of the crossbar classifier: which output spikes for each pattern, how soon, at what cost."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.arrays.classifier import CrossbarClassifier, PatternClassifier
from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.memories.memories import initial_states, memory_state, reference
from ....circuits.engine.analyses import Transient
from ....devices.language.errors import ParameterError
from ...arguments import Names, Whole
from ..bench import cell_bench
from ..cost import Cost
from ..errors.input_referred import NOT_COUNTED
from ..point import Point
from ..reliable import Reliability
from ..standard import cell_table, crossings, energies, run_bench, why_not
from ..waveforms import Panels, keep
from .rivalry import Rivalry, rivalries

#: When the clamps rise, and how fast; the rest after they fall, over the decision. [s, s, 1]
START, EDGE, REST = 1e-9, 1e-10, 0.5
#: Time given to a decision over that in which the winner's current charges a membrane to its threshold, switching times
#: of the neurons beside it, and steps.
PATIENCE, SWITCHING, STEPS = 2.0, 5.0, 1000
#: Part of its way by which a decision may move a memory.
KEPT = 1e-3


def decision_time(cell: PatternClassifier) -> float:
    """How long the clamps stay on [s].

    The winner's current is about two fifths of the supply over the resistor at the common node.
    """
    neuron, current = cell.neuron(), 0.4 * cell.supply_voltage / cell.common_resistance
    memristor = neuron.memristor
    charging = neuron.capacitance * memristor.threshold_voltage / current
    return float(PATIENCE * charging + SWITCHING * max(memristor.time_constant_on, memristor.time_constant_off))


def _lines(cell: PatternClassifier, pattern: str) -> list[str]:
    levels = [float(bit) * cell.supply_voltage for bit in pattern]
    inputs = [f"Vinput_{i} input_{i} 0 {level!r}" for i, level in enumerate(levels, 1)]
    pulse = f"pulse(0 {cell.clamp_voltage!r} {START!r} {EDGE!r} {EDGE!r} {decision_time(cell)!r} 1)"
    loads = [f"Cload_{j} spike_{j} 0 1f" for j in range(1, cell.outputs + 1)]
    return [*inputs, f"Vclamp clamp 0 {pulse}", *loads]


def _cycle(cell: PatternClassifier) -> Transient:
    length = START + (1 + REST) * decision_time(cell)
    return Transient(length / 500, length, max_step=length / STEPS)


def _checked(cell: PatternClassifier, patterns: Sequence[str] | None) -> dict[str, int]:
    chosen = list(cell.patterns) if patterns is None else list(patterns)
    for pattern in chosen:
        if pattern not in cell.patterns:
            raise ParameterError(f"{cell.model_name()} has the patterns {', '.join(cell.patterns)}, not {pattern!r}")
    return {pattern: cell.patterns[pattern] for pattern in chosen}


def _first(cell: PatternClassifier) -> Point:
    """Delay of the first pattern's spike."""
    pattern, winner = next(iter(cell.patterns.items()))
    clamp, spike = cell.clamp_voltage / 2, cell.supply_voltage / 2
    return Point(
        _lines(cell, pattern),
        _cycle(cell),
        {"delay": f"trig v(clamp) val={clamp!r} rise=1 targ v(spike_{winner}) val={spike!r} rise=1"},
        "s",
        {"patterns": [pattern]},
        lambda table: float(table["delay"].iloc[0]),
    )


def _error_rates(cell: PatternClassifier, decisions: Mapping[str, Rivalry]) -> list[float]:
    """Bounds of the error rates: as if all other columns were as close as the one in the second place."""
    return [min(1.0, (cell.outputs - 1) * found.error_rate) for found in decisions.values()]


def _reliability(cell: PatternClassifier) -> Reliability:
    errors = _error_rates(cell, rivalries(cell, cell.patterns))
    stored = "its weights are those of its memories: their cells tell"
    return Reliability("decision on a pattern", max(errors), without={"retention": stored, "disturb": stored})


@cell_bench(PatternClassifier, CrossbarClassifier, point=_first, reliability=_reliability)
def bench_crossbar_classifier(
    cell: PatternClassifier,
    patterns: Annotated[
        Sequence[str] | None, Names("patterns of the inputs, such as 1100; default: all of the cell's")
    ] = None,
    mismatch: Annotated[int | None, Whole("seed of the transistors' random threshold shifts; default: none")] = None,
) -> pd.DataFrame:
    """Output that spikes, delay, energy, margin and error rate of every pattern."""
    shown = _checked(cell, patterns)
    circuit, supply = cell.subcircuit(meters=True, mismatch=mismatch, for_bench=True), cell.supply_voltage
    outputs, cycle = range(1, cell.outputs + 1), decision_time(cell) * (1 + REST)
    first = next(iter(shown))
    runs = [
        ([f"alter vinput_{i} dc = {float(bit) * supply!r}" for i, bit in enumerate(pattern, 1)], _cycle(cell))
        for pattern in shown
    ]
    sources = {f"vinput_{i}": f"input_{i}" for i in range(1, cell.inputs + 1)} | {"vclamp": "clamp"}
    found, delays, spents, moved = [], [], [], []
    simulated = run_bench(cell, _lines(cell, first), runs, circuit=circuit)
    for run in simulated:
        time = run["time"].to_numpy()
        begin = crossings(time, run["v(clamp)"].to_numpy(), cell.clamp_voltage / 2)[0]
        spikes = {j: crossings(time, run[f"v(spike_{j})"].to_numpy(), supply / 2) for j in outputs}
        fired = [j for j, at in spikes.items() if len(at)]
        found.append(float(fired[0]) if len(fired) == 1 else 0.0)
        delays.append(float(spikes[fired[0]][0] - begin) if len(fired) == 1 else math.nan)
        spents.append(energies(run, circuit, sources, START))
        moved.append(_moved(cell, run))
    decisions = rivalries(cell, shown)
    errors, winners = _error_rates(cell, decisions), [*shown.values()]
    slowest = int(np.nanargmax(delays)) if np.isfinite(delays).any() else 0
    wrong, disturbed, erring = int(np.sum(found != winners)), max(moved), max(errors)
    reason = why_not(
        {
            f"for {wrong} of {len(winners)} patterns another output spikes, several do, or none": wrong > 0,
            f"with mismatch and thermal noise {erring:.2g} of the decisions are wrong": not erring <= DESIGN_ERROR_RATE,
            f"a memory moves by {disturbed:.2g} of its way": not disturbed <= KEPT,
        }
    )
    return cell_table(
        cell,
        {
            "pattern": ([*shown], "", "levels of the inputs, the first input first"),
            "winner": (found, "1", "number of the output that spiked, if it was one alone; else 0"),
            "expected": (winners, "1", "number of the output that should"),
            "delay": (delays, "s", "from the clamps' rise to the first spike"),
            "margin": (
                [each.margin for each in decisions.values()],
                "A",
                "current that the column in the second place lacks",
            ),
            "offset": ([each.offset for each in decisions.values()], "A", "standard deviation of that by mismatch"),
            "noise": ([each.noise for each in decisions.values()], "A", "standard deviation of that by thermal noise"),
            "error_rate": (
                errors,
                "1",
                "bound of the probability of the wrong decision, by mismatch and thermal noise",
            ),
            "moved": (moved, "1", "largest part of the way from on to off that the decision moves a memory"),
            "energy_supply": ([spent["supply"] for spent in spents], "J", "energy from the supply, of a decision"),
            "energy_inputs": ([spent["inputs"] for spent in spents], "J", "energy from clamp and inputs, likewise"),
        },
        seed=mismatch,
        costs=[
            Cost.of(
                "decision",
                f"pattern {pattern}",
                spent,
                delay=delay,
                duration=cycle,
                periphery={"driver": 1 + cell.inputs},
            )
            for pattern, spent, delay in zip(shown, spents, delays, strict=True)
            if math.isfinite(delay)
        ],
        waveforms=keep(
            simulated[slowest], f"pattern {[*shown][slowest]}", _traces(outputs), start=0.5 * START, end=START + cycle
        ),
        thermal_noise=True,
        error_rate=max(errors),
        reason=reason,
        criterion="for every pattern the right output spikes, and no other; with mismatch and thermal noise at most "
        f"{DESIGN_ERROR_RATE:g} of the decisions are wrong ({NOT_COUNTED}); none moves a memory by more than "
        f"{KEPT:g} of its way",
    )


def _moved(cell: PatternClassifier, run: pd.DataFrame) -> float:
    """Largest part of the way between its reference states that a memory moves in a transient."""
    state = memory_state(cell.memristor)
    on, off = (initial_states(reference(cell.memristor, name))[state] for name in ("on", "off"))
    pairs = itertools.product(range(1, cell.inputs + 1), range(1, cell.outputs + 1))
    states = run[[f"v(x1.cell_{i}_{j}_{state})" for i, j in pairs]].to_numpy()
    return float(np.max(np.abs(states[-1] - states[0]))) / abs(on - off)


def _traces(outputs: Sequence[int]) -> Panels:
    """Clamp, input nodes of the winner-take-all, membranes and spikes."""
    panels: dict[tuple[str, str], Mapping[str, str]] = {("Clamp", "V"): {"": "v(clamp)"}}
    for quantity, vector in (
        ("Rivals", "v(x1.rival_{})"),
        ("Membranes", "v(x1.membrane_{})"),
        ("Outputs", "v(spike_{})"),
    ):
        panels[quantity, "V"] = {f"column {j}": vector.format(j) for j in outputs}
    return panels
