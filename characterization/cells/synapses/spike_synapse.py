"""Standard bench of the synapse between spiking neurons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.synapses.spike_synapse import SpikeSynapse
from ....circuits.engine.analyses import Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.errors import ParameterError
from ....devices.language.quantities.quantity import format_si
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.thermal_margins import charge_noise
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, run_bench, why_not
from ..waveforms import keep

#: Width of a spike, time between two, and the membrane's voltage over the supply. [s, s, 1]
WIDTH, INTERVAL, MEMBRANE = 4e-9, 1e-6, 0.4
#: Edges of a spike, and time before the first one. [s]
EDGE, BEGIN = 0.1e-9, 1e-9
#: Spikes that are sent; the last one is measured.
SENT = 3


def _spikes(cell: SpikeSynapse, width: float, interval: float, voltage: float) -> list[str]:
    pulse = f"pulse(0 {cell.supply_voltage!r} {BEGIN!r} {EDGE!r} {EDGE!r} {width - EDGE!r} {interval!r})"
    return [f"Vinput input 0 {pulse}", f"Voutput output 0 {voltage!r}"]


def _several(interval: float, width: float) -> Transient:
    return Transient(width / 4, SENT * interval, max_step=interval / 50)


def _last_charge(cell: SpikeSynapse) -> Point:
    """Charge of one spike of many."""
    start = (SENT - 1) * INTERVAL
    return Point(
        _spikes(cell, WIDTH, INTERVAL, MEMBRANE * cell.supply_voltage),
        _several(INTERVAL, WIDTH),
        {"charge": f"integ i(voutput) from={start!r} to={SENT * INTERVAL!r}"},
        "C",
        {"weights": [cell.weight]},
        lambda table: float(table["charge"].iloc[0]),
    )


#: Part by which the charge of a spike may be off.
OFF = 0.1


def _reliability(cell: SpikeSynapse) -> Reliability:
    found = bench_spike_synapse(cell, [cell.weight]).attrs
    return Reliability("charge within 10 %", found["error_rate"], without=STATELESS)


@cell_bench(SpikeSynapse, point=_last_charge, reliability=_reliability)
def bench_spike_synapse(
    cell: SpikeSynapse,
    weights: Annotated[
        Sequence[float] | None, Range("1", "weights; default: a quarter to 1.5 times the cell's own")
    ] = None,
    width: Annotated[float, Quantity("s", "width of a spike", positive=True)] = WIDTH,
    interval: Annotated[float, Quantity("s", "time between two spikes", positive=True)] = INTERVAL,
    voltage: Annotated[float | None, Quantity("V", "voltage of the membrane; default: 0.4 of the supply")] = None,
) -> pd.DataFrame:
    """Charge, peak and duration of the current after a spike over the weight; one of some spikes, after the first."""
    if not 2 * EDGE < width < interval - BEGIN - EDGE:
        raise ParameterError(
            f"width = {width:g} s must be above {2 * EDGE:g} s, the edges of a spike, and below "
            f"{interval - BEGIN - EDGE:.3g} s, so that it ends within the interval of {interval:g} s"
        )
    values = sorted({*(cell.weight * np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5]) if weights is None else weights)})
    level = MEMBRANE * cell.supply_voltage if voltage is None else voltage
    rows, spent, runs, delays = [], {}, {}, {}
    for weight in values:
        made = cell.replace(weight=float(weight))
        circuit = made.subcircuit(meters=True, for_bench=True)
        (run,) = run_bench(made, _spikes(made, width, interval, level), _several(interval, width), circuit=circuit)
        time, current = run["time"].to_numpy(), run["i(voutput)"].to_numpy()
        start, end = (SENT - 1) * interval, SENT * interval
        within = (time >= start) & (time <= end)
        after, flow = time[within] - start, current[within]
        total = np.concatenate([[0.0], np.cumsum(np.diff(after) * (flow[1:] + flow[:-1]) / 2)])
        charge = float(total[-1])
        rows.append((charge, float(flow.max()), float(np.interp(0.9 * charge, total, after)) - BEGIN))
        spent[weight] = energies(run, circuit, {"vinput": "input", "voutput": "output"}, start, end)
        runs[weight] = run
        risen = crossings(after, flow, float(flow.max()) / 2)
        delays[weight] = float(risen[0]) - BEGIN - EDGE / 2 if len(risen) else math.nan
    charges, peaks, durations = (np.array(column) for column in zip(*rows, strict=True))
    weighed = np.array(values)
    unit = float((weighed @ charges) / (weighed @ weighed))
    deviations = np.abs(charges / (unit * weighed) - 1)
    noises = np.array(
        [charge_noise(cell.replace(weight=float(w)), float(q)) / q for w, q in zip(values, charges, strict=True)]
    )
    rates = normal_sf((OFF - deviations) / noises) + normal_sf((OFF + deviations) / noises)
    deviation, error = float(np.max(deviations)), float(np.max(rates))
    own = min(values, key=lambda weight: abs(weight - cell.weight))
    points = {weight: f"{told('weight', weight, '1')}, {told('interval', interval, 's')}" for weight in values}
    reason = why_not(
        {
            f"the charge of a spike changes by {format_si(unit, 'C')} with a weight of one": not unit > 0,
            f"the charge of a spike is {deviation:.2g} of it off the proportion to the weight": not deviation < OFF,
            f"with noise {error:.2g} of the spikes are further off": not error <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        {
            "weight": (weighed, "1", "weight"),
            "charge": (charges, "C", "charge into the membrane, of one spike"),
            "fitted": (unit * weighed, "C", "charge in proportion to the weight"),
            "noise": (noises * charges, "C", "standard deviation of the charge by thermal and shot noise"),
            "error_rate": (rates, "1", "probability that noise takes the charge more than a tenth off the proportion"),
            "peak": (peaks, "A", "largest current into the membrane"),
            "duration": (durations, "s", "time from the spike until nine tenths of the charge have come"),
        },
        costs=[
            Cost.of("spike", points[weight], spent[weight], delay=delays[weight], duration=interval)
            for weight in values
        ],
        waveforms=keep(
            runs[own],
            points[own],
            {("Input", "V"): {"": "v(input)"}, ("Current into the membrane", "A"): {"": "i(voutput)"}},
            start=(SENT - 1.02) * interval,
            end=(SENT - 0.8) * interval,
        ),
        attribute_units={"charge_per_weight": "C"},
        charge_per_weight=unit,
        largest_deviation=deviation,
        width=width,
        interval=interval,
        voltage=level,
        thermal_noise=True,
        error_rate=error,
        reason=reason,
        criterion="the charge of a spike is proportional to the weight, within a tenth; with noise at most "
        f"{DESIGN_ERROR_RATE:g} of the spikes are further off (mismatch of the mirror not counted)",
    )
