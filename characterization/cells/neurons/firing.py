"""Standard benches of the neurons that a current charges until they fire."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.cell import Cell
from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.neurons.mott_neuron import MottNeuron
from ....circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron
from ....circuits.engine.analyses import Transient
from ....devices.language.quantities.quantity import format_si
from ...arguments import MOST_SPIKES, Range, Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.thermal_margins import false_spike
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, judged, run_bench, why_not
from ..waveforms import Panels, keep

#: Neurons that a current charges.
Neuron = AxonHillock | MemristorNeuron | MottNeuron

#: Spikes that are waited for at each current, and the current of the decks beside exported neurons. [1, A, 1]
SPIKES, QUIET, FAST = 4, 10e-9, 4.0
#: Rise of the input current over the length of a transient.
RISE = 1e-3
#: Fewest currents that tell whether a rate is proportional to them: two lie on a line anyhow.
FEWEST = 3
#: Smallest current for which the wait for a spike is made longer. [A]
SLOWEST = 1e-12


def _wait_axon_hillock(cell: AxonHillock, current: float, spikes: int) -> float:
    """Time for some spikes, had the neuron no leakage; of a current that does not charge it, that of a tiny one [s]."""
    return (spikes + 2) * 1.5 * cell.feedback_capacitance * cell.supply_voltage / max(current, SLOWEST)


def _wait_memristor_neuron(cell: MemristorNeuron, current: float, spikes: int) -> float:
    """Time for some spikes, or for the membrane to come to rest [s]."""
    memristor = cell.memristor
    leak, excess = cell.capacitance * memristor.resistance_off, current - cell.threshold_current
    period = leak * math.log(current / excess) if excess > 0 else math.inf
    slower = max(memristor.time_constant_on, memristor.time_constant_off)
    return float((spikes + 2) * min(5 * (leak + slower), 1.3 * period + 10 * slower))


def _bias(cell: AxonHillock) -> list[str]:
    return [f"Vbias bias 0 {cell.supply_voltage!r}"]


def _rise(current: float, duration: float) -> str:
    """An input current that comes on at the beginning of a transient."""
    return f"0 0 {RISE * duration!r} {current!r}"


#: Least steps of a transient. A threshold switch comes without a warning: ngspice's own steps would be too long for it.
STEPS: dict[type[Cell], int] = {AxonHillock: 100, MemristorNeuron: 8000, MottNeuron: 2000}


def charged(cell: Neuron, current: float, duration: float) -> tuple[list[str], Transient]:
    """The source that charges a neuron, and the transient."""
    steps = next(number for kind, number in STEPS.items() if isinstance(cell, kind))
    analysis = Transient(duration / 200, duration, max_step=duration / steps)
    return [f"Iinput 0 input pwl({_rise(current, duration)})"], analysis


def period_point(cell: Neuron, current: float, duration: float, lines: Sequence[str], spikes: int) -> Point:
    """Half of the time between the second and the fourth spike: the first comes from rest."""
    half = f"v(output) val={cell.supply_voltage / 2!r}"
    source, analysis = charged(cell, current, duration)
    return Point(
        [*lines, *source],
        analysis,
        {"two_periods": f"trig {half} rise=2 targ {half} rise=4", "period": "param='two_periods/2'"},
        "s",
        {"currents": [current], "spikes": spikes},
        lambda table: 1 / float(table["rate"].iloc[0]) if table["rate"].iloc[0] > 0 else math.nan,
    )


def _quiet(cell: AxonHillock) -> Point:
    return period_point(cell, QUIET, _wait_axon_hillock(cell, QUIET, SPIKES), _bias(cell), SPIKES)


def _analog(cell: AxonHillock) -> Reliability:
    return Reliability("rate of spikes", without={"error_rate": "an analog rate: nothing is decided", **STATELESS})


@cell_bench(AxonHillock, point=_quiet, reliability=_analog)
def bench_axon_hillock(
    cell: AxonHillock,
    currents: Annotated[Sequence[float] | None, Range("A", "input currents; default: three decades")] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each", 1, MOST_SPIKES)] = SPIKES,
) -> pd.DataFrame:
    """Firing rate over input current."""
    values = np.logspace(-10.0, -7.0, 7) if currents is None else np.asarray(currents, float)
    durations = [_wait_axon_hillock(cell, current, spikes) for current in values.tolist()]
    table = firing(cell, values, durations, _bias(cell), {"vbias": "bias"})
    rates = table["rate"].to_numpy()
    leakage, largest = _leakage(values, rates)
    usable = values > 3 * abs(leakage)
    span = values[usable].max() / values[usable].min() if usable.any() else 0.0
    different = len(np.unique(values[rates > 0]))
    faults = {
        f"it fires at {different} different currents, and {FEWEST} or more are needed to judge its rate": different
        < FEWEST,
        f"above three times its leakage of {format_si(leakage, 'A')} it does not always fire": math.isfinite(leakage)
        and not np.all(rates[usable] > 0),
        f"the currents above three times its leakage of {format_si(leakage, 'A')} span a factor of {span:.3g}, less "
        "than two decades": math.isfinite(leakage) and not span > 70,
        f"its rate is {abs(largest):.2g} off the proportion to the current": math.isfinite(leakage)
        and not abs(largest) < 0.2,
    }
    table.attrs |= {
        "leakage": leakage,
        "largest_deviation": largest,
        **judged(
            "above three times its leakage, over two decades or more, the rate is proportional to the current "
            "less the leakage, within a fifth",
            why_not(faults),
        ),
    }
    return table


def _leakage(values: np.ndarray, rates: np.ndarray) -> tuple[float, float]:
    """Leakage of rates (current - leakage) / charge, and the largest relative deviation above three times it.

    Negative where gates leak from the supply into the membrane; NaN for fewer than two currents that make it fire.
    """
    firing = rates > 0
    if len(np.unique(values[firing])) < 2:
        return math.nan, math.nan
    # Relative errors count alike, so that the small currents tell the leakage.
    matrix = np.stack([values, -np.ones_like(values)], axis=1)[firing] / rates[firing, None]
    (gain, loss), *_ = np.linalg.lstsq(matrix, np.ones(int(firing.sum())), rcond=None)
    leakage = float(loss / gain)
    usable = values > 3 * abs(leakage)
    deviation = rates[usable] / (gain * (values[usable] - leakage)) - 1
    return leakage, float(np.max(np.abs(deviation))) if usable.any() else math.nan


def _fast(cell: MemristorNeuron) -> Point:
    current = FAST * cell.threshold_current
    return period_point(cell, current, _wait_memristor_neuron(cell, current, SPIKES), [], SPIKES)


#: Share of the threshold current up to which a neuron must be silent, and from which on it must fire.
SILENT, FIRING = 0.96, 1.2


def _false_spikes(cell: MemristorNeuron) -> Reliability:
    return Reliability("silence of a membrane", false_spike(cell, SILENT), without=STATELESS)


@cell_bench(MemristorNeuron, point=_fast, reliability=_false_spikes)
def bench_memristor_neuron(
    cell: MemristorNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: from a half to ten times the threshold")
    ] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each", 1, MOST_SPIKES)] = SPIKES,
) -> pd.DataFrame:
    """Firing rate over input current, from below the threshold on."""
    threshold = cell.threshold_current
    factors = np.array([0.5, 0.8, 0.95, 1.1, 1.3, 1.7, 2.5, 4.0, 6.0, 10.0])
    values = threshold * factors if currents is None else np.asarray(currents, float)
    durations = [_wait_memristor_neuron(cell, current, spikes) for current in values.tolist()]
    table, error = firing(cell, values, durations, [], {}), false_spike(cell, SILENT)
    rates = table["rate"].to_numpy()
    due = values > FIRING * threshold
    table.attrs |= judged(
        f"silent below {SILENT:g} of the threshold current, firing above {FIRING:g} times it; noise takes a silent "
        f"membrane beyond its threshold with a probability of at most {DESIGN_ERROR_RATE:g}",
        why_not(
            {
                f"it does not fire at any of the currents; its threshold is {format_si(threshold, 'A', 3)}": (
                    not np.any(rates > 0)
                ),
                f"it fires below {SILENT:g} of its threshold current, {format_si(threshold, 'A')}": bool(
                    np.any(rates[values < SILENT * threshold] > 0)
                ),
                f"it does not fire at all currents above {FIRING:g} times its threshold, {format_si(threshold, 'A')}": (
                    bool(np.any(rates > 0) and np.any(rates[due] == 0))
                ),
                f"noise takes a silent membrane beyond its threshold with a probability of {error:.2g}": not error
                <= DESIGN_ERROR_RATE,
            }
        ),
    )
    table.attrs |= {"thermal_noise": True, "error_rate": error}
    table.attrs["threshold_current"] = threshold
    return table


def firing(
    cell: Neuron,
    values: np.ndarray,
    durations: Sequence[float],
    lines: Sequence[str],
    sources: Mapping[str, str],
) -> pd.DataFrame:
    """Rates and energies of a neuron that an input current charges, one transient for each current."""
    circuit, half = cell.subcircuit(meters=True, for_bench=True), cell.supply_voltage / 2
    source, _ = charged(cell, 0.0, 1.0)
    runs = run_bench(
        cell,
        [*lines, *source],
        [
            ([f"alter @iinput[pwl] = [ {_rise(current, length)} ]"], charged(cell, current, length)[1])
            for current, length in zip(values.tolist(), durations, strict=True)
        ],
        circuit=circuit,
    )
    spikes = [
        _spikes(run, length, half, functools.partial(energies, run, circuit, sources, injected={"input": current}))
        for current, length, run in zip(values.tolist(), durations, runs, strict=True)
    ]
    rates = np.array([spike["rate"] for spike in spikes])
    firing = rates > 0
    driven = firing & (values > 0)
    slope = math.nan
    if len(np.unique(values[driven])) > 1:
        slope = float(np.polyfit(np.log(values[driven]), np.log(rates[driven]), 1)[0])
    points = [told("input current", current, "A") for current in values.tolist()]
    costs = [
        Cost.of("spike", at, spike, duration=1 / spike["rate"], delay=spike["delay"], periphery={"DAC": 1})
        for at, spike in zip(points, spikes, strict=True)
        if spike["rate"] > 0
    ]
    fires = np.flatnonzero(firing)
    shown = int(fires[len(fires) // 2]) if len(fires) else len(values) - 1
    return cell_table(
        cell,
        {
            "current": (values, "A", "input current"),
            "rate": (rates, "Hz", "firing rate"),
            "width": ([spike["width"] for spike in spikes], "s", "width of a spike"),
            "delay": ([spike["delay"] for spike in spikes], "s", "from half of the current's step to the first spike"),
            **{
                f"energy_{part}": ([spike[part] for spike in spikes], "J", f"energy {what}, per spike")
                for part, what in ENERGIES.items()
            },
        },
        costs=costs,
        waveforms=keep(runs[shown], points[shown], _traces(cell, runs[shown], float(values[shown]), durations[shown])),
        exponent=slope,
    )


ENERGIES = {
    "supply": "from the supply",
    "inputs": "from the inputs",
    "devices": "into the devices",
    "cmos": "into transistors and passive elements",
    "returned": "back into supply and inputs",
}


def _traces(cell: Neuron, run: pd.DataFrame, current: float, duration: float) -> Panels:
    """Input, membrane, the memristor's state, output."""
    steps = [0.0, RISE * duration, duration]
    state: Panels = {}
    if isinstance(cell, MemristorNeuron):
        state = {("State of the memristor", "1"): {"": "v(x1.switch_x)"}}
    elif isinstance(cell, MottNeuron):
        name = "temperature_rise"  # its node has it in units of the state's scale
        scale = cell.switch.state_declarations()[name].scale
        state = {("Rise of the switch", "K"): {"": scale * run[f"v(x1.switch_{name})"]}}
    return {
        ("Input current", "A"): {"": np.interp(run["time"], steps, [0.0, current, current])},
        ("Membrane", "V"): {"": "v(input)"},
        **state,
        ("Output", "V"): {"": "v(output)"},
    }


def _spikes(
    run: pd.DataFrame, duration: float, level: float, spent: Callable[[float, float], dict[str, float]]
) -> dict[str, float]:
    """Rate, width, delay and energies per spike of a neuron's output; NaN where it does not fire."""
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    rising, falling = crossings(time, output, level), crossings(time, output, level, rising=False)
    # The first spike is left out where there are others: the membrane has not come to its cycle yet.
    counted = rising[1:] if len(rising) > 2 else rising
    if len(counted) < 2:
        return {"rate": 0.0, "width": math.nan, "delay": math.nan, **dict.fromkeys(ENERGIES, math.nan)}
    cycles, start, end = len(counted) - 1, float(counted[0]), float(counted[-1])
    found = spent(start, end)
    widths = [float(falling[falling > begin][0] - begin) for begin in counted[:-1]]
    rate = cycles / (end - start)
    delay = float(rising[0]) - RISE * duration / 2
    per_spike = {name: value / cycles for name, value in found.items()}
    return {"rate": rate, "width": float(np.mean(widths)), "delay": delay, **per_spike}
