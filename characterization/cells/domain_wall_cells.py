"""Benches of the domain-wall cells: how many pulses make the neuron fire, and what pulses do to a signed synapse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ...circuits.cells.domain_wall_cells import DomainWallNeuron, DomainWallPair, wall_junction
from ...circuits.cells.wall_writing import WallWriter
from ...circuits.engine.ngspice import Transient, run
from ...devices.core.metadata import Column
from ..arguments import Quantity, Range, Whole, Wholes
from .bench import cell_bench
from .standard import Cost, cell_table

#: Edges of pulses. [s]
EDGE = 5e-11
#: Largest step of the transients. [s]
LARGEST_STEP = 2e-11


@cell_bench(DomainWallNeuron)
def integrate_and_fire(
    cell: DomainWallNeuron,
    intervals: Annotated[Sequence[float], Range("s", "times from one pulse to the next; a neuron for each")] = (
        2e-9,
        4e-9,
        8e-9,
    ),
    *,
    current: Annotated[float, Quantity("A", "current of a pulse")] = 2e-5,
    width: Annotated[float, Quantity("s", "width of a pulse", positive=True)] = 0.3e-9,
    pulses: Annotated[
        int, Whole("number of pulses at the longest interval; shorter ones bring more in the same time", 1)
    ] = 20,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = 300.0,
) -> pd.DataFrame:
    """Send equal current pulses to a domain-wall neuron and count how many it takes to fire.

    Returns
    -------
    pandas.DataFrame
        A row per interval: ``interval`` [s], ``count`` (pulses up to the first spike; 0 if there is none), ``spikes``,
        ``threshold`` (the wall's position over the length at the first spike), ``step`` (by which one pulse moves it),
        ``leak`` (its velocity back over the length) [1/s], ``expected`` (count of the closed form), ``least_after``
        (the wall's least position after the first spike), ``energy`` of the supply up to the first spike [J].
    """
    circuit, device = cell.subcircuit(meters=True), cell.junction()
    end = max(intervals) * (pulses + 1)
    lines = ["* pulses to domain-wall neurons", circuit.text, f"V_supply supply 0 {cell.supply_voltage!r}"]
    bias = cell.values["bias_voltage"]
    lines.append(f"V_bias bias 0 {bias!r}")
    kept = ["v(in_1)", "v(x_1.read)", *(f"i(v.x_1.v_wall_{terminal})" for terminal in ("write", "common", "read"))]
    for n, interval in enumerate(intervals, 1):
        nodes = {"input": f"in_{n}", "output": f"out_{n}", "bias": "bias", "supply": f"supply_{n}", "ground": "0"}
        lines += [circuit.instance(f"_{n}", {**nodes, "x": f"x_{n}"}), f"V_meter_{n} supply supply_{n} 0"]
        form = f"PULSE(0 {current!r} {interval!r} {EDGE!r} {EDGE!r} {width - EDGE!r} {interval!r})"
        lines.append(f"I_in_{n} 0 in_{n} {form}")
        kept += [f"v(out_{n})", f"v(x_{n})", f"i(v_meter_{n})"]
    trace = run(
        "\n".join(lines),
        Transient(LARGEST_STEP, end, max_step=LARGEST_STEP),
        options={"temp": cell.celsius},
        save=kept,
        time_limit=time_limit,
    )
    time, half = trace["time"].to_numpy(), cell.supply_voltage / 2
    start = device.values["initial_state"]
    step = float(device.current_mobility) * current * width / device.values["length"]
    leak = float(device.field_mobility) * cell.values["leak_field"] / device.values["length"]
    rows: list[dict[str, Any]] = []
    spent: tuple[float, ...] = ()
    for n, interval in enumerate(intervals, 1):
        output, x = trace[f"v(out_{n})"].to_numpy(), trace[f"v(x_{n})"].to_numpy()
        rises = np.flatnonzero((output[1:] > half) & (output[:-1] <= half))
        first = int(rises[0]) if len(rises) else None
        row: dict[str, Any] = {
            "interval": interval,
            "count": 0,
            "spikes": len(rises),
            "threshold": np.nan,
            "step": step,
            "leak": leak,
        }
        row |= {"expected": 0, "least_after": np.nan, "energy": np.nan}
        if first is not None:
            threshold = float(x[first])
            row |= {
                "count": int(time[first] / interval),
                "threshold": threshold,
                "least_after": float(x[first:].min()),
                "energy": float(np.trapezoid(trace[f"i(v_meter_{n})"][:first], time[:first]) * cell.supply_voltage),
            }
            if n == 1:
                spent = _spent(trace.iloc[:first], row["energy"], bias)
        row["expected"] = _expected(start, step, leak, interval, width, _threshold(rows, row), int(end / interval))
        rows.append(row)
    measured = pd.DataFrame(rows)
    return cell_table(
        cell,
        _described(measured, _COUNTED),
        costs=[Cost("spike", *spent)] if spent else [],
        works=bool(rows[0]["count"] > 0 and (abs(measured["count"] - measured["expected"]) <= 1).all()),
        criterion="fires on the count of the closed form, to one pulse, and at the shortest interval at all",
        current=current,
        width=width,
    )


_COUNTED = {
    "interval": ("s", "time from one pulse to the next"),
    "count": ("1", "pulses up to the first spike, 0 if there is none"),
    "spikes": ("1", "spikes during all pulses"),
    "threshold": ("1", "position of the wall over the length at the first spike"),
    "step": ("1", "by which a pulse moves the wall, over the length"),
    "leak": ("1/s", "velocity of the wall back, over the length"),
    "expected": ("1", "count of the closed form"),
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


def _threshold(rows: Sequence[dict[str, Any]], row: dict[str, Any]) -> float:
    """Of this neuron, or of one that fired: they are alike."""
    known = [float(r["threshold"]) for r in (row, *rows) if r["count"]]
    return known[0] if known else 1.0


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


@cell_bench(DomainWallPair)
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
) -> pd.DataFrame:
    """Write a signed synapse with pulses, then read it; a pair of its own for every number of pulses, in one transient.

    Returns
    -------
    pandas.DataFrame
        ``pulses``, ``x_plus``, ``x_minus``, ``difference`` (I+ - I- at the read voltage) [A], ``expected`` [A],
        ``write_energy`` [J].
    """
    strip = wall_junction()
    writer = WallWriter.suited(strip)
    begin = writer.duration(max(abs(count) for count in pulses)) + 1e-9
    end, circuit = begin + 1e-9, cell.subcircuit()
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
    deck = "\n".join(lines) + "\n" + "".join(f".save {vector}\n" for vector in kept)
    trace = run(deck, Transient(LARGEST_STEP, end, max_step=LARGEST_STEP), options={"temp": cell.celsius})
    time = trace["time"].to_numpy()
    bias = (voltage / strip.values["tmr_half_voltage"]) ** 2
    ratio = strip.values["tmr"] / (1 + bias + strip.values["tmr"])
    rows = []
    for n, count in enumerate(pulses, 1):
        drop = trace[f"v(write_{n})"] - trace[f"v(write_return_{n})"]
        x_plus, x_minus = (float(trace[f"v(x_{side}_{n})"].iloc[-1]) for side in ("plus", "minus"))
        rows.append(
            {
                "pulses": count,
                "x_plus": x_plus,
                "x_minus": x_minus,
                "difference": float(trace[f"i(v_plus_{n})"].iloc[-1] - trace[f"i(v_minus_{n})"].iloc[-1]),
                "expected": float(strip.parallel_conductance) * ratio * (x_plus - x_minus) * voltage,
                "write_energy": float(np.trapezoid(writer.waveform(count)(time) * drop.to_numpy(), time)),
            }
        )
    measured = pd.DataFrame(rows)
    written = measured[measured["pulses"] != 0]
    step = float((written["write_energy"] / written["pulses"].abs()).mean())
    moved = (measured["x_plus"] - measured["x_minus"]) - (
        cell.values["initial_weight"] + 2 * measured["pulses"] / writer.sites
    )
    return cell_table(
        cell,
        _described(measured, _WRITTEN),
        costs=[Cost("step of the weight", writer.slot, 0.0, step, step, 0.0)],
        works=bool((moved.abs() < 0.02).all()),
        criterion="every pulse moves both walls by one site",
        voltage=voltage,
    )
