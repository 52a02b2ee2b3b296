"""Standard bench of a chain of neurons."""

from __future__ import annotations

import itertools
import math
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.neurons.neuron_chain import NeuronChain, spike_of
from ....circuits.engine.analyses import Transient
from ....devices.core.distributions import normal_sf
from ...arguments import MOST_SPIKES, Quantity, Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.thermal_margins import charge_noise, false_spike
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, run_bench, why_not
from ..synapses.spike_synapse import bench_spike_synapse
from ..waveforms import keep

#: Input current over the threshold of a neuron, and the spikes that every neuron should give.
STRONG, WANTED = 3.0, 4
#: Allowance in the time for a spike: the membrane leaks, and is not empty after a spike.
LEAK = 1.6
#: Largest step: a threshold switch comes without a warning, and ngspice's own steps would be too long for it. [s]
LARGEST_STEP = 2e-9


def _line(current: float) -> list[str]:
    return [f"Iinput 0 input pwl(0 0 1n {current!r})"]


def _passing(cell: NeuronChain, current: float, spikes: int) -> Transient:
    """A transient in which the first neuron fires that often, or comes to rest if the current is too small."""
    neuron = cell.neuron()
    leak, charge = (
        neuron.capacitance * neuron.memristor.resistance_off,
        neuron.capacitance * neuron.memristor.threshold_voltage,
    )
    wait = min(5 * leak, LEAK * charge / current) if current > 0 else 5 * leak
    # The spikes that pass along the chain need a fraction of the membrane's time constant at every neuron.
    return Transient(1e-9, spikes * wait + 0.02 * cell.neurons * leak, max_step=LARGEST_STEP)


def _passed(cell: NeuronChain) -> Point:
    """Period of the last neuron."""
    current, half = STRONG * cell.neuron().threshold_current, cell.supply_voltage / 2
    count = int(cell.neurons)
    first, last = (f"v({_seen(k, count)}) val={half!r} rise=" for k in (1, count))
    return Point(
        _line(current),
        _passing(cell, current, WANTED),
        {
            "delay": f"trig {first}2 targ {last}2",
            "two_periods": f"trig {last}2 targ {last}4",
            "period": "param='two_periods/2'",
        },
        "s",
        {"current": current, "spikes": WANTED},
        lambda table: 1 / float(table["rate"].iloc[-1]) if table["rate"].iloc[-1] > 0 else math.nan,
    )


def _seen(number: int, neurons: int) -> str:
    """Name in the results of the spikes of a neuron."""
    node = spike_of(number, neurons)
    return node if number == neurons else f"x1.{node}"


def chain_error(cell: NeuronChain) -> float:
    """Probability that noise loses a spike on its way to the next neuron, or makes a silent one fire [1].

    One spike makes the next neuron fire if its charge exceeds that of the membrane at the threshold. Weaker synapses
    need several spikes for one; where noise takes a part of one there, the next spike brings it.
    """
    neuron, synapse = cell.neuron(), cell.synapse()
    charge = float(bench_spike_synapse(synapse, [synapse.weight])["charge"].iloc[0])
    spare = charge - neuron.capacitance * neuron.memristor.threshold_voltage
    missed = float(normal_sf(spare / charge_noise(synapse, charge))) if spare > 0 else 0.0
    return max(missed, false_spike(neuron, 0.0))


def _passes(cell: NeuronChain) -> Reliability:
    return Reliability("spike of a neuron", chain_error(cell), without=STATELESS)


@cell_bench(NeuronChain, point=_passed, reliability=_passes)
def bench_neuron_chain(
    cell: NeuronChain,
    current: Annotated[
        float | None, Quantity("A", "input current; default: three times the threshold of a neuron")
    ] = None,
    spikes: Annotated[int, Whole("number of spikes of the first neuron to wait for", 1, MOST_SPIKES)] = WANTED,
) -> pd.DataFrame:
    """Rate and delay of every neuron in the chain, with a constant current into the first."""
    level = STRONG * cell.neuron().threshold_current if current is None else current
    circuit, count, half = cell.subcircuit(meters=True, for_bench=True), int(cell.neurons), cell.supply_voltage / 2
    (run,) = run_bench(cell, _line(level), _passing(cell, level, spikes), circuit=circuit)
    time = run["time"].to_numpy()
    fired = [crossings(time, run[f"v({_seen(k, count)})"].to_numpy(), half) for k in range(1, count + 1)]
    # The first spike finds the synapses empty: it is left out where there are others.
    rates = [
        1 / float(np.diff(times[1:] if len(times) > 2 else times).mean()) if len(times) > 1 else 0.0 for times in fired
    ]
    delays = [0.0 if len(fired[0]) else math.nan]
    delays += [_delay(before, after) for before, after in itertools.pairwise(fired)]
    error, costs, at = chain_error(cell), [], told("input current", level, "A")
    if passed := len(fired[-1]):
        spent = energies(run, circuit, {}, injected={"input": level})
        duration = 1 / rates[-1] if rates[-1] > 0 else float(time[-1]) / passed
        costs = [
            Cost.of(
                "spike of the last neuron",
                at,
                spent,
                delay=float(np.nansum(delays)),
                duration=duration,
                number=passed,
                periphery={"DAC": 1},
            )
        ]
    slower = rates[-1] / rates[0] - 1 if rates[0] > 0 else math.nan
    silent = [k for k, times in enumerate(fired, 1) if len(times) == 0]
    once = [k for k, times in enumerate(fired, 1) if len(times) == 1]
    reason = why_not(
        {
            f"neuron {silent[0] if silent else ''} does not fire": bool(silent),
            f"neuron {once[0] if once else ''} fires once, which tells no rate: wait for more spikes": bool(once)
            and not silent,
            f"the last neuron fires at {1 + slower:.3g} times the rate of the first": not (silent or once)
            and not abs(slower) < 0.05,
            f"noise loses or adds {error:.2g} of the spikes": not error <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        {
            "neuron": (np.arange(1, count + 1), "1", "number of the neuron"),
            "spikes": ([len(times) for times in fired], "1", "number of spikes"),
            "rate": (rates, "Hz", "firing rate"),
            "delay": (delays, "s", "mean time from a spike of the neuron before, without the first spike"),
        },
        costs=costs,
        waveforms=keep(
            run,
            at,
            {
                ("Input current", "A"): {"": np.interp(time, [0.0, 1e-9], [0.0, level])},
                ("Membrane of the first", "V"): {"": "v(input)"},
                ("Spikes", "V"): {f"neuron {k}": f"v({_seen(k, count)})" for k in sorted({1, count})},
            },
        ),
        current=level,
        spike_times=[times.tolist() for times in fired],
        thermal_noise=True,
        error_rate=error,
        reason=reason,
        criterion="the last neuron fires at the rate of the first, within a twentieth; noise loses or adds at most "
        f"{DESIGN_ERROR_RATE:g} of the spikes (mismatch of the synapses' mirrors not counted)",
    )


def _delay(before: np.ndarray, after: np.ndarray) -> float:
    """Mean time from the last spike of one neuron to each of the next, without the first one if there are others."""
    told = [float(spike - before[before < spike][-1]) for spike in after if (before < spike).any()]
    return float(np.mean(told[1:] if len(told) > 1 else told)) if told else math.nan
