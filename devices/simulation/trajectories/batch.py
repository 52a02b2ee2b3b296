"""Many single trajectories in one call: other drives, devices or initial states in each, in threads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.base import DeviceModel
from ...core.processors import usual_threads
from ...core.protocols import Compliance
from ...language.checks import mapping, whole
from ...language.errors import ParameterError, SimulationError, shown
from ...language.memory import require_memory
from ...language.waveforms.shapes import Drive, FloatArray
from ..integrators.compiled_batch import can_run_abreast
from ..machine.kinds import LANES
from ..numerics.threads import in_chunks
from ..request import Request, row_size
from .tables import tabulate_many
from .trajectory import check_tolerances, solve, solve_abreast

if TYPE_CHECKING:
    import pandas as pd

#: Size of a value of a parameter in which devices differ [byte].
_VALUE = 8


def simulate_many(
    devices: DeviceModel | Sequence[DeviceModel],
    drives: Drive | Sequence[Drive],
    duration: float,
    *,
    source: str = "voltage",
    inputs: Mapping[str, Drive | Sequence[Drive]] | None = None,
    compliance: float | Compliance | None = None,
    points: int | None = None,
    times: Sequence[float] | FloatArray | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-12,
    threads: int | None = None,
) -> pd.DataFrame:
    """Compute the responses of devices to drives, each from its initial state and without noise, in one call.

    Each trajectory is that of :meth:`CompactModel.simulate`, to the last bit. Eight and more of states without bounds
    are computed side by side in the processor's registers.

    Parameters
    ----------
    devices : CompactModel, or sequence of them
        One device for all trajectories, or one for each: other parameters or initial states of the same model with
        the same options.
    drives : float, Waveform, or sequence
        One drive for all trajectories, or a sequence (or array) with one for each: voltages [V] or currents [A].
        Samples of a drive over time are an array within the sequence.
    duration : float
        Length of each trajectory. [s]
    source : str
        As of :meth:`CompactModel.simulate`.
    inputs : mapping, optional
        Drives of inputs and voltages of other branches, by name: one for all trajectories, or a sequence with one for
        each.
    compliance : float or Compliance, optional
        Largest current of a voltage source, as of :meth:`CompactModel.simulate`. [A]
    points : int, optional
        Number of evenly spaced times to report of each, the first at 0 and the last at ``duration``. Default 1001.
    times : array_like, optional
        The times to report instead. [s]
    rtol, atol : float
        Relative and absolute error per step, in units of the state's scale.
    threads : int, optional
        Number of threads; default: one per core.

    Returns
    -------
    pandas.DataFrame
        The tables of :meth:`CompactModel.simulate` one below the other, with the column ``trajectory`` (0, 1, ...).
        Where devices differ, ``attrs["varied"]`` has their values by parameter.

    Raises
    ------
    ParameterError
        If sequences are of different lengths, the devices are not of one model with the same options, or an argument
        does not fit the model.
    SimulationError
        If an integration does not come to an end; it says which.
    """
    inputs = mapping("inputs", inputs)
    lists = {name: _entries(value) for name, value in {"devices": devices, "drives": drives, **inputs}.items()}
    lengths = {name: len(entries) for name, entries in lists.items() if entries is not None}
    count = max(lengths.values(), default=1)
    if len({count, *lengths.values()}) > 1 or count == 0:
        told = ", ".join(f"{length} {name}" for name, length in lengths.items())
        raise ParameterError(f"there must be as many of each, or one for all, not {told}")

    def of(name: str, value: Any, k: int) -> Any:
        entries = lists[name]
        return value if entries is None else entries[k]

    for k in range(count):
        if not isinstance(of("devices", devices, k), DeviceModel):
            raise ParameterError(f"devices must be devices, not {shown(of('devices', devices, k))}")
    structure = of("devices", devices, 0).structure
    if any(of("devices", devices, k).structure != structure for k in range(count)):
        raise ParameterError("the devices of one call must be of one model with the same options")
    requests = [
        Request.of(
            of("devices", devices, k),
            of("drives", drives, k),
            duration,
            source,
            {name: of(name, value, k) for name, value in inputs.items()},
            compliance,
        )
        for k in range(count)
    ]
    check_tolerances(rtol, atol)
    reported = requests[0].reporting_times(points, times)
    size = row_size(requests[0].device) + _VALUE * len(requests[0].device.values)
    require_memory(len(reported), f"points of {count} trajectories", count * size, "report")

    limits: dict[str, Any] = {"rtol": rtol, "atol": atol}
    abreast = can_run_abreast(requests)

    def alone(k: int) -> tuple[FloatArray, FloatArray]:
        try:
            return solve(requests[k], reported, method=None, **limits)
        except SimulationError as error:
            raise SimulationError(f"trajectory {k}: {error}") from error

    def some(first: int, number: int) -> list[tuple[FloatArray, FloatArray]]:
        if not abreast or number < LANES:
            return [alone(k) for k in range(first, first + number)]
        found = solve_abreast(requests[first : first + number], reported, **limits)
        # What came to no end says why when it is computed alone, or gets over it there.
        return [each or alone(first + k) for k, each in enumerate(found)]

    workers = usual_threads() if threads is None else whole("threads", threads, 1)
    # As many for each thread, if that fills its lanes.
    size = max(LANES, math.ceil(count / workers)) if abreast else 1
    found = [each for part in in_chunks(range(count), some, size=size, threads=workers) for each in part]
    return tabulate_many(requests, reported, np.array([v for _, v in found]), np.array([states for states, _ in found]))


def _entries(value: Any) -> Sequence[Any] | None:
    """The entries of a sequence with one for each trajectory; None of what is for all."""
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else None
    return value if isinstance(value, list | tuple) else None
