"""Benches of the spin neuron: its truth table after programming, and its firing probability at a temperature."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import binomtest, norm

from ..circuits.lateral_spin_valve import LateralSpinValve
from ..circuits.ngspice import Transient, run
from ..circuits.wall_writing import WallWriter
from ..devices.errors import ParameterError, UnknownNameError
from ..devices.waveforms import DC, PiecewiseLinear, Pulse

#: Edges of presets and inputs. [s]
EDGE = 2e-11
#: Largest step of the transients: the magnet precesses in some 160 ps. [s]
LARGEST_STEP = 1e-11


def truth_table(
    valve: LateralSpinValve,
    pulses: Sequence[int],
    *,
    voltage: float = 0.03,
    preset_voltage: float = 0.03,
    preset_time: float = 0.5e-9,
    period: float = 4e-9,
    time_limit: float = 300.0,
) -> pd.DataFrame:
    """Program the weights of a spin neuron with current pulses, then try all patterns of its inputs, in one transient.

    The last input is the threshold: it is always on. Every cycle begins with the preset; the neuron has fired if m_z
    is negative at the cycle's end.

    Parameters
    ----------
    valve : LateralSpinValve
        The neuron's circuit.
    pulses : sequence of int
        Write pulses of every strip, from the erased state.
    voltage : float
        Of an input that is on; off it is 0 V. [V]
    preset_voltage : float
        Of the preset contact while it presets. [V]
    preset_time, period : float
        Of the preset, and of a whole cycle. [s]
    time_limit : float
        Wall-clock seconds for the simulator. [s]

    Returns
    -------
    pandas.DataFrame
        A row per pattern: ``input_1``, ... (0 or 1), ``weighted_sum`` (the spin current into the magnet by the network's
        equations, with the weights read from the walls) [A], ``m_z``, ``fired``, ``preset_energy`` and
        ``input_energy`` [J]; ``attrs`` has the weights and the energy of programming.

    Raises
    ------
    ParameterError
        If there are not as many pulse numbers as inputs, or one is out of range.
    """
    signals, writer = valve.inputs - 1, WallWriter.suited(valve.synapse)
    valve._check_count("numbers of pulses", pulses)
    waveforms = [writer.waveform(count) for count in pulses]
    begin = max(1e-10, writer.duration(max(abs(count) for count in pulses)))
    patterns = list(itertools.product((0, 1), repeat=signals))
    ends = begin + period * np.arange(1, len(patterns) + 1)
    sources = [f"V_preset preset 0 {_preset(preset_voltage, preset_time, begin, period)}"]
    for k in range(valve.inputs):
        levels = [pattern[k] if k < signals else 1 for pattern in patterns]
        sources.append(f"V_input_{k + 1} input_{k + 1} 0 {_steps(voltage, levels, begin, period).spice(ends[-1])}")
        sources.append(f"I_write_{k + 1} input_{k + 1} write_{k + 1} {waveforms[k].spice(ends[-1])}")
    circuit = valve.subcircuit()
    nodes = [pin if pin not in ("ground", "read") else "0" for pin in circuit.pins]
    deck = ["* truth table of a spin neuron", *(part.text for part in valve.parts()), circuit.text]
    deck += [f"X_neuron {' '.join(nodes)} {circuit.name}", *sources]
    numbers = range(1, valve.inputs + 1)
    saved = ["v(m_z)", "i(v_preset)", "v(preset)"]
    for k in numbers:
        saved += [f"v(x_{k})", f"v(input_{k})", f"i(v_input_{k})", f"v(write_{k})"]
    trace = run(
        "\n".join(deck),
        Transient(LARGEST_STEP, float(ends[-1]), max_step=LARGEST_STEP),
        save=saved,
        time_limit=time_limit,
    )
    time = trace["time"].to_numpy()
    written = int(np.searchsorted(time, begin))
    weights = [float(2 * trace[f"v(x_{k})"].iloc[written] - 1) for k in numbers]
    power = {"preset": -trace["i(v_preset)"] * trace["v(preset)"]}
    power["input"] = sum(-trace[f"i(v_input_{k})"] * trace[f"v(input_{k})"] for k in numbers)
    writing = sum(waveforms[k - 1](time) * (trace[f"v(write_{k})"] - trace[f"v(input_{k})"]) for k in numbers)
    rows = []
    for pattern, end in zip(patterns, ends, strict=True):
        window = slice(*np.searchsorted(time, [end - period, end]))
        on = [voltage * level for level in (*pattern, 1)]
        m_z = float(np.interp(end - EDGE, time, trace["v(m_z)"]))
        row: dict[str, Any] = {f"input_{k}": level for k, level in enumerate(pattern, 1)}
        row |= {"weighted_sum": float(valve.spin_current(weights, on)[2]), "m_z": m_z, "fired": int(m_z < 0)}
        row |= {f"{name}_energy": float(np.trapezoid(p.to_numpy()[window], time[window])) for name, p in power.items()}
        rows.append(row)
    table = pd.DataFrame(rows)
    table.attrs = {
        "bench": "truth_table",
        "engine": "ngspice",
        "weights": weights,
        "write_energy": float(np.trapezoid(writing.to_numpy()[:written], time[:written])),
        "voltage": voltage,
        "preset_voltage": preset_voltage,
        "period": period,
    }
    return table


def _preset(voltage: float, width: float, begin: float, period: float) -> str:
    return f"PULSE(0 {voltage!r} {begin!r} {EDGE!r} {EDGE!r} {width!r} {period!r})"


def _steps(voltage: float, levels: Sequence[int], begin: float, period: float) -> PiecewiseLinear:
    """A voltage that is on or off from one cycle to the next."""
    times, values = [0.0], [0.0]
    for k, level in enumerate(levels):
        start = begin + k * period
        times += [start, start + EDGE]
        values += [values[-1], level * voltage]
    return PiecewiseLinear(tuple(times), tuple(values))


def firing_probability(
    valve: LateralSpinValve,
    spin_current: ArrayLike,
    *,
    temperature: float = 300.0,
    trials: int = 1000,
    seed: int = 0,
    engine: str = "numeric",
    preset_current: float | None = None,
    preset_time: float = 0.5e-9,
    period: float = 4e-9,
    noise_step: float = 1e-12,
) -> pd.DataFrame:
    """Measure how often a neuron fires at a temperature, against the net spin current of its inputs.

    The numeric engine integrates the magnet with the channel's spin impedance inside (:meth:`LateralSpinValve.
    equivalent_magnet`); ngspice runs the netlist of the whole neuron, with the current of input 1 chosen such that the
    spin current comes out. Trials in ngspice follow each other in one transient, every one with its own preset.

    Parameters
    ----------
    valve : LateralSpinValve
        The neuron's circuit.
    spin_current : array_like
        Net spin currents of the inputs, positive towards firing. [A]
    temperature : float
        Temperature of the magnet. [K]
    trials : int
        Trials per current.
    seed : int
        Seed of the noise; every current has its own, derived from it.
    engine : str
        ``"numeric"`` or ``"ngspice"``.
    preset_current : float, optional
        Spin current of the preset; default: what 30 mV on the preset contact give. [A]
    preset_time, period : float
        Of the preset, and of a whole trial. [s]
    noise_step : float
        Time step of the noise. [s]

    Returns
    -------
    pandas.DataFrame
        ``spin_current`` [A], ``probability``, ``lower`` and ``upper`` bound of its 95 % confidence interval (Wilson),
        ``expected`` (the linear theory's), ``trials``.

    Raises
    ------
    UnknownNameError
        If there is no such engine.
    ParameterError
        If there are no trials.
    """
    engines = {"numeric": _fired_numeric, "ngspice": _fired_ngspice}
    if engine not in engines:
        raise UnknownNameError("engine", engine, engines)
    if trials < 1:
        raise ParameterError(f"trials must be at least 1, not {trials!r}")
    silent: list[float | None] = [None] * valve.inputs
    per_volt = float(valve.spin_current([0.0] * valve.inputs, silent, 1.0)[1])
    held = preset_current if preset_current is not None else 0.03 * per_volt
    cycle = _Cycle(held, held / per_volt, preset_time, period, noise_step)
    width = valve.noise_current(temperature, held)
    rows = []
    for k, current in enumerate(np.atleast_1d(np.asarray(spin_current, dtype=float)).tolist()):
        fired = engines[engine](valve, current, temperature, trials, seed + k, cycle)
        interval = binomtest(fired, trials).proportion_ci(0.95, "wilson")
        expected = float(norm.cdf(current / width)) if width else float(current > 0)
        rows.append(
            {
                "spin_current": current,
                "probability": fired / trials,
                "lower": interval.low,
                "upper": interval.high,
                "expected": expected,
                "trials": trials,
            }
        )
    table = pd.DataFrame(rows)
    table.attrs = {
        "bench": "firing_probability",
        "engine": engine,
        "seed": seed,
        "temperature": temperature,
        "noise_current": width,
        "preset_current": held,
        "period": period,
    }
    return table


@dataclass(frozen=True)
class _Cycle:
    """A trial: spin current [A] and voltage [V] of its preset, the preset's time, its own, and the noise's step [s]."""

    preset_current: float
    preset_voltage: float
    preset_time: float
    period: float
    noise_step: float


def _fired_numeric(
    valve: LateralSpinValve, current: float, temperature: float, trials: int, seed: int, cycle: _Cycle
) -> int:
    magnet = valve.equivalent_magnet()
    load = 2 * magnet.mixing_real  # of a magnet whose moment lies across the spin
    preset = Pulse(0.0, cycle.preset_current / load, 0.0, EDGE, EDGE, cycle.preset_time)
    ensemble = magnet.ensemble(
        preset,
        cycle.period,
        source="spin_voltage_y",
        inputs={"spin_voltage_z": DC(current / load)},
        temperature=temperature,
        trajectories=trials,
        seed=seed,
        time_step=cycle.noise_step,
    )
    return int((ensemble.final()["m_z"] < 0).sum())


def _fired_ngspice(
    valve: LateralSpinValve, current: float, temperature: float, trials: int, seed: int, cycle: _Cycle
) -> int:
    circuit = valve.subcircuit(temperature=temperature, noise_step=cycle.noise_step)
    # The first strip's wall is put far from the middle, and the current is injected by a source.
    weight = 0.75
    per_ampere = valve.efficiencies[0] / valve.charge_conductance * weight
    nodes = [pin if pin not in ("ground", "read") else "0" for pin in circuit.pins]
    duration = trials * cycle.period
    deck = ["* firing probability of a spin neuron", *(part.text for part in valve.parts(noisy=True)), circuit.text]
    deck += [
        f"X_neuron {' '.join(nodes)} {circuit.name} state_1={(1 + weight) / 2!r}",
        f"V_preset preset 0 {_preset(cycle.preset_voltage, cycle.preset_time, 0.0, cycle.period)}",
        f"I_input 0 input_1 {current / per_ampere!r}",
        f".options seed={seed + 1}",
    ]
    trace = run(
        "\n".join(deck),
        Transient(cycle.noise_step, duration, max_step=cycle.noise_step),
        save=["v(m_z)"],
        time_limit=600.0,
    )
    ends = cycle.period * np.arange(1, trials + 1) - EDGE
    return int((np.interp(ends, trace["time"], trace["v(m_z)"]) < 0).sum())
