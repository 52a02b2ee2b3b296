"""Standard benches of the neurons of CMOS and one device."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ...circuits.cells.neurons import AxonHillock, MemristorNeuron, MTJNeuron, OscillatorNeuron, PBit
from ...circuits.engine.analyses import Transient
from ..arguments import Quantity, Range, Whole
from .bench import cell_bench
from .standard import NOISY, Cost, cell_table, crossings, energies, run_bench


def _mean(run: pd.DataFrame, column: str, start: float = 0.0) -> float:
    """Mean over time of a vector of a transient, from a time on."""
    part = run[run["time"] >= start]
    time = part["time"].to_numpy()
    return float(np.trapezoid(part[column].to_numpy(), time) / (time[-1] - time[0]))


@cell_bench(PBit)
def bench_p_bit(
    cell: PBit,
    inputs: Annotated[Sequence[float] | None, Range("V", "input voltages; default: around the middle")] = None,
    duration: Annotated[float, Quantity("s", "length of each transient", positive=True)] = 40e-9,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1)] = 1,
) -> pd.DataFrame:
    """Mean output over input voltage, with the sigmoid through it."""
    supply, step = cell.supply_voltage, cell.noise_step
    voltages = np.linspace(0.38, 0.68, 13) * supply if inputs is None else np.asarray(inputs, float)
    circuit = cell.subcircuit(meters=True)
    analysis = Transient(step, duration, max_step=step)
    runs = run_bench(
        cell,
        ["Vinput input 0 0"],
        [([f"setseed {seed + k}", f"alter vinput dc = {v!r}"], analysis) for k, v in enumerate(voltages.tolist())],
        circuit=circuit,
        options=NOISY,
    )
    means = np.array([_mean(run, "v(output)") for run in runs]) / supply
    flips = [len(crossings(run["time"].to_numpy(), run["v(output)"].to_numpy(), supply / 2)) for run in runs]
    errors = [_standard_error(run, "v(output)") / supply for run in runs]
    centre, scale = _sigmoid(voltages, means, np.asarray(errors))
    middle = runs[int(np.argmax(flips))]
    spent = energies(middle, circuit, {"vinput": "input"})
    cost = Cost.of("random bit", duration / max(1, max(flips)), spent, max(1, max(flips)))
    return cell_table(
        cell,
        {
            "input": (voltages, "V", "input voltage"),
            "mean_output": (means, "1", "mean output over the supply"),
            "error": (errors, "1", "standard error of the mean output, from ten parts of the transient"),
            "sigmoid": ((1 + np.tanh((voltages - centre) / scale)) / 2, "1", "fitted sigmoid"),
            "flips": (flips, "1", "number of rising edges of the output"),
        },
        seed=seed,
        costs=[cost],
        centre=centre,
        scale=scale,
        works=bool(means[0] < 0.1 and means[-1] > 0.9 and max(flips) > duration / 3e-9),
        criterion="the mean output rises from below a tenth to above nine tenths, flipping between",
    )


def _standard_error(run: pd.DataFrame, column: str, parts: int = 10) -> float:
    """Standard error of a mean over time, from the means of parts of it."""
    edges = np.linspace(0.0, float(run["time"].iloc[-1]), parts + 1)
    time, values = run["time"].to_numpy(), run[column].to_numpy()
    total = np.concatenate([[0.0], np.cumsum(np.diff(time) * (values[1:] + values[:-1]) / 2)])
    means = np.diff(np.interp(edges, time, total)) / np.diff(edges)
    return float(np.std(means, ddof=1) / math.sqrt(parts))


def _sigmoid(x: np.ndarray, y: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """Centre and scale of [1 + tanh((x - centre) / scale)] / 2, fitted."""
    from scipy.optimize import curve_fit

    start = (float(np.interp(0.5, np.maximum.accumulate(y), x)), 0.1 * float(np.ptp(x)))
    weights = np.hypot(errors, 0.01)
    found, _ = curve_fit(lambda v, c, s: (1 + np.tanh((v - c) / s)) / 2, x, y, p0=start, sigma=weights)
    return float(found[0]), abs(float(found[1]))


@cell_bench(AxonHillock)
def bench_axon_hillock(
    cell: AxonHillock,
    currents: Annotated[Sequence[float] | None, Range("A", "input currents; default: three decades")] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each", 1)] = 4,
) -> pd.DataFrame:
    """Firing rate over input current."""
    values = np.logspace(-10.0, -7.0, 7) if currents is None else np.asarray(currents, float)
    swing = cell.feedback_capacitance * cell.supply_voltage
    durations = [(spikes + 2) * 1.5 * swing / current for current in values.tolist()]
    table = _firing(cell, values, durations, [f"Vbias bias 0 {cell.supply_voltage!r}"], {"vbias": "bias"})
    rates = table["rate"].to_numpy()
    firing = rates > 0
    # rate = (current - leakage) / charge: relative errors count alike, so that the small currents tell the leakage
    weights = 1 / np.where(firing, rates, 1.0)
    matrix = np.stack([values, -np.ones_like(values)], axis=1)[firing] * weights[firing, None]
    (gain, loss), *_ = np.linalg.lstsq(matrix, np.ones(int(firing.sum())), rcond=None)
    leakage = float(loss / gain)  # negative where gates leak from the supply into the membrane
    usable = values > 3 * abs(leakage)
    deviation = rates[usable] / (gain * (values[usable] - leakage)) - 1
    table.attrs |= {
        "leakage": leakage,
        "largest_deviation": float(np.max(np.abs(deviation))) if usable.any() else math.nan,
        "works": bool(
            usable.any()
            and np.all(firing[usable])
            and values[usable][-1] / values[usable][0] > 70
            and np.all(np.abs(deviation) < 0.2)
        ),
        "criterion": "above three times its leakage, over two decades or more, the rate is proportional to the current "
        "less the leakage, within a fifth",
    }
    return table


@cell_bench(MemristorNeuron)
def bench_memristor_neuron(
    cell: MemristorNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: from a half to ten times the threshold")
    ] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each", 1)] = 4,
) -> pd.DataFrame:
    """Firing rate over input current, from below the threshold on."""
    threshold = cell.threshold_current
    factors = np.array([0.5, 0.8, 0.95, 1.1, 1.3, 1.7, 2.5, 4.0, 6.0, 10.0])
    values = threshold * factors if currents is None else np.asarray(currents, float)
    charge = cell.capacitance * cell.threshold_voltage
    leak = cell.capacitance * cell.resistance_off
    durations = [(spikes + 2) * min(5 * leak, 4 * charge / current) for current in values.tolist()]
    table = _firing(cell, values, durations, [], {})
    rates = table["rate"].to_numpy()
    table.attrs["works"] = bool(
        np.all(rates[values < 0.96 * threshold] == 0) and np.all(rates[values > 1.2 * threshold] > 0)
    )
    table.attrs["criterion"] = "silent below the threshold current, firing above 1.2 times it"
    table.attrs["threshold_current"] = threshold
    return table


def _firing(
    cell: AxonHillock | MemristorNeuron,
    values: np.ndarray,
    durations: Sequence[float],
    lines: Sequence[str],
    sources: dict[str, str],
) -> pd.DataFrame:
    """Rates and energies of a neuron that an input current charges, one transient for each current."""
    circuit, half = cell.subcircuit(meters=True), cell.supply_voltage / 2
    runs = run_bench(
        cell,
        [*lines, "Iinput 0 input 0 pwl(0 0 1 0)"],
        [
            (
                [f"alter @iinput[pwl] = [ 0 0 {length / 1e3!r} {current!r} ]"],
                Transient(length / 200, length, length / 100),
            )
            for current, length in zip(values.tolist(), durations, strict=True)
        ],
        circuit=circuit,
    )
    spikes = [
        _spikes(run, current, half, functools.partial(energies, run, circuit, sources))
        for current, run in zip(values.tolist(), runs, strict=True)
    ]
    rates = np.array([spike["rate"] for spike in spikes])
    firing = rates > 0
    slope = float(np.polyfit(np.log(values[firing]), np.log(rates[firing]), 1)[0]) if firing.sum() > 1 else math.nan
    spent = [spike["supply"] + spike["inputs"] for spike in spikes]
    costs = [Cost.of("spike", spikes[k := int(np.nanargmin(spent))]["width"], spikes[k])] if firing.any() else []
    return cell_table(
        cell,
        {
            "current": (values, "A", "input current"),
            "rate": (rates, "Hz", "firing rate"),
            "width": ([spike["width"] for spike in spikes], "s", "width of a spike"),
            **{
                f"energy_{part}": ([spike[part] for spike in spikes], "J", f"energy {what}, per spike")
                for part, what in ENERGIES.items()
            },
        },
        costs=costs,
        exponent=slope,
    )


ENERGIES = {
    "supply": "from the supply",
    "inputs": "from the inputs",
    "devices": "into the devices",
    "cmos": "into transistors and passive elements",
}


def _spikes(
    run: pd.DataFrame, current: float, level: float, spent: Callable[[float, float], dict[str, float]]
) -> dict[str, float]:
    """Rate, width and energies per spike of a neuron's output; NaN where it does not fire."""
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    rising, falling = crossings(time, output, level), crossings(time, output, level, rising=False)
    # The first spike is left out where there are others: the membrane has not come to its cycle yet.
    counted = rising[1:] if len(rising) > 2 else rising
    if len(counted) < 2:
        return {"rate": 0.0, "width": math.nan, **dict.fromkeys(ENERGIES, math.nan)}
    cycles, start, end = len(counted) - 1, float(counted[0]), float(counted[-1])
    within = run[(time >= start) & (time <= end)]
    charging = current * float(np.trapezoid(within["v(input)"], within["time"]))
    found = spent(start, end)
    found |= {"inputs": found["inputs"] + charging, "cmos": found["cmos"] + charging}
    widths = [float(falling[falling > begin][0] - begin) for begin in counted[:-1]]
    rate = cycles / (end - start)
    return {"rate": rate, "width": float(np.mean(widths)), **{k: value / cycles for k, value in found.items()}}


#: Current of the reset, in units of the critical one to the parallel state.
RESET = 3.0


@cell_bench(MTJNeuron)
def bench_mtj_neuron(
    cell: MTJNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "amplitudes of the input pulse; default: around the critical current")
    ] = None,
    trials: Annotated[int, Whole("number of trials at each", 1)] = 10,
    width: Annotated[float, Quantity("s", "width of the pulse", positive=True)] = 3e-9,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1)] = 1,
) -> pd.DataFrame:
    """Probability of a spike over the amplitude of the input current, from repeated write, read and reset."""
    junction = cell.junction()
    critical, reset = abs(junction.critical_current_to_antiparallel), RESET * junction.critical_current_to_parallel
    values = critical * np.array([0.5, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0]) if currents is None else np.asarray(currents)
    supply, rest, edge, reading = cell.supply_voltage, 0.5e-9, 0.05e-9, 1e-9
    # rest, write, rest, read, rest, reset, rest; the reset is strong and takes twice as long
    marks = np.cumsum([rest, width, rest, reading, rest, 2 * width, rest])
    period = float(marks[-1])
    starts = np.arange(trials) * period

    def pulses(level: float, begin: float, end: float) -> str:
        return f"0 {level:.9g} {begin:.9g} {edge:.9g} {edge:.9g} {end - begin - edge:.9g} {period:.9g}"

    circuit = cell.subcircuit(meters=True)
    analysis = Transient(cell.noise_step, trials * period, max_step=cell.noise_step)
    runs = run_bench(
        cell,
        [
            f"Vread read 0 pulse({pulses(supply, marks[2], marks[3])})",
            f"Iwrite 0 input pulse({pulses(0.0, marks[0], marks[1])})",
            f"Ireset input 0 pulse({pulses(reset, marks[4], marks[5])})",
            "Cload output 0 1f",
        ],
        [
            (
                [f"setseed {seed + k}", f"alter @iwrite[pulse] = [ {pulses(current, marks[0], marks[1])} ]"],
                analysis,
            )
            for k, current in enumerate(values.tolist())
        ],
        circuit=circuit,
        options=NOISY,
    )
    instants = starts + marks[3] - edge
    fired = [int((np.interp(instants, run["time"], run["v(output)"]) > supply / 2).sum()) for run in runs]
    probability = np.array(fired) / trials
    last = runs[-1]
    spent = energies(last, circuit, {"vread": "read"})
    phase = last["time"].to_numpy() % period
    current = np.where((phase > marks[0]) & (phase < marks[1] + edge), float(values[-1]), 0.0)
    current -= np.where((phase > marks[4]) & (phase < marks[5] + edge), reset, 0.0)
    written = float(np.trapezoid(current * last["v(input)"], last["time"]))
    spent |= {"inputs": spent["inputs"] + written, "cmos": spent["cmos"] + written}
    cost = Cost.of("evaluation", period, spent, trials)
    return cell_table(
        cell,
        {
            "current": (values, "A", "amplitude of the input current"),
            "probability": (probability, "1", "share of the trials with a spike"),
            "fired": (fired, "1", "number of spikes"),
            "trials": (np.full(len(values), trials), "1", "number of trials"),
        },
        seed=seed,
        critical_current=critical,
        costs=[cost],
        works=bool(probability[0] == 0 and probability[-1] == 1),
        criterion="no spike at the smallest current, always one at the largest",
    )


@cell_bench(OscillatorNeuron)
def bench_oscillator_neuron(
    cell: OscillatorNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: up to three times the threshold")
    ] = None,
) -> pd.DataFrame:
    """Envelope over input current, beside the amplitude of the oscillator."""
    threshold = cell.threshold_current
    values = threshold * np.linspace(0.25, 3.0, 12) if currents is None else np.asarray(currents, float)
    period = 1 / cell.frequency
    duration = max(60 * period, 8 / cell.damping_rate, 3 * cell.envelope_resistance * cell.envelope_capacitance)
    circuit = cell.subcircuit(meters=True)
    analysis = Transient(period / 40, duration, max_step=period / 40)
    runs = run_bench(
        cell,
        ["Iinput 0 input 0"],
        [([f"alter iinput dc = {current!r}"], analysis) for current in values.tolist()],
        circuit=circuit,
        options={"reltol": 1e-3},
    )
    start = 0.8 * duration
    levels = [_mean(run, "v(output)", start) for run in runs]
    amplitudes = [math.hypot(run["v(x1.sto_c_re)"].iloc[-1], run["v(x1.sto_c_im)"].iloc[-1]) for run in runs]
    expected = [math.sqrt(cell.oscillator().stationary_power(current)) for current in values.tolist()]
    power = {name: value / (0.2 * duration) for name, value in energies(runs[-1], circuit, {}, start).items()}
    into = float(values[-1]) * _mean(runs[-1], "v(input)", start)
    cost = Cost(
        "evaluation of ten periods",
        10 * period,
        power["supply"] * 10 * period,
        into * 10 * period,
        power["devices"] * 10 * period,
        (power["cmos"] + into) * 10 * period,
    )
    rise = np.array(levels) - levels[0]
    below = values < 0.9 * threshold
    return cell_table(
        cell,
        {
            "current": (values, "A", "input current"),
            "output": (levels, "V", "envelope"),
            "amplitude": (amplitudes, "1", "amplitude of the oscillator"),
            "expected_amplitude": (expected, "1", "amplitude of the free-running oscillator"),
        },
        threshold_current=threshold,
        costs=[cost],
        works=bool(rise[-1] > 5e-3 and np.all(np.abs(rise[below]) < 0.2 * rise[-1])),
        criterion="the envelope stays below the threshold current and rises by more than 5 mV above it",
    )
