"""Standard benches of the p-bit and the oscillator neuron."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.neurons.neurons import OscillatorNeuron, PBit
from ....circuits.engine.analyses import Transient
from ....devices.language.quantities.quantity import format_si
from ...arguments import MOST_SEED, Quantity, Range, Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, half_way, mean, run_bench, why_not
from ..standing import shown_state, told_state
from ..waveforms import keep
from .neuron_errors import agreement_with_tanh

#: Lengths of a transient of the p-bit, on its bench and in its deck, and the input over the supply of the deck, in the
#: middle of the sigmoid of the default. [s, s, 1]
WATCHED, LONG, DRIVEN = 40e-9, 100e-9, 0.52
#: Distance of the mean output from a tanh: a real p-bit's sigmoid is not an exact one. [1]
TANH = 0.1
#: Time in which a p-bit flips once at least, on the input at which it flips most. [s]
FLIP = 3e-9


def _watched(cell: PBit, duration: float) -> Transient:
    return Transient(cell.noise_step, duration, max_step=cell.noise_step)


def _biased(cell: PBit) -> Point:
    """Mean output in the middle of the sigmoid, where the output is one as often as zero."""
    voltage, duration = DRIVEN * cell.supply_voltage, LONG
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
        lambda table: float(table["error"].iloc[0]),
    )


def _p_bit_reliability(cell: PBit) -> Reliability:
    found = bench_p_bit(cell, duration=WATCHED / 2).attrs
    told = (
        f"random by design; {found['boltzmann_deviation']:.2f} ± {found['boltzmann_error']:.2f} from the tanh at most"
    )
    return Reliability("random bit", without={"error_rate": told, **STATELESS})


@cell_bench(PBit, point=_biased, reliability=_p_bit_reliability, long=True)
def bench_p_bit(
    cell: PBit,
    inputs: Annotated[Sequence[float] | None, Range("V", "input voltages; default: around the middle")] = None,
    duration: Annotated[float, Quantity("s", "length of each transient", positive=True)] = WATCHED,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1, MOST_SEED)] = 1,
) -> pd.DataFrame:
    """Mean output over input voltage, with the sigmoid through it, and how far it is from that."""
    supply = cell.supply_voltage
    voltages = np.linspace(0.38, 0.68, 13) * supply if inputs is None else np.sort(np.asarray(inputs, float))
    circuit = cell.subcircuit(meters=True, for_bench=True)
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
    sigmoid = (1 + np.tanh((voltages - centre) / scale)) / 2
    deviation, error = agreement_with_tanh(means, sigmoid, np.asarray(errors)) if scale > 0 else (math.nan, math.nan)
    points = [told("input voltage", voltage, "V") for voltage in voltages.tolist()]
    costs = [
        Cost.of(
            "random bit",
            at,
            energies(run, circuit, {"vinput": "input"}),
            duration=duration / count,
            number=count,
            periphery={"DAC": 1},
        )
        for at, run, count in zip(points, runs, flips, strict=True)
        if count
    ]
    middle = int(np.argmax(flips))
    return cell_table(
        cell,
        {
            "input": (voltages, "V", "input voltage"),
            "mean_output": (means, "1", "mean output over the supply"),
            "error": (errors, "1", "standard error of the mean output, from ten parts of the transient"),
            "sigmoid": (sigmoid, "1", "fitted sigmoid"),
            "flips": (flips, "1", "number of rising edges of the output"),
        },
        seed=seed,
        costs=costs,
        waveforms=keep(
            runs[middle],
            points[middle],
            {
                told_state(cell.junction): {"": f"v(x1.mtj_{shown_state(cell.junction)})"},
                ("Middle node", "V"): {"": "v(x1.middle)"},
                ("Output", "V"): {"": "v(output)"},
            },
            end=duration / 2,
        ),
        attribute_units={"centre": "V", "scale": "V"},
        centre=centre,
        scale=scale,
        thermal_noise=True,
        boltzmann_deviation=deviation,
        boltzmann_error=error,
        reason=_why_not(means, flips, duration, deviation, error),
        criterion="the mean output rises from below a tenth to above nine tenths, flipping between, within "
        f"{TANH:g} of the sigmoid, but for three standard errors",
    )


def _why_not(means: np.ndarray, flips: Sequence[int], duration: float, deviation: float, error: float) -> str | None:
    """Why a p-bit does not work; None if it does."""
    if max(flips) <= duration / FLIP:
        return (
            f"the output flips {max(flips)} times in {format_si(duration, 's')} at most, at any of the inputs: the "
            "device fluctuates too slowly for this bench, or the current through it holds it"
        )
    if not (means[0] < 0.1 and means[-1] > 0.9):
        return (
            f"the mean output goes from {means[0]:.2f} to {means[-1]:.2f} only: the transistor does not fit the device"
        )
    if not deviation < TANH + 3 * error:
        return f"the mean output is {deviation:.2f} off the sigmoid"
    return None


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


#: Largest current of the oscillator's bench over its threshold; the part of a transient that is averaged.
STRONGEST, SETTLED = 3.0, 0.8
#: Periods of the oscillation whose waveforms are kept.
ONSET = 30


def _oscillates(cell: OscillatorNeuron) -> Transient:
    """A transient until oscillation and envelope have settled."""
    period = 1 / cell.oscillator.frequency
    duration = max(
        60 * period, 8 / cell.oscillator.damping_rate, 3 * cell.envelope_resistance * cell.envelope_capacitance
    )
    return Transient(period / 40, duration, max_step=period / 40)


def _enveloped(cell: OscillatorNeuron) -> Point:
    """Envelope at the largest current."""
    current, analysis = STRONGEST * cell.oscillator.threshold_current, _oscillates(cell)
    return Point(
        [f"Iinput 0 input {current!r}"],
        analysis,
        {"envelope": f"avg v(output) from={SETTLED * analysis.duration!r} to={analysis.duration!r}"},
        "V",
        {"currents": [current]},
        lambda table: float(table["output"].iloc[0]),
    )


def _analog(cell: OscillatorNeuron) -> Reliability:
    return Reliability("envelope", without={"error_rate": "an analog amplitude: nothing is decided", **STATELESS})


@cell_bench(OscillatorNeuron, point=_enveloped, reliability=_analog)
def bench_oscillator_neuron(
    cell: OscillatorNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: up to three times the threshold")
    ] = None,
) -> pd.DataFrame:
    """Envelope over input current, beside the amplitude of the oscillator."""
    threshold = cell.oscillator.threshold_current
    values = threshold * np.linspace(0.25, STRONGEST, 12) if currents is None else np.sort(np.asarray(currents, float))
    period = 1 / cell.oscillator.frequency
    circuit, analysis = cell.subcircuit(meters=True, for_bench=True), _oscillates(cell)
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
    expected = [math.sqrt(cell.oscillator.stationary_power(current)) for current in values.tolist()]
    points = [told("input current", current, "A") for current in values.tolist()]
    costs = [
        Cost.of(
            "evaluation of ten periods",
            at,
            energies(run, circuit, {}, start, injected={"input": current}),
            # The current is there from the beginning.
            delay=_envelope_delay(run, period) if current > threshold else math.nan,
            duration=10 * period,
            number=(1 - SETTLED) * duration / (10 * period),
            periphery={"DAC": 1, "ADC": 1},
        )
        for at, current, run in zip(points, values.tolist(), runs, strict=True)
    ]
    rise = np.array(levels) - levels[0]
    below, several = values < 0.9 * threshold, bool(values[-1] > values[0])
    return cell_table(
        cell,
        {
            "current": (values, "A", "input current"),
            "output": (levels, "V", "envelope"),
            "amplitude": (amplitudes, "1", "amplitude of the oscillator"),
            "expected_amplitude": (expected, "1", "amplitude of the free-running oscillator"),
        },
        threshold_current=threshold,
        costs=costs,
        waveforms=keep(
            runs[-1],
            points[-1],
            {
                ("Voltage at the input", "V"): {"": "v(input)"},
                ("Oscillator's Re $c$", "1"): {"": "v(x1.sto_c_re)"},
                ("Envelope", "V"): {"": "v(output)"},
            },
            end=ONSET * period,
        ),
        reason=why_not(
            {
                "two different currents or more are needed to tell a rise of the envelope": not several,
                f"the envelope rises by {format_si(float(rise[-1]), 'V', 3)} only": several and not rise[-1] > 5e-3,
                "the envelope moves below the threshold current already": rise[-1] > 5e-3
                and not np.all(np.abs(rise[below]) < 0.2 * rise[-1]),
            }
        ),
        criterion="the envelope stays below the threshold current and rises by more than 5 mV above it",
    )


def _envelope_delay(run: pd.DataFrame, period: float) -> float:
    """Time until the envelope, averaged over a period of the oscillation, has come half of its way [s]."""
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    total = np.concatenate([[0.0], np.cumsum(np.diff(time) * (output[1:] + output[:-1]) / 2)])
    middles = np.arange(period / 2, time[-1] - period / 2, period / 10)
    averages = (np.interp(middles + period / 2, time, total) - np.interp(middles - period / 2, time, total)) / period
    return half_way(middles, averages)
