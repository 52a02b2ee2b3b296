"""Standard bench of the neuron whose switch heats itself."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.neurons.mott_neuron import MottNeuron
from ....circuits.engine.analyses import Transient
from ....devices.language.errors import ParameterError
from ...arguments import MOST_SPIKES, Range, Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, run_bench
from ..waveforms import keep

#: Spikes that are waited for at each current.
SPIKES = 2
#: Rise of the input current over the length of a transient.
RISE = 1e-3
#: Steps in the thermal time of the switch, which runs away; and thermal times that it may hesitate before it does.
STEPS, RUNAWAY = 3, 30
#: Currents of the bench: of those between which it fires, in the logarithm; and two beyond.
BETWEEN, BELOW, ABOVE = (0.2, 0.5, 0.8), 0.7, 1.3


def _window(cell: MottNeuron) -> tuple[float, float]:
    low, high = cell.firing_currents
    if not low < high:
        raise ParameterError(
            f"the switch has no negative resistance behind load_resistance = {cell.load_resistance:g} ohm: it must be "
            "smaller"
        )
    return low, high


def _wait(cell: MottNeuron, current: float, spikes: int) -> float:
    """Time for some spikes; of a current that makes none, that of the nearest which does [s]."""
    low, high = _window(cell)
    inside = min(max(current, 1.02 * low), 0.98 * high)
    return float((spikes + 2) * (1.3 * cell.period(inside) + RUNAWAY * cell.switch.settling_time))


def _charged(cell: MottNeuron, current: float, duration: float) -> tuple[list[str], Transient]:
    """The source that charges the membrane, and the transient."""
    analysis = Transient(duration / 1000, duration, max_step=cell.switch.settling_time / STEPS)
    return [f"Iinput 0 input pwl({_rise(current, duration)})"], analysis


def _rise(current: float, duration: float) -> str:
    return f"0 0 {RISE * duration!r} {current!r}"


def _level(cell: MottNeuron) -> float:
    """Voltage of the output at which a spike is counted [V].

    While the membrane is charged the load has less than the smallest firing current, in a spike more than the largest.
    """
    return math.sqrt(math.prod(_window(cell))) * cell.load_resistance


def _middle(cell: MottNeuron) -> float:
    return math.sqrt(math.prod(_window(cell)))


def _fires(cell: MottNeuron) -> Point:
    current = _middle(cell)
    source, analysis = _charged(cell, current, _wait(cell, current, SPIKES))
    level = f"v(output) val={_level(cell)!r}"
    return Point(
        source,
        analysis,
        {"period": f"trig {level} rise=2 targ {level} rise=3"},
        "s",
        {"currents": [current], "spikes": SPIKES},
        lambda table: 1 / float(table["rate"].iloc[0]) if table["rate"].iloc[0] > 0 else math.nan,
    )


def _analog(cell: MottNeuron) -> Reliability:
    return Reliability("rate of spikes", without={"error_rate": "an analog rate: nothing is decided", **STATELESS})


@cell_bench(MottNeuron, point=_fires, reliability=_analog)
def bench_mott_neuron(
    cell: MottNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: where it fires, and one beyond at each end")
    ] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each, after the first", 2, MOST_SPIKES)] = SPIKES,
) -> pd.DataFrame:
    """Firing rate over input current, beside that of a membrane which is slow against the heat."""
    low, high = _window(cell)
    usual = [BELOW * low, *(low * (high / low) ** share for share in BETWEEN), ABOVE * high]
    values = np.array(usual) if currents is None else np.asarray(currents, float)
    durations = [_wait(cell, current, spikes) for current in values.tolist()]
    circuit = cell.subcircuit(meters=True, for_bench=True)
    source, _ = _charged(cell, 0.0, durations[0])
    series = [
        ([f"alter @iinput[pwl] = [ {_rise(current, length)} ]"], _charged(cell, current, length)[1])
        for current, length in zip(values.tolist(), durations, strict=True)
    ]
    runs = run_bench(cell, source, series, circuit=circuit)
    found = [
        _spikes(run, _level(cell), functools.partial(energies, run, circuit, {}, injected={"input": current}))
        for current, run in zip(values.tolist(), runs, strict=True)
    ]
    rates = np.array([spike["rate"] for spike in found])
    within = (values > low) & (values < high)
    slow = [1 / cell.period(value) if inside else 0.0 for value, inside in zip(values.tolist(), within, strict=True)]
    points = [told("input current", current, "A") for current in values.tolist()]
    costs = [
        Cost.of("spike", at, spike, duration=1 / spike["rate"], periphery={"DAC": 1})
        for at, spike in zip(points, found, strict=True)
        if spike["rate"] > 0
    ]
    fires = np.flatnonzero(rates > 0)
    shown = int(fires[len(fires) // 2]) if len(fires) else len(values) - 1
    steps = [0.0, RISE * durations[shown], durations[shown]]
    current = np.interp(runs[shown]["time"], steps, [0.0, values[shown], values[shown]])
    panels = {
        ("Input current", "A"): {"": current},
        ("Membrane", "V"): {"": "v(input)"},
        ("Output", "V"): {"": "v(output)"},
    }
    return cell_table(
        cell,
        {
            "current": (values, "A", "input current"),
            "rate": (rates, "Hz", "firing rate"),
            "slow_rate": (slow, "Hz", "firing rate of a membrane that is slow against the heat, by the static curve"),
            "peak": ([spike["peak"] for spike in found], "V", "largest voltage of the output after the first spike"),
            **{
                f"energy_{part}": ([spike[part] for spike in found], "J", f"energy {what}, per spike")
                for part, what in ENERGIES.items()
            },
        },
        costs=costs,
        waveforms=keep(runs[shown], points[shown], panels),
        works=bool(np.any(rates > 0) and np.all((rates > 0) == within)),
        criterion="fires at the currents between the two turning points of the static curve behind the load, and there "
        "alone",
        firing_currents=[low, high],
    )


ENERGIES = {
    "supply": "from the supply",
    "inputs": "from the input",
    "devices": "into the switch",
    "cmos": "into load and membrane",
    "returned": "back into the input",
}


def _spikes(run: pd.DataFrame, level: float, spent: Callable[[float, float], dict[str, float]]) -> dict[str, float]:
    """Rate, peak and energies per spike, from the second spike on; NaN where it does not fire."""
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    counted = crossings(time, output, level)[1:]  # the first comes from rest
    if len(counted) < 2:
        return {"rate": 0.0, "peak": math.nan, **dict.fromkeys(ENERGIES, math.nan)}
    cycles, start, end = len(counted) - 1, float(counted[0]), float(counted[-1])
    per_spike = {name: value / cycles for name, value in spent(start, end).items()}
    return {"rate": cycles / (end - start), "peak": float(output[time >= start].max()), **per_spike}
