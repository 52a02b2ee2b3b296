"""Coercivity: at which drive a swept device switches, over the rate of the sweep and the temperature."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...arguments import SWEPT, Name, Quantity, Range
from ...bench import bench
from ...slow_time.sweeping import switching_drive
from ...slow_time.two_states import TwoStateThermal
from ...slow_time.wells import READ

#: Rates by default, in drives of the order of the critical one per second; those that are too fast are left out.
RATES = tuple(np.logspace(-6, 6, 25).tolist())


@bench(needs=(Writing, Switching), long=True, swept=lambda device, quantity: quantity or "voltage")
def coercivity(
    device: CompactModel,
    *,
    quantity: Annotated[
        str | None,
        Name(
            "what is swept: voltage, current, or an input such as field_z; default: voltage",
            of=lambda device: ["voltage", "current", *device.input_declarations()],
        ),
    ] = None,
    rate: Annotated[
        ArrayLike | None,
        Range(
            SWEPT,
            "rise of the drive in a second; default: twelve decades, as far as there are two states where it switches",
            positive=True,
        ),
    ] = None,
    temperature: Annotated[
        ArrayLike | None,
        Range("K", "temperatures of the surroundings and of the noise; default: that of the device", positive=True),
    ] = None,
    read_voltage: Annotated[float, Quantity("V", "voltage across the first branch while an input is swept")] = READ,
) -> pd.DataFrame:
    r"""Measure the drive at which a device switches in a sweep, from nanoseconds to years.

    The state is held with the probability :math:`S` of :math:`dS/dx = -\Gamma(x) S / r`, with the tabulated rates of
    :class:`~synaspice.characterization.slow_time.two_states.TwoStateThermal`; beside its mean and spread stand those
    of Kurkijarvi's closed form (:mod:`synaspice.characterization.slow_time.sweeping`).

    Returns
    -------
    pandas.DataFrame
        One row per temperature, state and rate: ``temperature`` [K], ``state`` that is left, ``rate`` [unit of the
        drive over s], ``mean``, ``standard_deviation``, ``lower``, ``median`` and ``upper`` (where 5, 50 and 95 % have
        switched), ``kurkijarvi_mean`` and ``kurkijarvi_deviation``, in the drive's unit. ``attrs["swept"]`` names the
        drive.

    Raises
    ------
    ParameterError
        If the device has no two states, a rate is too fast for them (then noisy trajectories are to be followed) or so
        slow that the device jumps back and forth.
    UnknownNameError
        If there is no such quantity.
    """
    swept = quantity or "voltage"
    warn_of_limits(device)
    kelvins = (
        [device.temperature] if temperature is None else np.unique(reals("temperatures", temperature, "K")).tolist()
    )
    rows: list[list[Any]] = []
    for kelvin in kelvins:
        model = TwoStateThermal.of(device, quantity=swept, temperature=kelvin, read_voltage=read_voltage)
        for state in model.states:
            asked = None if rate is None else np.unique(reals("rates", rate))
            rows += [[kelvin, state, *row] for row in _over_rates(model, state, asked)]
    if not rows:
        raise ParameterError(
            f"at none of the rates from {RATES[0]:g} to {RATES[-1]:g} critical drives a second {device!r} has two "
            "states between which it switches once: its telegraph shows how it jumps, noisy trajectories how it turns"
        )
    names = ["temperature", "state", "rate", "mean", "standard_deviation", "lower", "median", "upper"]
    found = pd.DataFrame(rows, columns=[*names, "kurkijarvi_mean", "kurkijarvi_deviation"])
    unit = model.wells.unit
    what = {
        "mean": "mean drive at which the state is left",
        "standard_deviation": "standard deviation of it",
        "lower": "drive up to which 5 % have left",
        "median": "drive up to which half has left",
        "upper": "drive up to which 95 % have left",
        "kurkijarvi_mean": "mean of the closed form",
        "kurkijarvi_deviation": "standard deviation of the closed form",
    }
    columns: dict[str, Any] = {
        "temperature": (found["temperature"], "K", "temperature"),
        "state": (found["state"], "", "the state that is left"),
        "rate": (found["rate"], f"{unit}/s", "rate of the sweep"),
    }
    columns |= {name: (found[name], unit, text) for name, text in what.items()}
    attributes: dict[str, Any] = {"bench": "coercivity", "engine": "two-state", "swept": swept}
    attributes |= {"method": model.wells.method, "interpolation_error": model.error}
    attributes |= {"temperature": kelvins[0]} if len(kelvins) == 1 else {"temperatures": kelvins}
    return device_table(device, columns, **attributes)


def _over_rates(model: TwoStateThermal, state: str, rates: FloatArray | None) -> list[list[float]]:
    """Rate, statistics and closed form at each rate; of the default rates those at which the device switches once."""
    rows = []
    for pace in (np.array(RATES) * 10.0 ** round(math.log10(model.wells.scale)) if rates is None else rates).tolist():
        try:
            found = switching_drive(model, state, pace)
        except ParameterError:
            if rates is not None:
                raise
            continue
        rows.append([pace, found.mean, found.standard_deviation, *found.quantiles, *found.kurkijarvi])
    return rows
