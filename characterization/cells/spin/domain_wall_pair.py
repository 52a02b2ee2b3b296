"""Standard bench of the pair of domain walls, a signed weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.spin.domain_wall_cells import DomainWallPair
from ....circuits.engine.ngspice import Transient, run
from ....circuits.engine.process import TIME_LIMIT
from ....devices.language.errors import ParameterError
from ...arguments import Quantity, Whole, Wholes
from ..bench import cell_bench
from ..cost import Cost, delivered, told
from ..point import Point
from ..standard import cell_table, half_way, why_not
from ..waveforms import keep
from .spin_reliability import OFF_CURRENT, pair_reliability
from .wall_statistics import EDGE, LARGEST_STEP, described, write_errors

_WRITTEN = {
    "pulses": ("1", "write pulses"),
    "x_plus": ("1", "position of the wall at plus"),
    "x_minus": ("1", "position of the wall at minus"),
    "difference": ("A", "difference of the read currents"),
    "expected": ("A", "difference of the read currents by the walls' positions"),
    "write_energy": ("J", "energy of the pulses"),
}


#: Voltage of a line while a pair is read [V]; rest before it, and its length. [s]
READ_LINE, REST, READING = 0.1, 1e-9, 2e-9


def _read_pulse(voltage: float, begin: float) -> str:
    return f"V_line line 0 PULSE(0 {voltage!r} {begin!r} {EDGE!r} {EDGE!r} 1 2)"


def _stepped(cell: DomainWallPair) -> Point:
    """Difference of the currents after three pulses."""
    writer, pulses = cell.writer(), 3
    begin = writer.duration(pulses) + REST
    end, step = begin + READING, cell.values["noise_step"] or LARGEST_STEP
    part = f"from={begin + READING / 2!r} to={end!r}"
    return Point(
        [
            _read_pulse(READ_LINE, begin),
            "V_plus plus 0 0",
            "V_minus minus 0 0",
            f"I_write write_return write {writer.waveform(pulses).spice(end)}",
        ],
        Transient(step, end, max_step=step),
        {
            "plus": f"avg i(v_plus) {part}",
            "minus": f"avg i(v_minus) {part}",
            "difference": "param='plus - minus'",
        },
        "A",
        {"pulses": [pulses], "voltage": READ_LINE, "trials": 1},
        lambda table: float(table["difference"].iloc[0]),
    )


@cell_bench(DomainWallPair, point=_stepped, reliability=pair_reliability, long=True)
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
    voltage: Annotated[float, Quantity("V", "voltage of the line while it is read")] = READ_LINE,
    trials: Annotated[int, Whole("number of trials of a write pulse", 1)] = 4000,
    seed: Annotated[int, Whole("seed of the noise", 1, 2**31 - 100)] = 1,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = TIME_LIMIT,
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

    Raises
    ------
    ParameterError
        If no pulse is written, or an argument makes no sense.
    """
    if not any(pulses):
        raise ParameterError("pulses must have a number that is not 0: otherwise no weight is written")
    strip, writer = cell.strip, cell.writer()
    begin = writer.duration(max(abs(count) for count in pulses)) + REST
    end, circuit = begin + READING, cell.subcircuit(for_bench=True)
    step_limit = cell.values["noise_step"] or LARGEST_STEP
    lines = ["* pulses to signed synapses", circuit.text]
    lines.append(_read_pulse(voltage, begin))
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
        osdi=circuit.files,
        noise=circuit.noises_of(*(f"_{n}" for n in range(1, len(pulses) + 1))),
        time_limit=time_limit,
    )
    time = trace["time"].to_numpy()
    reading = time >= (begin + end) / 2
    bias = (voltage / strip.values["tmr_half_voltage"]) ** 2
    ratio = strip.values["tmr"] / (1 + bias + strip.values["tmr"])
    rows, costs = [], []
    for n, count in enumerate(pulses, 1):
        drop = trace[f"v(write_{n})"] - trace[f"v(write_return_{n})"]
        current = writer.waveform(count)(time)
        x_plus, x_minus = (float(trace[f"v(x_{side}_{n})"][reading].mean()) for side in ("plus", "minus"))
        rows.append(
            {
                "pulses": count,
                "x_plus": x_plus,
                "x_minus": x_minus,
                "difference": float((trace[f"i(v_plus_{n})"] - trace[f"i(v_minus_{n})"])[reading].mean()),
                "expected": float(strip.parallel_conductance) * ratio * (x_plus - x_minus) * voltage,
                "write_energy": delivered(time, current * drop.to_numpy())[0],
            }
        )
        if count:
            energy, back = (each / abs(count) for each in delivered(time, current * drop.to_numpy()))
            spent = {"supply": 0.0, "inputs": energy, "devices": energy - back, "cmos": 0.0, "returned": back}
            moved = half_way(time, trace[f"v(x_plus_{n})"].to_numpy(), 0.0, writer.slot)
            costs.append(
                Cost.of(
                    "step of the weight",
                    f"{told('write current', writer.current, 'A')}, {count} pulses",
                    spent,
                    delay=moved - writer.edge / 2,
                    duration=writer.slot,
                    periphery={"driver": 1},
                )
            )
    measured = pd.DataFrame(rows)
    start = cell.values["initial_weight"] / 2
    off = (
        measured[["x_plus", "x_minus"]].to_numpy() - 0.5 - np.outer(start + measured["pulses"] / writer.sites, (1, -1))
    )
    shown = int(np.argmax(pulses))
    errors = [
        write_errors(strip, writer, relative_current=part, temperature=cell.temperature, trials=trials, seed=seed + k)
        for k, part in enumerate(OFF_CURRENT)
    ]
    astray, bound = float((abs(off) * writer.sites).max()), max(error.bound for error in errors)
    reason = why_not(
        {
            f"a wall is {astray:.2g} sites from where the pulses should have led it": not astray < 0.5,
            f"the error rate of a pulse is up to {bound:.2g}": not bound <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        described(measured, _WRITTEN),
        seed=seed,
        costs=costs,
        waveforms=keep(
            trace,
            f"{pulses[shown]} write pulses, then a read",
            {
                ("Write current", "A"): {"": writer.waveform(pulses[shown])(time)},
                ("Positions of the walls", "1"): {side: f"v(x_{side}_{shown + 1})" for side in ("plus", "minus")},
                ("Line", "V"): {"": "v(line)"},
                ("Read currents", "A"): {side: f"i(v_{side}_{shown + 1})" for side in ("plus", "minus")},
            },
        ),
        reason=reason,
        criterion="with thermal noise every pulse moves both walls by one site, and at currents within 10 % of the "
        f"nominal one its error rate is below {DESIGN_ERROR_RATE:g} with 95 % confidence",
        thermal_noise=True,
        error_rate=max(error.rate for error in errors),
        write_error_rates=[error.rate for error in errors],
        write_error_bounds=[error.bound for error in errors],
        voltage=voltage,
        trials=trials,
    )
