"""Standard bench of the spin neuron: its truth table after programming."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.cells.spin.spin_neuron import FourInputSpinNeuron, SpinNeuron, _SpinNeuron
from ....circuits.cells.spin.trained_weights import pulses_for_at_least
from ....circuits.engine.decks import wrapped
from ....circuits.engine.ngspice import Transient, run
from ....devices.language.waveforms.shapes import FloatArray, PiecewiseLinear
from ...arguments import MOST_SEED, Quantity, Whole, Wholes
from ..bench import cell_bench
from ..cost import Cost, delivered
from ..standard import bench_deck, cell_table, crossings, why_not
from ..waveforms import keep
from .spin_reliability import spin_reliability

#: Edges of presets and inputs. [s]
EDGE = 2e-11
#: Largest step of the transients: the magnet precesses in some 400 ps. [s]
LARGEST_STEP = 5e-12
#: Share of the weights' range by which reads may change a weight; patterns whose waveforms are kept.
DISTURBED, SHOWN = 0.01, 4


@cell_bench(SpinNeuron, FourInputSpinNeuron, reliability=spin_reliability, long=True)
def truth_table(
    cell: _SpinNeuron,
    pulses: Annotated[
        Sequence[int] | None,
        Wholes(
            "write pulses of every strip, from the erased state; default: those of the largest margin for two inputs"
        ),
    ] = None,
    *,
    voltage: Annotated[
        float, Quantity("V", "voltage of the inputs that are on, of the preset and of the signals' rail")
    ] = 0.03,
    preset_time: Annotated[
        float, Quantity("s", "end of the preset, from the cycle's beginning", positive=True)
    ] = PRESET_TIME,
    read_time: Annotated[
        float, Quantity("s", "when the latch's clock rises, from the cycle's beginning", positive=True)
    ] = READ_TIME,
    period: Annotated[float, Quantity("s", "length of a cycle", positive=True)] = 9e-9,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1, MOST_SEED)] = 1,
    time_limit: Annotated[float, Quantity("s", "wall-clock time for the simulator", positive=True)] = 900.0,
) -> pd.DataFrame:
    """Program the weights of a spin neuron with current pulses, then try all patterns of its inputs, in one transient.

    The last input is the threshold: it is always on. Every cycle begins with the preset; then the magnet falls, and the
    latch reads it. The neuron has fired if the spike is above half the supply at the end of the reading. The thermal
    field of the cell's temperature acts on the magnet; how often a pattern would be decided wrongly in many such runs
    follows from its sum over the thermal width, see :class:`~synaspice.circuits.cells.spin.decision.Decision`.

    Returns
    -------
    pandas.DataFrame
        A row per pattern: ``input_1``, ... (0 or 1), ``weighted_sum`` (the spin current into the magnet by the
        network's equations, with the weights read from the walls) [A], ``margin`` (its size over the thermal width),
        ``error_rate``, ``m_z`` when the clock rises, ``spike`` [V], ``fired``, ``preset_energy``, ``input_energy``,
        ``read_energy`` (into the junction) and ``supply_energy`` [J]. ``attrs`` has the ``weights``, their greatest
        ``weight_change`` by all the evaluations, the energy of programming, the largest ``signal_current`` of an input
        [A], the angle by which the charge of reading can turn the magnet at most, ``read_turn`` [rad], the worst
        ``error_rate``, and whether the cell works: whether it fires for just the patterns of a positive sum, errs in
        at most one of a thousand decisions, and keeps its weights to a hundredth of their range.

    Raises
    ------
    ParameterError
        If there are not as many pulse numbers as inputs, or one is out of range.
    """
    valve = cell.valve
    signals, writer, numbers = valve.inputs - 1, valve.writer, range(1, valve.inputs + 1)
    pulses = pulses_for_at_least(2, valve) if pulses is None else list(pulses)
    valve.check_count("numbers of pulses", pulses)
    valve.decision(cell.temperature, voltage, read_time - preset_time)  # what it refuses is refused before the run
    waveforms = [writer.waveform(count) for count in pulses]
    begin = max(1e-10, writer.duration(max(abs(count) for count in pulses)))
    patterns = list(itertools.product((0, 1), repeat=signals))
    starts = (begin + period * np.arange(len(patterns))).tolist()
    end = starts[-1] + period
    reading = period - read_time - 5 * EDGE
    lines = [
        f"V_preset preset 0 {repeated_pulse(voltage, begin, preset_time, period)}",
        f"V_clock clock 0 {repeated_pulse(cell.supply_voltage, begin + read_time, reading, period)}",
        f"V_signal signal 0 {voltage!r}",
        "R_load output 0 250",
    ]
    for k in numbers:
        levels = [pattern[k - 1] if k <= signals else 1 for pattern in patterns]
        lines.append(f"V_input_{k} input_{k} 0 {wrapped(held_levels(voltage, levels, starts).spice(end))}")
        lines.append(f"I_write_{k} input_{k} write_{k} {wrapped(waveforms[k - 1].spice(end))}")
    circuit = cell.subcircuit(meters=True, for_bench=True)
    sources = {"v_preset": "preset", "vsupply": "supply", **{f"v_input_{k}": f"input_{k}" for k in numbers}}
    trace = run(
        bench_deck(cell, circuit, lines),
        Transient(LARGEST_STEP, end, max_step=LARGEST_STEP),
        options={"seed": seed},
        osdi=circuit.files,
        noise=circuit.noises_of("1"),
        save=[
            *("v(m_z)", "v(spike)", "v(clock)", "v(x1.read)", "i(v.x1.v_valve_read)"),
            *(f"i({source})" for source in sources),
            *(f"v({node})" for node in sources.values()),
            *(f"v(x_{k})" for k in numbers),
            *(f"v(write_{k})" for k in numbers),
        ],
        time_limit=time_limit,
    )
    time = trace["time"].to_numpy()
    written = int(np.searchsorted(time, begin))
    weights, kept = ([valve.weight_at(trace[f"v(x_{k})"].iloc[at]) for k in numbers] for at in (written, -1))
    decision = valve.decision(cell.temperature, voltage, read_time - preset_time)
    power = {name: (-trace[f"i({name})"] * trace[f"v({node})"]).to_numpy() for name, node in sources.items()}
    reading_power = (trace["i(v.x1.v_valve_read)"] * trace["v(x1.read)"]).to_numpy()
    drops = {k: (trace[f"v(write_{k})"] - trace[f"v(input_{k})"]).to_numpy() for k in numbers}
    writing = np.sum([waveforms[k - 1](time) * drop for k, drop in drops.items()], axis=0)
    rises = crossings(time, trace["v(spike)"].to_numpy(), cell.supply_voltage / 2)
    rows, costs = [], []
    for pattern, start in zip(patterns, starts, strict=True):
        window = slice(*np.searchsorted(time, [start, start + period]))
        each = {name: delivered(time[window], p[window]) for name, p in power.items()}
        energy = {name: given for name, (given, _) in each.items()}
        read = float(np.trapezoid(reading_power[window], time[window]))
        costs.append(_evaluation(pattern, start, period, rises, each, read))
        on = [voltage * level for level in (*pattern, 1)]
        spike = float(np.interp(start + period - 6 * EDGE, time, trace["v(spike)"]))
        weighted = float(valve.spin_current(weights, on)[2])
        rows.append(
            {f"input_{k}": level for k, level in enumerate(pattern, 1)}
            | {
                "weighted_sum": weighted,
                "margin": abs(weighted) / decision.noise_current,
                "error_rate": decision.error_rate(weighted),
                "m_z": float(np.interp(start + read_time, time, trace["v(m_z)"])),
                "spike": spike,
                "fired": int(spike > cell.supply_voltage / 2),
                "preset_energy": energy["v_preset"],
                "input_energy": sum(energy[f"v_input_{k}"] for k in numbers),
                "read_energy": read,
                "supply_energy": energy["vsupply"],
            }
        )
    measured = pd.DataFrame(rows)
    worst = float(measured["error_rate"].max())
    change = float(np.abs(np.subtract(kept, weights)).max())
    weight_range = valve.written_weights[-1] - valve.written_weights[0]
    reason = _why_not(measured, patterns, worst, change / weight_range)
    return cell_table(
        cell,
        {name: (measured[name].to_numpy(), *_described(name)) for name in measured.columns.astype(str)},
        costs=costs,
        waveforms=keep(
            trace,
            f"the first {min(SHOWN, len(patterns))} patterns of the inputs",
            {
                ("Inputs", "V"): {f"input {k}": f"v(input_{k})" for k in range(1, signals + 1)},
                ("Preset", "V"): {"": "v(preset)"},
                ("Clock", "V"): {"": "v(clock)"},
                ("Magnet's $m_z$", "1"): {"": "v(m_z)"},
                ("Spike", "V"): {"": "v(spike)"},
            },
            start=begin,
            end=begin + SHOWN * period,
        ),
        reason=reason,
        criterion="fires for every pattern whose weighted sum exceeds the threshold, and for no other; errs in at most "
        f"{DESIGN_ERROR_RATE:g} of the decisions (mismatch of the latch not counted); keeps its weights to "
        f"{DISTURBED:.0%} of their range",
        thermal_noise=True,
        error_rate=worst,
        noise_current=decision.noise_current,
        weight_change=change,
        signal_current=max(float(np.abs(trace[f"i(v_input_{k})"])[written:].max()) for k in numbers),
        read_turn=_read_turn(valve, trace, starts, period),
        seed=seed,
        weights=weights,
        write_energy=float(np.trapezoid(writing[:written], time[:written])),
        voltage=voltage,
        period=period,
    )


def _why_not(measured: pd.DataFrame, patterns: Sequence[Sequence[int]], worst: float, change: float) -> str | None:
    """What keeps the cell from working: wrong answers, errors by noise, weights that are lost."""
    names = np.array(["".join(map(str, pattern)) for pattern in patterns])
    due, fired = ((measured[name] > 0).to_numpy() for name in ("weighted_sum", "fired"))

    def listed(some: np.ndarray) -> str:
        return ", ".join([*names[some][:SHOWN], *(["..."] if np.count_nonzero(some) > SHOWN else [])])

    early, late = fired & ~due, due & ~fired
    return why_not(
        {
            f"fires for {listed(early)}, whose sum is below the threshold": bool(early.any()),
            f"does not fire for {listed(late)}, whose sum is above it": bool(late.any()),
            f"errs in {worst:.2g} of the decisions": not worst <= DESIGN_ERROR_RATE,
            f"a weight moves by {change:.1%} of its range": not change <= DISTURBED,
        }
    )


def _evaluation(
    pattern: Sequence[int],
    start: float,
    period: float,
    rises: FloatArray,
    each: Mapping[str, tuple[float, float]],
    read: float,
) -> Cost:
    """The cost of one pattern, from what every source delivers and takes back, and the energy into the junction."""
    supply, supply_back = each["vsupply"]
    inputs, back = np.sum([pair for name, pair in each.items() if name != "vsupply"], axis=0).tolist()
    spent = {
        "supply": supply,
        "inputs": inputs,
        "devices": inputs - back + read,
        "cmos": supply - supply_back - read,
        "returned": supply_back + back,
    }
    risen = rises[(rises > start) & (rises < start + period)]
    delay = float(risen[0]) - start - EDGE / 2 if len(risen) else math.nan
    at, parts = f"inputs {''.join(map(str, pattern))}", {"driver": 2, "DAC": sum(pattern) + 1}
    return Cost.of("evaluation", at, spent, delay=delay, duration=period, periphery=parts)


def _read_turn(valve: LateralSpinValve, trace: pd.DataFrame, starts: Sequence[float], period: float) -> float:
    """Angle by which the spins of the charge that reads can turn the magnet, its polarisation Julliere's [rad]."""
    time, current = trace["time"].to_numpy(), np.abs(trace["i(v.x1.v_valve_read)"].to_numpy())
    passed = np.concatenate([[0.0], np.cumsum(np.diff(time) * (current[1:] + current[:-1]) / 2)])
    charges = [np.diff(np.interp([start, start + period], time, passed))[0] for start in starts]
    ratio = valve.magnet.values["tmr"]
    return float(max(charges) * math.sqrt(ratio / (2 + ratio)) * valve.magnet.torque_rate_per_ampere)


_COLUMNS = {
    "weighted_sum": ("A", "spin current into the magnet by the network's equations, less the threshold's"),
    "margin": ("1", "size of the weighted sum over the thermal width"),
    "error_rate": ("1", "probability of the wrong decision at the temperature"),
    "m_z": ("1", "magnetisation when the clock rises"),
    "spike": ("V", "output of the latch at the end of the reading"),
    "fired": ("1", "whether there was a spike"),
    "preset_energy": ("J", "energy of the preset"),
    "input_energy": ("J", "energy of the inputs"),
    "read_energy": ("J", "energy into the junction while it is read"),
    "supply_energy": ("J", "energy of the supply"),
}


def _described(name: str) -> tuple[str, str]:
    """Unit and description of a column of the truth table."""
    return _COLUMNS.get(name) or ("1", f"{name.replace('_', ' ')}, on or off")


def repeated_pulse(height: float, begin: float, width: float, period: float) -> str:
    """A source of a height [V] for a width, from a begin on and in every period [s]."""
    return f"PULSE(0 {height!r} {begin!r} {EDGE!r} {EDGE!r} {width!r} {period!r})"


def held_levels(voltage: float, levels: Sequence[float], starts: Sequence[float]) -> PiecewiseLinear:
    """A voltage [V] times a level in each cycle, held from one start [s] to the next."""
    times, values = [0.0], [0.0]
    for start, level in zip(starts, levels, strict=True):
        times += [start, start + EDGE]
        values += [values[-1], level * voltage]
    return PiecewiseLinear(tuple(times), tuple(values))
