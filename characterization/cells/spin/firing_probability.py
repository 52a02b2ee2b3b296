"""Bench of the spin neuron's magnet: how often it fires at a temperature, over the net spin current."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME, Decision
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.engine.ngspice import Transient, run
from ....circuits.engine.process import TIME_LIMIT
from ....devices.core.distributions import wilson_interval
from ....devices.core.metadata import described_table
from ....devices.language.checks import known
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import DC, Pulse
from .spin_neuron import EDGE, repeated_pulse

#: Time step of the numeric engine over the magnet's time scale: 2 ps, of a precession of 400 ps; it falsifies the
#: damping, which decides the thermal width, by 0.1 %.
STEP = 2e-3


def firing_probability(
    valve: LateralSpinValve,
    spin_current: ArrayLike,
    *,
    temperature: float = 300.0,
    trials: int = 1000,
    seed: int = 0,
    engine: str = "numeric",
    preset_current: float | None = None,
    preset_time: float = PRESET_TIME,
    period: float = READ_TIME,
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
        Time step of the noise in ngspice [s]; that of the numeric engine is :data:`STEP` of the magnet's time scale.

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
    known("engine", engine, engines)
    if trials < 1:
        raise ParameterError(f"trials must be at least 1, not {trials!r}")
    silent: list[float | None] = [None] * valve.inputs
    per_volt = float(valve.spin_current([0.0] * valve.inputs, silent, 1.0)[1])
    held = preset_current if preset_current is not None else 0.03 * per_volt
    cycle = _Cycle(held, held / per_volt, preset_time, period, noise_step)
    decision = Decision(valve.magnet, temperature, held, period - preset_time)
    currents = np.atleast_1d(np.asarray(spin_current, dtype=float))
    fired = [
        engines[engine](valve, current, temperature, trials, seed + k, cycle)
        for k, current in enumerate(currents.tolist())
    ]
    intervals = [wilson_interval(count, trials) for count in fired]
    expected = [decision.probability(current) for current in currents.tolist()]
    return described_table(
        {
            "spin_current": (currents, "A", "spin current into the magnet"),
            "probability": (np.array(fired) / trials, "1", "share of the trials in which the neuron fired"),
            "lower": ([low for low, _ in intervals], "1", "lower bound of it, 95 % confidence (Wilson)"),
            "upper": ([high for _, high in intervals], "1", "upper bound of it, 95 % confidence (Wilson)"),
            "expected": (expected, "1", "probability of the linear theory"),
            "trials": (trials, "1", "number of trials"),
        },
        bench="firing_probability",
        engine=engine,
        seed=seed,
        temperature=temperature,
        noise_current=decision.noise_current,
        preset_current=held,
        period=period,
    )


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
        time_step=STEP * magnet.settling_time,
    )
    return int((ensemble.final()["m_z"] < 0).sum())


def _fired_ngspice(
    valve: LateralSpinValve, current: float, temperature: float, trials: int, seed: int, cycle: _Cycle
) -> int:
    circuit = valve.subcircuit(temperature=temperature, noise_step=cycle.noise_step)
    # The first strip's wall is put far from the middle, and the current is injected by a source.
    place = 0.875
    per_ampere = valve.responses[0][0] * valve.weight_at(place)
    nodes = [pin if pin not in ("ground", "read") else "0" for pin in circuit.pins]
    duration = trials * cycle.period
    deck = ["* firing probability of a spin neuron", *(part.text for part in valve.parts(noisy=True)), circuit.text]
    deck += [
        f"X_neuron {' '.join(nodes)} {circuit.name} state_1={place!r}",
        f"V_preset preset 0 {repeated_pulse(cycle.preset_voltage, 0.0, cycle.preset_time, cycle.period)}",
        f"I_input 0 input_1 {float(current / per_ampere)!r}",
        f".options seed={seed + 1}",
    ]
    trace = run(
        "\n".join(deck),
        Transient(cycle.noise_step, duration, max_step=cycle.noise_step),
        save=["v(m_z)"],
        time_limit=TIME_LIMIT,
    )
    ends = cycle.period * np.arange(1, trials + 1) - EDGE
    return int((np.interp(ends, trace["time"], trace["v(m_z)"]) < 0).sum())
