"""Standard benches of the neurons with a stochastic junction or an oscillator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ...circuits.cells.neurons import MTJNeuron, OscillatorNeuron, PBit
from ...circuits.engine.analyses import Transient
from ..arguments import Quantity, Range, Whole
from .bench import cell_bench
from .point import Point
from .standard import Cost, cell_table, crossings, energies, mean, run_bench

#: Length of a transient of the p-bit, and the input over the supply of its deck. [s, 1]
WATCHED, DRIVEN = 40e-9, 0.58


def _watched(cell: PBit, duration: float) -> Transient:
    return Transient(cell.noise_step, duration, max_step=cell.noise_step)


def _biased(cell: PBit) -> Point:
    """Mean output at an input in the upper part of the sigmoid, where it depends little on chance."""
    voltage, duration = DRIVEN * cell.supply_voltage, WATCHED / 2
    return Point(
        [f"Vinput input 0 {voltage!r}"],
        _watched(cell, duration),
        {
            "average": f"avg v(output) from=0 to={duration!r}",
            "mean_output": f"param='average/{cell.supply_voltage!r}'",
        },
        "1",
        {"inputs": [voltage], "duration": duration},
        lambda table: float(table["mean_output"].iloc[0]),
    )


@cell_bench(PBit, point=_biased, long=True)
def bench_p_bit(
    cell: PBit,
    inputs: Annotated[Sequence[float] | None, Range("V", "input voltages; default: around the middle")] = None,
    duration: Annotated[float, Quantity("s", "length of each transient", positive=True)] = WATCHED,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1)] = 1,
) -> pd.DataFrame:
    """Mean output over input voltage, with the sigmoid through it."""
    supply = cell.supply_voltage
    voltages = np.linspace(0.38, 0.68, 13) * supply if inputs is None else np.asarray(inputs, float)
    circuit = cell.subcircuit(meters=True)
    analysis = _watched(cell, duration)
    runs = run_bench(
        cell,
        ["Vinput input 0 0"],
        [([f"setseed {seed + k}", f"alter vinput dc = {v!r}"], analysis) for k, v in enumerate(voltages.tolist())],
        circuit=circuit,
    )
    means = np.array([mean(run, "v(output)") for run in runs]) / supply
    flips = [len(crossings(run["time"].to_numpy(), run["v(output)"].to_numpy(), supply / 2)) for run in runs]
    errors = [_standard_error(run, "v(output)") / supply for run in runs]
    centre, scale = _sigmoid(voltages, means, np.asarray(errors))
    middle = runs[int(np.argmax(flips))]
    spent = energies(middle, circuit, {"vinput": "input"})
    costs = [Cost.of("random bit", duration / max(flips), spent, max(flips))] if max(flips) else []
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
        costs=costs,
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
    """Centre and scale of [1 + tanh((x - centre) / scale)] / 2, fitted; NaN where no sigmoid is to be seen."""
    from scipy.optimize import curve_fit

    if len(x) < 3 or not y.min() < 0.5 < y.max():
        return math.nan, math.nan
    start = (float(np.interp(0.5, np.maximum.accumulate(y), x)), 0.1 * float(np.ptp(x)))
    weights = np.hypot(errors, 0.01)
    found, _ = curve_fit(lambda v, c, s: (1 + np.tanh((v - c) / s)) / 2, x, y, p0=start, sigma=weights)
    return float(found[0]), abs(float(found[1]))


#: Current of the reset, and the largest of the writes, in units of the critical one of each direction.
RESET, MOST = 3.0, 5.0


@dataclass(frozen=True)
class _Trials:
    """Rest, write, rest, read, rest, reset, rest, again and again; the reset is strong and takes twice as long."""

    cell: MTJNeuron
    width: float = 3e-9
    edge: float = 0.05e-9

    @property
    def critical(self) -> float:
        """Critical current of the junction [A]."""
        return float(abs(self.cell.junction().critical_current_to_antiparallel))

    @property
    def reset(self) -> float:
        """Current of the reset [A]."""
        return RESET * float(abs(self.cell.junction().critical_current_to_parallel))

    @property
    def marks(self) -> np.ndarray:
        """End of every part [s]."""
        rest, reading = 0.5e-9, 1e-9
        return np.cumsum([rest, self.width, rest, reading, rest, 2 * self.width, rest])

    @property
    def period(self) -> float:
        """Length of a trial [s]."""
        return float(self.marks[-1])

    @property
    def instant(self) -> float:
        """Time in a trial at which the output is looked at [s]."""
        return float(self.marks[3] - self.edge)

    def write(self, current: float) -> str:
        """The current of the input."""
        return self._pulses(current, 0)

    def lines(self, current: float) -> list[str]:
        """The sources and the load."""
        return [
            f"Vread read 0 pulse({self._pulses(self.cell.supply_voltage, 2)})",
            f"Iwrite 0 input pulse({self.write(current)})",
            f"Ireset input 0 pulse({self._pulses(self.reset, 4)})",
            "Cload output 0 1f",
        ]

    def analysis(self, trials: int) -> Transient:
        """The transient."""
        return Transient(self.cell.noise_step, trials * self.period, max_step=self.cell.noise_step)

    def _pulses(self, level: float, part: int) -> str:
        begin, end = self.marks[part : part + 2]
        edge = f"{self.edge:.9g}"
        return f"0 {level:.9g} {begin:.9g} {edge} {edge} {end - begin - self.edge:.9g} {self.period:.9g}"


def _written(cell: MTJNeuron) -> Point:
    """Output after a strong write, over the supply: a spike in every trial."""
    trial = _Trials(cell)
    current = MOST * trial.critical
    return Point(
        trial.lines(current),
        trial.analysis(1),
        {
            "spike": f"find v(output) at={trial.instant!r}",
            "probability": f"param='spike/{cell.supply_voltage!r}'",
        },
        "1",
        {"currents": [current], "trials": 1},
        lambda table: float(table["probability"].iloc[0]),
    )


@cell_bench(MTJNeuron, point=_written, long=True)
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
    trial, supply = _Trials(cell, width), cell.supply_voltage
    critical, period, marks, edge = trial.critical, trial.period, trial.marks, trial.edge
    values = critical * np.array([0.5, 1.5, 2.0, 2.5, 3.0, 4.0, MOST]) if currents is None else np.asarray(currents)
    circuit, analysis = cell.subcircuit(meters=True), trial.analysis(trials)
    runs = run_bench(
        cell,
        trial.lines(0.0),
        [
            ([f"setseed {seed + k}", f"alter @iwrite[pulse] = [ {trial.write(current)} ]"], analysis)
            for k, current in enumerate(values.tolist())
        ],
        circuit=circuit,
    )
    instants = np.arange(trials) * period + trial.instant
    fired = [int((np.interp(instants, run["time"], run["v(output)"]) > supply / 2).sum()) for run in runs]
    probability = np.array(fired) / trials
    last = runs[-1]
    spent = energies(last, circuit, {"vread": "read"})
    phase = last["time"].to_numpy() % period
    current = np.where((phase > marks[0]) & (phase < marks[1] + edge), float(values[-1]), 0.0)
    current -= np.where((phase > marks[4]) & (phase < marks[5] + edge), trial.reset, 0.0)
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


#: Largest current of the oscillator's bench over its threshold; the part of a transient that is averaged.
STRONGEST, SETTLED = 3.0, 0.8


def _oscillates(cell: OscillatorNeuron) -> Transient:
    """A transient until oscillation and envelope have settled."""
    period = 1 / cell.frequency
    duration = max(60 * period, 8 / cell.damping_rate, 3 * cell.envelope_resistance * cell.envelope_capacitance)
    return Transient(period / 40, duration, max_step=period / 40)


def _enveloped(cell: OscillatorNeuron) -> Point:
    """Envelope at the largest current."""
    current, analysis = STRONGEST * cell.threshold_current, _oscillates(cell)
    return Point(
        [f"Iinput 0 input {current!r}"],
        analysis,
        {"envelope": f"avg v(output) from={SETTLED * analysis.duration!r} to={analysis.duration!r}"},
        "V",
        {"currents": [current]},
        lambda table: float(table["output"].iloc[0]),
    )


@cell_bench(OscillatorNeuron, point=_enveloped)
def bench_oscillator_neuron(
    cell: OscillatorNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: up to three times the threshold")
    ] = None,
) -> pd.DataFrame:
    """Envelope over input current, beside the amplitude of the oscillator."""
    threshold = cell.threshold_current
    values = threshold * np.linspace(0.25, STRONGEST, 12) if currents is None else np.asarray(currents, float)
    period = 1 / cell.frequency
    circuit, analysis = cell.subcircuit(meters=True), _oscillates(cell)
    duration = analysis.duration
    runs = run_bench(
        cell,
        ["Iinput 0 input 0"],
        [([f"alter iinput dc = {current!r}"], analysis) for current in values.tolist()],
        circuit=circuit,
    )
    start = SETTLED * duration
    levels = [mean(run, "v(output)", start) for run in runs]
    amplitudes = [math.hypot(run["v(x1.sto_c_re)"].iloc[-1], run["v(x1.sto_c_im)"].iloc[-1]) for run in runs]
    expected = [math.sqrt(cell.oscillator().stationary_power(current)) for current in values.tolist()]
    power = {name: value / ((1 - SETTLED) * duration) for name, value in energies(runs[-1], circuit, {}, start).items()}
    into = float(values[-1]) * mean(runs[-1], "v(input)", start)
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
