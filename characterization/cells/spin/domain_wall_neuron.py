"""Benches of the domain-wall cells: how many pulses make the neuron fire, and what pulses do to a signed synapse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.spin.domain_wall_cells import DomainWallNeuron
from ....circuits.engine.ngspice import Transient, run
from ....circuits.engine.process import TIME_LIMIT
from ....devices.language.waveforms.shapes import FloatArray, Pulse
from ...arguments import MOST_SPIKES, Quantity, Range, Whole
from ..bench import cell_bench
from ..cost import Cost, delivered, told
from ..point import Point
from ..reliable import Reliability
from ..standard import cell_table, crossings, why_not
from ..waveforms import keep
from .spin_reliability import silent_lifetime, worst_count
from .wall_statistics import EDGE, LARGEST_STEP, check_pulses, described

#: Number of pulses after which a neuron that has not fired never does.
NEVER = 1000


#: Current [A] and width [s] of a pulse, shortest interval [s], and trials of the wall at each.
CURRENT, WIDTH, INTERVALS, TRIALS = 2e-4, 3.5e-9, (6e-9, 12e-9, 40e-9), 4000


def _motion(cell: DomainWallNeuron, current: float, width: float) -> tuple[float, float]:
    """Step of the wall by a pulse [1], and its velocity back [1/s], over the length."""
    device = cell.junction
    step = float(device.current_mobility) * current * width / device.values["length"]
    return step, float(device.field_mobility) * cell.values["leak_field"] / device.values["length"]


def _counting(cell: DomainWallNeuron) -> Reliability:
    """Upper bound of the error rate of a count at the shortest interval, of 95 % confidence."""
    interval, threshold = min(INTERVALS), cell.values["threshold"]
    start = cell.junction.values["initial_state"]
    expected = _expected(start, *_motion(cell, CURRENT, WIDTH), interval, WIDTH, threshold, NEVER)
    found = worst_count(cell, threshold, expected, interval, WIDTH, TRIALS, 2, current=CURRENT, pulses=expected + 1)
    read_always = {"disturb": "read all the time: the retention is that while it is read"}
    return Reliability("count of pulses", found.bound, silent_lifetime(cell), without=read_always)


def _led(cell: DomainWallNeuron) -> Point:
    """Position of the wall at which the circuit fires, of a wall that is led along the strip."""
    interval, pulses = min(INTERVALS), 2
    end, step, half = interval * (pulses + 1), cell.values["noise_step"] or LARGEST_STEP, cell.supply_voltage / 2
    return Point(
        [f"Vbias bias 0 {cell.values['bias_voltage']!r}", _leading(cell, "x", end)],
        Transient(step, end, max_step=step),
        {"threshold": f"find v(x) when v(output)={half!r} rise=1"},
        "1",
        {"intervals": [interval], "pulses": pulses, "trials": 1},
        lambda table: float(table.attrs["circuit_threshold"]),
    )


def _leading(cell: DomainWallNeuron, node: str, end: float) -> str:
    """A source that leads a wall past the threshold, slowly."""
    nearest, farthest = cell.values["threshold"] - LED, min(cell.values["threshold"] + LED, 0.98)
    return f"V_led {node} 0 PWL(0 {nearest!r} {end!r} {farthest!r})"


@cell_bench(DomainWallNeuron, point=_led, reliability=_counting, long=True)
def integrate_and_fire(
    cell: DomainWallNeuron,
    intervals: Annotated[
        Sequence[float], Range("s", "times from one pulse to the next; a neuron for each", positive=True)
    ] = INTERVALS,
    *,
    current: Annotated[float, Quantity("A", "current of a pulse")] = CURRENT,
    width: Annotated[float, Quantity("s", "width of a pulse", positive=True)] = WIDTH,
    pulses: Annotated[
        int, Whole("number of pulses at the longest interval; shorter ones bring more in the same time", 1, MOST_SPIKES)
    ] = 2,
    trials: Annotated[int, Whole("number of trials of the wall at each interval", 1)] = TRIALS,
    seed: Annotated[int, Whole("seed of the noise", 1, 2**31 - 100)] = 1,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = TIME_LIMIT,
) -> pd.DataFrame:
    """Send equal current pulses to a domain-wall neuron, count how many it takes to fire, and how often it miscounts.

    The circuit runs in ngspice, every neuron once, with thermal noise on its wall at the cell's temperature. The error
    rate is that of an ensemble of the wall: a trial is wrong if its count differs from that of the closed form by more
    than one, or if it fires where the closed form never does. Its threshold is the circuit's, which a neuron with a
    wall that is led along the strip tells, less or more three standard deviations of the reading's noise, whichever is
    worse.

    Returns
    -------
    pandas.DataFrame
        A row per interval: ``interval`` [s], ``count`` (pulses up to the first spike; 0 if there is none), ``spikes``,
        ``threshold`` (the wall's position over the length at the first spike), ``step`` (by which one pulse moves it),
        ``leak`` (its velocity back over the length) [1/s], ``expected`` (count of the closed form), ``error_rate``,
        ``error_bound`` (which it is below with 95 % confidence), ``least_after`` (the wall's least position after the
        first spike), ``energy`` of the supply up to the first spike [J]; ``attrs`` has the ``circuit_threshold``.
    """
    for interval in intervals:
        check_pulses(interval, width)
    circuit, device = cell.subcircuit(meters=True, for_bench=True), cell.junction
    end, step_limit = max(intervals) * (pulses + 1), cell.values["noise_step"] or LARGEST_STEP
    lines = ["* pulses to domain-wall neurons", circuit.text, f"V_supply supply 0 {cell.supply_voltage!r}"]
    bias = cell.values["bias_voltage"]
    lines.append(f"V_bias bias 0 {bias!r}")
    lines.append(circuit.instance("_led", _nodes("led", supply="supply")))
    lines.append(_leading(cell, "x_led", end))
    kept = ["v(x_led)", "v(out_led)", "v(in_1)", "v(x_1.read)"]
    kept += [f"i(v.x_1.v_wall_{terminal})" for terminal in ("write", "common", "read")]
    for n, interval in enumerate(intervals, 1):
        lines += [circuit.instance(f"_{n}", _nodes(n, supply=f"supply_{n}")), f"V_meter_{n} supply supply_{n} 0"]
        form = f"PULSE(0 {current!r} {interval!r} {EDGE!r} {EDGE!r} {width - EDGE!r} {interval!r})"
        lines.append(f"I_in_{n} 0 in_{n} {form}")
        kept += [f"v({node}_{n})" for node in ("in", "out", "x")] + [f"v(x_{n}.read)", f"i(v_meter_{n})"]
        kept += [f"i(v.x_{n}.v_wall_{terminal})" for terminal in ("write", "common", "read")]
    trace = run(
        "\n".join(lines),
        Transient(step_limit, end, max_step=step_limit),
        options={"seed": seed},
        save=kept,
        osdi=circuit.files,
        noise=circuit.noises_of("_led", *(f"_{n}" for n in range(1, len(intervals) + 1))),
        time_limit=time_limit,
    )
    time, half = trace["time"].to_numpy(), cell.supply_voltage / 2
    led = crossings(trace["v(x_led)"].to_numpy(), trace["v(out_led)"].to_numpy(), half)
    threshold = float(led[0]) if len(led) else 1.0
    start = device.values["initial_state"]
    step, leak = _motion(cell, current, width)
    rows: list[dict[str, Any]] = []
    costs = []
    for n, interval in enumerate(intervals, 1):
        output, x = trace[f"v(out_{n})"].to_numpy(), trace[f"v(x_{n})"].to_numpy()
        rises = np.flatnonzero((output[1:] > half) & (output[:-1] <= half))
        expected = _expected(start, step, leak, interval, width, cell.values["threshold"], NEVER)
        errors = worst_count(
            cell,
            threshold,
            expected,
            interval,
            width,
            trials,
            seed + n,
            current=current,
            # One that has not fired by then is wrong, whenever it would.
            pulses=expected + 1 if expected else pulses,
        )
        row: dict[str, Any] = {
            "interval": interval,
            "count": 0,
            "spikes": len(rises),
            "threshold": np.nan,
            "step": step,
            "leak": leak,
            "expected": expected,
            "error_rate": errors.rate,
            "error_bound": errors.bound,
            "least_after": np.nan,
            "energy": np.nan,
        }
        if len(rises):
            first = int(rises[0])
            row |= {
                "count": int(time[first] / interval),
                "threshold": float(x[first]),
                "least_after": float(x[first:].min()),
                "energy": float(np.trapezoid(trace[f"i(v_meter_{n})"][:first], time[:first]) * cell.supply_voltage),
            }
            spent = _spent(trace.iloc[int(np.searchsorted(time, interval)) : first + 1], n, cell.supply_voltage, bias)
            delay = float(time[first]) - interval - EDGE / 2
            costs.append(
                Cost.of(
                    "spike",
                    told("interval", interval, "s"),
                    spent,
                    delay=delay,
                    duration=float(time[first]) - interval,
                    periphery={"driver": row["count"]},
                )
            )
        rows.append(row)
    measured = pd.DataFrame(rows)
    judged = (measured["expected"] == 0) | (measured.index == int(np.argmin(intervals)))
    counted = (abs(measured["count"] - measured["expected"]) <= 1) & (
        (measured["expected"] > 0) | (measured["count"] == 0)
    )
    soonest, bound = rows[0], float(measured["error_bound"][judged].max())
    reason = why_not(
        {
            "it does not fire at the shortest interval": not soonest["count"] > 0,
            "it does not fire on the closed form's count": not counted[judged].all(),
            f"its error rate is up to {bound:.2g}": not bound <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        described(measured, _COUNTED),
        seed=seed,
        costs=costs,
        waveforms=keep(
            trace,
            told("interval", intervals[0], "s"),
            {
                ("Input current", "A"): {
                    "": Pulse(0.0, current, intervals[0], EDGE, EDGE, width - EDGE, intervals[0])(time)
                },
                ("Position of the wall", "1"): {"": "v(x_1)"},
                ("Output", "V"): {"": "v(out_1)"},
            },
        ),
        reason=reason,
        criterion="with thermal noise, at the shortest interval it fires on the closed form's count, to one pulse, "
        "and where that never fires it is silent; the error rate of either is below "
        f"{DESIGN_ERROR_RATE:g} with 95 % confidence",
        thermal_noise=True,
        error_rate=float(measured["error_rate"][judged].max()),
        current=current,
        width=width,
        circuit_threshold=threshold,
        trials=trials,
    )


#: How far before and behind the threshold a wall is led, slowly, to see at which position the circuit fires.
LED = 0.12


def _nodes(which: object, supply: str) -> dict[str, str]:
    ends = {"input": f"in_{which}", "output": f"out_{which}", "x": f"x_{which}"}
    return {**ends, "bias": "bias", "supply": supply, "ground": "0"}


_COUNTED = {
    "interval": ("s", "time from one pulse to the next"),
    "count": ("1", "pulses up to the first spike, 0 if there is none"),
    "spikes": ("1", "spikes during all pulses"),
    "threshold": ("1", "position of the wall over the length at the first spike"),
    "step": ("1", "by which a pulse moves the wall, over the length"),
    "leak": ("1/s", "velocity of the wall back, over the length"),
    "expected": ("1", "count of the closed form, 0 if it never fires"),
    "error_rate": ("1", "share of the trials that differ from it by more than one, or fire where it never does"),
    "error_bound": ("1", "bound that the error rate is below with 95 % confidence"),
    "least_after": ("1", "least position of the wall after the first spike"),
    "energy": ("J", "energy of the supply up to the first spike"),
}


def _spent(part: pd.DataFrame, number: int, supply_voltage: float, bias: float) -> dict[str, float]:
    """Energies of the supply, the inputs, into the device, of the rest, and back, of one neuron."""
    time = part["time"].to_numpy()

    def power(voltage: Any, terminal: str) -> FloatArray:
        return np.asarray(voltage * part[f"i(v.x_{number}.v_wall_{terminal})"].to_numpy())

    writing, biasing = power(part[f"v(in_{number})"].to_numpy(), "write"), power(bias, "common")
    reading = power(part[f"v(x_{number}.read)"].to_numpy(), "read")
    supply, supply_back = delivered(time, supply_voltage * part[f"i(v_meter_{number})"].to_numpy())
    inputs, inputs_back = np.sum([delivered(time, each) for each in (writing, biasing)], axis=0).tolist()
    read = float(np.trapezoid(reading, time))
    return {
        "supply": supply,
        "inputs": inputs,
        "devices": inputs - inputs_back + read,
        "cmos": supply - supply_back - read,
        "returned": supply_back + inputs_back,
    }


def _expected(
    start: float, step: float, leak: float, interval: float, width: float, threshold: float, pulses: int
) -> int:
    """Pulses until a wall that moves by steps and falls back in between, not before its start, passes a threshold."""
    x = start
    for count in range(1, pulses + 1):
        x += step - leak * width
        if x >= threshold:
            return count
        x = max(start, x - leak * (interval - width))
    return 0
