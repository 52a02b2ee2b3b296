"""Benches of the domain-wall cells: how many pulses make the neuron fire, and what pulses do to a signed synapse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ...circuits.cells.spin.domain_wall_cells import DomainWallNeuron, DomainWallPair
from ...circuits.engine.ngspice import Transient, run
from ...devices.core.metadata import Column
from ..arguments import Quantity, Range, Whole, Wholes
from .bench import cell_bench
from .standard import Cost, cell_table, crossings
from .wall_statistics import EDGE, firing_errors, write_errors

#: Largest step of the transients of walls without noise. [s]
LARGEST_STEP = 1e-11
#: Error rate that a cell's margins are designed for.
DESIGNED = 1e-3
#: How many standard deviations of the reading's noise the circuit's threshold is varied by.
READING = 3.0
#: Number of pulses after which a neuron that has not fired never does.
NEVER = 1000
#: Pulses of a bench differ from the nominal current by as much.
TOLERANCE = 0.1


@cell_bench(DomainWallNeuron, long=True)
def integrate_and_fire(
    cell: DomainWallNeuron,
    intervals: Annotated[Sequence[float], Range("s", "times from one pulse to the next; a neuron for each")] = (
        6e-9,
        12e-9,
        40e-9,
    ),
    *,
    current: Annotated[float, Quantity("A", "current of a pulse")] = 2e-4,
    width: Annotated[float, Quantity("s", "width of a pulse", positive=True)] = 3.5e-9,
    pulses: Annotated[
        int, Whole("number of pulses at the longest interval; shorter ones bring more in the same time", 1)
    ] = 2,
    trials: Annotated[int, Whole("number of trials of the wall at each interval", 1)] = 4000,
    seed: Annotated[int, Whole("seed of the noise", 1, 2**31 - 100)] = 1,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = 600.0,
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
    circuit, device = cell.subcircuit(meters=True), cell.junction()
    end, step_limit = max(intervals) * (pulses + 1), cell.values["noise_step"] or LARGEST_STEP
    lines = ["* pulses to domain-wall neurons", circuit.text, f"V_supply supply 0 {cell.supply_voltage!r}"]
    bias = cell.values["bias_voltage"]
    lines.append(f"V_bias bias 0 {bias!r}")
    lines.append(circuit.instance("_led", _nodes("led", supply="supply")))
    nearest, farthest = cell.values["threshold"] - LED, min(cell.values["threshold"] + LED, 0.98)
    lines.append(f"V_led x_led 0 PWL(0 {nearest!r} {end!r} {farthest!r})")
    kept = ["v(x_led)", "v(out_led)", "v(in_1)", "v(x_1.read)"]
    kept += [f"i(v.x_1.v_wall_{terminal})" for terminal in ("write", "common", "read")]
    for n, interval in enumerate(intervals, 1):
        lines += [circuit.instance(f"_{n}", _nodes(n, supply=f"supply_{n}")), f"V_meter_{n} supply supply_{n} 0"]
        form = f"PULSE(0 {current!r} {interval!r} {EDGE!r} {EDGE!r} {width - EDGE!r} {interval!r})"
        lines.append(f"I_in_{n} 0 in_{n} {form}")
        kept += [f"v(out_{n})", f"v(x_{n})", f"i(v_meter_{n})"]
    trace = run(
        "\n".join(lines),
        Transient(step_limit, end, max_step=step_limit),
        options={"seed": seed},
        save=kept,
        time_limit=time_limit,
    )
    time, half = trace["time"].to_numpy(), cell.supply_voltage / 2
    led = crossings(trace["v(x_led)"].to_numpy(), trace["v(out_led)"].to_numpy(), half)
    threshold = float(led[0]) if len(led) else 1.0
    start = device.values["initial_state"]
    step = float(device.current_mobility) * current * width / device.values["length"]
    leak = float(device.field_mobility) * cell.values["leak_field"] / device.values["length"]
    rows: list[dict[str, Any]] = []
    spent: tuple[float, ...] = ()
    for n, interval in enumerate(intervals, 1):
        output, x = trace[f"v(out_{n})"].to_numpy(), trace[f"v(x_{n})"].to_numpy()
        rises = np.flatnonzero((output[1:] > half) & (output[:-1] <= half))
        expected = _expected(start, step, leak, interval, width, cell.values["threshold"], NEVER)
        # A wall that stays beyond the threshold until the next pulse makes the circuit fire; one that noise of the
        # reading takes for beyond it may.
        noise = READING * cell.read_noise(cell.values["threshold"])
        errors = max(
            (
                firing_errors(
                    cell,
                    interval,
                    expected,
                    current=current,
                    width=width,
                    pulses=2 * expected + 4 if expected else pulses,
                    trials=trials,
                    seed=seed + n,
                    threshold=at,
                )
                for at in (threshold - noise, threshold + noise + leak * (interval - width))[: 2 if expected else 1]
            ),
            key=lambda found: found.rate,
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
            if n == 1:
                spent = _spent(trace.iloc[:first], row["energy"], bias)
        rows.append(row)
    measured = pd.DataFrame(rows)
    judged = (measured["expected"] == 0) | (measured.index == int(np.argmin(intervals)))
    counted = (abs(measured["count"] - measured["expected"]) <= 1) & (
        (measured["expected"] > 0) | (measured["count"] == 0)
    )
    return cell_table(
        cell,
        _described(measured, _COUNTED),
        seed=seed,
        costs=[Cost("spike", *spent)] if spent else [],
        works=bool(
            rows[0]["count"] > 0 and counted[judged].all() and (measured["error_bound"][judged] <= DESIGNED).all()
        ),
        criterion="with thermal noise, at the shortest interval it fires on the closed form's count, to one pulse, "
        f"and where that never fires it is silent; the error rate of either is below {DESIGNED:g} with 95 % confidence",
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
_WRITTEN = {
    "pulses": ("1", "write pulses"),
    "x_plus": ("1", "position of the wall at plus"),
    "x_minus": ("1", "position of the wall at minus"),
    "difference": ("A", "difference of the read currents"),
    "expected": ("A", "difference of the read currents by the walls' positions"),
    "write_energy": ("J", "energy of the pulses"),
}


def _described(table: pd.DataFrame, columns: dict[str, tuple[str, str]]) -> dict[str, Column]:
    return {name: (table[name].to_numpy(), *columns[name]) for name in columns}


def _spent(part: pd.DataFrame, supplied: float, bias: float) -> tuple[float, ...]:
    """Time, and the energies of the supply, the inputs, into the device, and of the rest, up to the first spike."""
    time = part["time"].to_numpy()

    def energy(voltage: Any, terminal: str) -> float:
        return float(np.trapezoid(voltage * part[f"i(v.x_1.v_wall_{terminal})"].to_numpy(), time))

    strip = energy(part["v(in_1)"].to_numpy(), "write") + energy(bias, "common")
    read = energy(part["v(x_1.read)"].to_numpy(), "read")
    return float(time[-1]), supplied, strip, strip + read, supplied - read


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


@cell_bench(DomainWallPair, long=True)
def signed_weights(
    cell: DomainWallPair,
    pulses: Annotated[Sequence[int], Wholes("numbers of write pulses, negative ones lower the weight")] = (
        -3,
        -2,
        -1,
        0,
        1,
        2,
        3,
    ),
    *,
    voltage: Annotated[float, Quantity("V", "voltage of the line while it is read")] = 0.1,
    trials: Annotated[int, Whole("number of trials of a write pulse", 1)] = 4000,
    seed: Annotated[int, Whole("seed of the noise", 1, 2**31 - 100)] = 1,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = 600.0,
) -> pd.DataFrame:
    """Write a signed synapse with pulses, then read it, and tell how often a write pulse fails.

    A pair of its own for every number of pulses runs in one transient of ngspice, with thermal noise on the walls at
    the cell's temperature. The error rate of a pulse comes from ensembles of both walls, at its nominal current and at
    10 % less and more.

    Returns
    -------
    pandas.DataFrame
        ``pulses``, ``x_plus``, ``x_minus``, ``difference`` (I+ - I- at the read voltage, averaged over the second half
        of the read) [A], ``expected`` (by the walls' positions meanwhile) [A], ``write_energy`` [J]; ``attrs`` has the
        ``write_error_rates`` and ``write_error_bounds`` of a pulse at these three currents.
    """
    strip, writer = cell.strip(), cell.writer()
    begin = writer.duration(max(abs(count) for count in pulses)) + 1e-9
    end, circuit, step_limit = begin + 2e-9, cell.subcircuit(), cell.values["noise_step"] or LARGEST_STEP
    lines = ["* pulses to signed synapses", circuit.text]
    lines.append(f"V_line line 0 PULSE(0 {voltage!r} {begin!r} {EDGE!r} {EDGE!r} 1 2)")
    kept = ["v(line)"]
    for n, count in enumerate(pulses, 1):
        ends = {pin: f"{pin}_{n}" for pin in circuit.pins if pin != "line"}
        lines.append(circuit.instance(f"_{n}", {**ends, "line": "line"}))
        lines += [f"V_plus_{n} plus_{n} 0 0", f"V_minus_{n} minus_{n} 0 0"]
        lines.append(f"I_write_{n} write_return_{n} write_{n} {writer.waveform(count).spice(end)}")
        kept += [f"v(x_plus_{n})", f"v(x_minus_{n})", f"i(v_plus_{n})", f"i(v_minus_{n})"]
        kept += [f"v(write_{n})", f"v(write_return_{n})"]
    trace = run(
        "\n".join(lines),
        Transient(step_limit, end, max_step=step_limit),
        options={"seed": seed},
        save=kept,
        time_limit=time_limit,
    )
    time = trace["time"].to_numpy()
    reading = time >= (begin + end) / 2
    bias = (voltage / strip.values["tmr_half_voltage"]) ** 2
    ratio = strip.values["tmr"] / (1 + bias + strip.values["tmr"])
    rows = []
    for n, count in enumerate(pulses, 1):
        drop = trace[f"v(write_{n})"] - trace[f"v(write_return_{n})"]
        x_plus, x_minus = (float(trace[f"v(x_{side}_{n})"][reading].mean()) for side in ("plus", "minus"))
        rows.append(
            {
                "pulses": count,
                "x_plus": x_plus,
                "x_minus": x_minus,
                "difference": float((trace[f"i(v_plus_{n})"] - trace[f"i(v_minus_{n})"])[reading].mean()),
                "expected": float(strip.parallel_conductance) * ratio * (x_plus - x_minus) * voltage,
                "write_energy": float(np.trapezoid(writer.waveform(count)(time) * drop.to_numpy(), time)),
            }
        )
    measured = pd.DataFrame(rows)
    written = measured[measured["pulses"] != 0]
    step = float((written["write_energy"] / written["pulses"].abs()).mean())
    start = cell.values["initial_weight"] / 2
    off = (
        measured[["x_plus", "x_minus"]].to_numpy() - 0.5 - np.outer(start + measured["pulses"] / writer.sites, (1, -1))
    )
    errors = [
        write_errors(strip, writer, relative_current=part, temperature=cell.temperature, trials=trials, seed=seed + k)
        for k, part in enumerate((1 - TOLERANCE, 1.0, 1 + TOLERANCE))
    ]
    return cell_table(
        cell,
        _described(measured, _WRITTEN),
        seed=seed,
        costs=[Cost("step of the weight", writer.slot, 0.0, step, step, 0.0)],
        works=bool((abs(off) * writer.sites < 0.5).all() and max(error.bound for error in errors) <= DESIGNED),
        criterion="with thermal noise every pulse moves both walls by one site, and at currents within 10 % of the "
        f"nominal one its error rate is below {DESIGNED:g} with 95 % confidence",
        write_error_rates=[error.rate for error in errors],
        write_error_bounds=[error.bound for error in errors],
        voltage=voltage,
        trials=trials,
    )
