"""Telegraph of a device with two states: how long it stays in each, and how probable each is, over the voltage."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Dwelling
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import checked_seed
from ...arguments import Range, Seed, Surroundings, Whole
from ...bench import bench
from ...slow_time.telegraph import telegraph_trace
from ...slow_time.two_states import TwoStateThermal

#: Points over the voltage by default, and the ratio of the two dwell times up to which they go.
POINTS, RATIO = 25, 100.0


@bench(needs=(Dwelling,), long=True, gallery=lambda device: {"telegraph": {"seed": 1}})
def telegraph(
    device: CompactModel,
    *,
    voltage: Annotated[
        ArrayLike | None,
        Range("V", "voltages; default: those at which one state is up to a hundred times as long as the other"),
    ] = None,
    dwells: Annotated[
        int, Whole("number of times in each state, about, that are drawn at a voltage", 10, 10_000_000)
    ] = 500,
    temperature: Surroundings = None,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Measure how long a device stays in each of its two states over the voltage, whether nanoseconds or years.

    Dwell times are those of :class:`~synaspice.characterization.slow_time.wells.Wells`; beside them stand means over
    telegraph traces that are drawn with them, with their standard errors. The probability of the first state is the
    sigmoid of a p-bit, compared with

    .. math:: p = \frac12 \left[1 + \tanh\frac{\beta (V - V_0)}{2}\right], \qquad
        \beta = \frac{d}{dV} \ln\frac{\tau_1}{\tau_2}

    about the voltage :math:`V_0` at which both are as probable. For a constant torque and a barrier of :math:`\Delta`
    it is :math:`\tanh(2 \Delta V / V_c)`, to terms of the order of one over :math:`\Delta`.

    Returns
    -------
    pandas.DataFrame
        Columns ``voltage`` [V]; ``dwell_STATE``, ``drawn_STATE`` and ``error_STATE`` [s] of both states: mean dwell
        time, that of the trace and its standard error; ``probability`` of the first state, ``drawn_probability`` and
        ``sigmoid``. ``attrs`` has ``states``, ``balance`` (V_0 [V], None if beyond the range), ``slope`` (beta [1/V]),
        the ``range`` in which there are two states, ``method`` and ``interpolation_error``.

    Raises
    ------
    ParameterError
        If the device has no two states at a voltage: then its noisy trajectories are to be followed.
    """
    model = TwoStateThermal.of(device, temperature=temperature)
    warn_of_limits(device)
    balance, slope = _balance(model)
    drives = _suggested(model) if voltage is None else reals("voltages", voltage, "V")
    times = model.dwell_times(drives)
    start = checked_seed(seed)
    first, second = model.states
    drawn = np.empty((len(drives), 5))
    seeds = np.random.SeedSequence(start).generate_state(len(drives))
    for row, drive, (one, other), own in zip(drawn, drives.tolist(), times.T.tolist(), seeds.tolist(), strict=True):
        # So long that hardly any has fewer of them.
        length = (dwells + 4 * math.sqrt(dwells)) * (one + other)
        trace = telegraph_trace(model, drive, length, start=first, seed=own)
        row[4] = trace.share()
        for k, state in enumerate(model.states):
            lengths = trace.dwells(state)
            row[2 * k : 2 * k + 2] = lengths.mean(), lengths.std(ddof=1) / math.sqrt(len(lengths))
    columns: dict[str, Any] = {"voltage": drives}
    for k, state in enumerate(model.states):
        columns |= {
            f"dwell_{state}": (times[k], "s", f"mean time in the state {state}"),
            f"drawn_{state}": (drawn[:, 2 * k], "s", f"mean time in the state {state} over a telegraph trace"),
            f"error_{state}": (drawn[:, 2 * k + 1], "s", "standard error of it"),
        }
    sigmoid = np.full(len(drives), np.nan)
    if balance is not None and slope is not None:
        sigmoid = 0.5 * (1 + np.tanh(slope * (drives - balance) / 2))
    columns |= {
        "probability": (times[0] / times.sum(axis=0), "1", f"probability of the state {first}"),
        "drawn_probability": (drawn[:, 4], "1", f"part of a telegraph trace in the state {first}"),
        "sigmoid": (sigmoid, "1", "hyperbolic tangent with the slope where both states are as probable"),
    }
    attributes: dict[str, Any] = {"bench": "telegraph", "engine": "two-state", "seed": start, "dwells": dwells}
    attributes |= {"temperature": model.wells.kelvin, "states": [first, second], "balance": balance, "slope": slope}
    attributes |= {"range": list(model.range), "method": model.wells.method, "interpolation_error": model.error}
    return device_table(device, columns, **attributes)


def _ratio(model: TwoStateThermal, voltages: FloatArray) -> FloatArray:
    """Logarithm of the ratio of the two dwell times."""
    first, second = np.log(model.dwell_times(voltages))
    return np.asarray(first - second)


def _balance(model: TwoStateThermal) -> tuple[float | None, float | None]:
    """The voltage at which both states are as probable [V], and the slope of the ratio's logarithm there [1/V]."""
    from scipy.optimize import brentq

    ends = _ratio(model, np.array(model.range))
    if ends[0] * ends[1] > 0:
        return None, None
    balance = float(brentq(lambda voltage: float(_ratio(model, np.array(voltage))), *model.range, xtol=1e-12))
    first, second = (float(model.steepness(balance, state)) for state in model.states)
    return balance, second - first


def _suggested(model: TwoStateThermal) -> FloatArray:
    """Voltages at which neither state is much rarer than the other; without such ones all of the range."""
    fine = np.linspace(*model.range, 2001)
    near = fine[np.abs(_ratio(model, fine)) <= math.log(RATIO)]
    low, high = (near[0], near[-1]) if len(near) > 1 else model.range
    return np.linspace(low, high, POINTS)
