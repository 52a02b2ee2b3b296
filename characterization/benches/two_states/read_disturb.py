"""Disturbance by reads: how probably they flip the state that they read, over their voltage and number."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...arguments import Quantity, Range, Surroundings
from ...bench import bench
from ...slow_time.two_states import TwoStateThermal

#: Points over the voltage, and numbers of reads, by default.
POINTS, READS = 41, (1.0, 1e3, 1e6, 1e9, 1e12)


@bench(needs=(Writing, Switching), long=True, name="read-disturb")
def read_disturb(
    device: CompactModel,
    *,
    voltage: Annotated[
        ArrayLike | None, Range("V", "voltages of the reads; default: all at which the device has two states")
    ] = None,
    reads: Annotated[ArrayLike | None, Range("1", "numbers of reads; default: 1 to 1e12", positive=True)] = None,
    width: Annotated[float, Quantity("s", "width of a read", positive=True)] = 1e-8,
    temperature: Surroundings = None,
) -> pd.DataFrame:
    r"""Measure how probably reads flip the state that they read, over their voltage and number.

    .. math:: P = 1 - e^{-N t_r / \tau(V)}

    with the dwell time :math:`\tau` under the voltage of a read of the width :math:`t_r`. Between reads the state is
    taken to be held (``retention`` tells how long it is). A read is to be long against the time in which the magnet
    comes to equilibrium under its voltage, the decay of a precession: a shorter one disturbs less, and is refused.

    Returns
    -------
    pandas.DataFrame
        One row per state, number and voltage: ``state`` that is read, ``reads``, ``voltage`` [V], ``lifetime``: mean
        time in the state under the voltage [s], ``probability`` that it was left.

    Raises
    ------
    ParameterError
        If the device has no two states at a voltage, or a read is shorter than the decay of a precession.
    """
    model = TwoStateThermal.of(device, temperature=temperature)
    warn_of_limits(device)
    decay = float(model.wells.device.precession_decay)  # type: ignore[attr-defined]
    if width < decay:
        raise ParameterError(
            f"a read of {width:.3g} s is shorter than the decay of a precession, {decay:.3g} s: the magnet does not "
            "come to equilibrium under its voltage; the bench switching follows such pulses by noisy trajectories"
        )
    drives = np.linspace(*model.range, POINTS) if voltage is None else np.unique(reals("voltages", voltage, "V"))
    numbers = np.array(READS) if reads is None else np.unique(reals("numbers of reads", reads))
    times = model.dwell_times(drives)
    shape = (len(model.states), len(numbers), len(drives))
    require_memory(float(np.prod(shape)), "reads at all voltages", table_size(5))
    lifetimes = times[:, None, :]
    probability = -np.expm1(-numbers[None, :, None] * width / lifetimes)

    def full(values: Any) -> FloatArray:
        return np.asarray(np.broadcast_to(values, shape).ravel())

    columns: dict[str, Any] = {
        "state": (full(np.array(model.states)[:, None, None]), "", "the state that is read"),
        "reads": (full(numbers[None, :, None]), "1", "number of reads"),
        "voltage": full(drives),
        "lifetime": (full(lifetimes), "s", "mean time in the state under the voltage"),
        "probability": (probability.ravel(), "1", "probability that the reads flip the state"),
    }
    attributes: dict[str, Any] = {"bench": "read-disturb", "engine": "two-state", "temperature": model.wells.kelvin}
    attributes |= {"width": width, "range": list(model.range), "method": model.wells.method}
    return device_table(device, columns, **attributes, interpolation_error=model.error)
