"""Retention of states that change by degrees: how long they last, over time and temperature."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Drift, Dwelling
from ....devices.language.array_checks import reals
from ....devices.language.equations.constants import CONSTANTS, q_e
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import Quantity, Range
from ...bench import bench
from ...cells.errors.arrhenius import TEN_YEARS, Arrhenius
from .reader import Reader

#: Temperatures by default. [K]
TEMPERATURES = tuple(np.linspace(300.0, 500.0, 9).tolist())
#: Times by default [s]: from a microsecond to some thousand years.
TIMES = tuple(np.geomspace(1e-6, 1e11, 69).tolist())
#: Charge of an electron [C]: barriers are told in electron volts.
ELECTRON = CONSTANTS[q_e][0]
#: A change of the conductance over itself below which it is the same.
SAME = 1e-7


@bench(needs=(Drift,), long=True, name="state-retention")
def state_retention(
    device: CompactModel,
    *,
    temperature: Annotated[
        ArrayLike | None, Range("K", "temperatures of the surroundings; default: 300 to 500 K", positive=True)
    ] = None,
    time: Annotated[
        ArrayLike | None, Range("s", "times since the writing; default: a microsecond to 3000 years", positive=True)
    ] = None,
    factor: Annotated[
        float, Quantity("1", "the state is lost where the conductance has changed by this factor", positive=True)
    ] = 2.0,
    read_voltage: Annotated[float, Quantity("V", "voltage at which the conductance is read", positive=True)] = 0.1,
    bias: Annotated[float, Quantity("V", "voltage across the first branch meanwhile")] = 0.0,
) -> pd.DataFrame:
    r"""Measure how the conductance of a written state changes with time at several temperatures, and when it is lost.

    The state is that which the device suggests for its drift, a set filament or a cell after programming. It is lost at
    the time :math:`t_l` at which the conductance is f times larger or smaller than at first; the law of Arrhenius goes
    through those times,

    .. math:: t_l = t_0\, e^{E / k_B T}

    and the exponent of a drift is :math:`\nu = -\mathrm{d}\ln G / \mathrm{d}\ln (t + t_0)` by regression over the times
    before, with the origin that the device's law of drift has.

    Returns
    -------
    pandas.DataFrame
        One row per temperature and time: ``temperature`` [K], ``time`` [s], ``conductance`` [S], ``kept``, over that at
        first. ``attrs`` has ``lost``, a list by temperature: ``temperature`` [K], ``time`` of the loss [s] (infinite
        beyond the times) and ``exponent``; ``barrier`` [eV], ``attempt_time`` [s] and ``ten_year_temperature`` [K]
        (None of fewer than two losses, or without an activation).

    Raises
    ------
    ParameterError
        If the device jumps between two states (``retention`` is for those), keeps its conductance at all temperatures,
        or a number makes no sense.
    """
    if device.suits(Dwelling):
        raise ParameterError(f"{device!r} jumps between two states: the bench retention tells how long it holds them")
    if not factor > 1:
        raise ParameterError(f"the factor lies above 1, not at {factor:g}")
    kelvins = np.unique(reals("temperatures", TEMPERATURES if temperature is None else temperature, "K"))
    times = np.unique(reals("times", TIMES if time is None else time, "s"))
    require_memory(len(kelvins) * len(times), "times at all temperatures", table_size(4))
    rows, lost = [], []
    for kelvin in kelvins.tolist():
        there, _ = in_surroundings(device, kelvin)
        suggested = there.protocol(Drift)
        reader = Reader(there.replace(**suggested.overrides), read_voltage)
        run = reader.of(reader.device.simulate(bias, float(times[-1]), times=np.concatenate([[0.0], times])))
        kept = run[1:] / run[0]
        rows += [[kelvin, *row] for row in zip(times.tolist(), run[1:].tolist(), kept.tolist(), strict=True)]
        away = np.abs(np.log(kept)) / math.log(factor)
        gone = np.flatnonzero(away >= 1)
        at, before = math.inf, slice(None)
        if len(gone):
            k = int(gone[0])
            before = slice(k)
            # The change between two times is a power of the time, nearly.
            at = float(times[0]) if not k else _passed(times[k - 1 : k + 1], away[k - 1 : k + 1])
        some = np.abs(np.log(kept[before])) > SAME
        exponent = None
        if np.count_nonzero(some) > 2:
            ages = np.log(times[before][some] + suggested.origin)
            exponent = -float(np.polyfit(ages, np.log(kept[before][some]), 1)[0])
        lost.append({"temperature": kelvin, "time": at, "exponent": exponent})
    found = np.array(rows).T
    if np.all(np.abs(np.log(found[3])) < SAME):
        raise ParameterError(f"{device!r} keeps its conductance at all temperatures: its model does not forget")
    finite = [one for one in lost if math.isfinite(one["time"]) and one["time"] > times[0]]
    told: dict[str, Any] = dict.fromkeys(["barrier", "attempt_time", "ten_year_temperature"])
    if len(finite) >= 2:
        columns = [[one[name] for one in finite] for name in ("temperature", "time")]
        law = Arrhenius.through(columns[0], columns[1], np.ones(len(finite)))
        told |= {"barrier": law.barrier / ELECTRON, "attempt_time": law.attempt_time}
        if law.barrier > 1e-6 * ELECTRON:
            told["ten_year_temperature"] = law.temperature_of(TEN_YEARS)
    return device_table(
        device,
        {
            "temperature": (found[0], "K", "temperature of the surroundings"),
            "time": (found[1], "s", "time since the writing"),
            "conductance": (found[2], "S", "conductance"),
            "kept": (found[3], "1", "conductance over that at first"),
        },
        bench="state-retention", engine="numeric", lost=lost, factor=factor, read_voltage=read_voltage, bias=bias,
        temperatures=kelvins.tolist(), **told,
    )  # fmt: skip


def _passed(times: FloatArray, away: FloatArray) -> float:
    """Time between two at which a change is 1 [s]."""
    return float(np.exp(np.interp(0.0, np.log(np.maximum(away, 1e-12)), np.log(times))))
