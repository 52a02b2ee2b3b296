"""Tables of noisy trajectories: what :meth:`CompactModel.simulate` returns at a temperature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ...core.base import DeviceModel
from ...core.metadata import TRAJECTORY, insert_column
from ...language.checks import positive, real, whole
from ...language.errors import ParameterError, PatienceWarning, warn_user
from ...language.memory import require_memory
from ..numerics.threads import in_chunks
from ..request import Request, row_size
from ..trajectories.tables import tabulate
from .plan import BLOCK, CHUNK, FEW, Chunk, Plan
from .resolution import resolving_step
from .time_step import check_step, default_step

if TYPE_CHECKING:
    import pandas as pd

Device = TypeVar("Device", bound=DeviceModel)

#: Steps of all trajectories together above which a request is taken for a mistake: months of computing.
MOST_STEPS = 10**13
#: Steps of one trajectory above which it is told before they begin: half a minute.
LONG_STEPS = 10**8


def checked_seed(seed: int | None) -> int:
    """The seed, or one that was drawn."""
    return int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else whole("seed", seed, 0, 2**64 - 1)


def checked_temperature(temperature: float) -> float:
    """The temperature, if it can be one."""
    kelvin = real("the temperature", temperature, "K")
    if kelvin < 0:
        raise ParameterError(f"the temperature must be finite and not negative, not {kelvin:g} K")
    return kelvin


def in_surroundings(device: Device, temperature: float | None) -> tuple[Device, float]:
    """A device and the temperature of its noise [K], which are at one temperature.

    Parameters
    ----------
    device : DeviceModel
        The device.
    temperature : float, optional
        Temperature [K]; default: that of the device. At 0 there is no noise, and the material stays as it is.

    Raises
    ------
    ParameterError
        If it cannot be a temperature, or the device was given another one.
    """
    kelvin = device.temperature if temperature is None else checked_temperature(temperature)
    return (device.at(kelvin) if kelvin else device), kelvin


def require_temperature(device: DeviceModel, temperature: float) -> float:
    """The temperature of the noise in a form of a device, which must be the device's.

    Raises
    ------
    ParameterError
        If it cannot be a temperature, or is not that of the device's material.
    """
    kelvin = checked_temperature(temperature)
    if kelvin and device.at(kelvin) is not device:
        raise ParameterError(
            f"the temperature is {kelvin:g} K, but that of the device is {device.temperature:g} K: "
            f"begin with device.at({kelvin:g})"
        )
    return kelvin


def whole_steps(request: Request, intervals: int, time_step: float | None, trajectories: int = 1) -> int:
    """Number of steps in a duration: whole between the times to report, and not longer than is asked for.

    So many that all trajectories together would take months are refused.

    The default step is that of :mod:`synaspice.devices.simulation.ensembles.time_step`, or a shorter one that resolves
    the motion without noise (:mod:`synaspice.devices.simulation.ensembles.resolution`); one that is too long
    for the device's noise is taken, with a :class:`~synaspice.devices.language.errors.ResolutionWarning`.
    """
    if time_step is None:
        step = resolving_step(request, min(default_step(request), request.duration))
    else:
        step = positive("time_step", time_step, "s")
        if step > request.duration:
            raise ParameterError(f"time_step must be positive and not above the duration, not {step:g} s")
        check_step(request, step)
    if not (step > 0 and math.isfinite(step)):
        raise ParameterError(
            f"under this drive the states of {request.device.model_name()} move faster than any step follows: take a "
            "weaker one"
        )
    wanted = request.duration / intervals / step * (1 - 1e-12)
    require_steps(wanted * intervals, step, trajectories)
    return math.ceil(wanted) * intervals


def require_steps(number: float, step: float, trajectories: int) -> None:
    """Refuse so many steps [s] that all trajectories together would take months.

    Raises
    ------
    ParameterError
        If they would.
    """
    if not number * trajectories <= MOST_STEPS:
        all_of_them = "" if trajectories == 1 else f" in each of {trajectories:.3g} trajectories"
        raise ParameterError(
            f"{number:.3g} steps of {step:.3g} s{all_of_them} are too many, {MOST_STEPS:.0e} in all are "
            f"the most: take {'longer steps or a shorter run' if trajectories == 1 else 'fewer trajectories'}"
        )


def block_for(trajectories: int) -> tuple[int, int]:
    """Size of a block, and of a chunk that a thread takes, for a number of trajectories."""
    return (1, 1) if trajectories <= FEW else (BLOCK, CHUNK)


def integrate(
    request: Request,
    *,
    points: int | None,
    temperature: float,
    trajectories: int,
    seed: int | None,
    time_step: float | None,
) -> pd.DataFrame:
    """Compute noisy trajectories of a request; see :meth:`CompactModel.simulate`."""
    device = request.device
    temperature = checked_temperature(temperature)
    trajectories = whole("trajectories", trajectories, 1)
    recorded = whole("points", points if points is not None else 1001 if trajectories == 1 else 1, 1)
    block, size = block_for(trajectories)
    _require_room(device, trajectories, recorded)
    steps = whole_steps(request, max(recorded - 1, 1), time_step, trajectories)
    if steps > LONG_STEPS:
        warn_user(
            f"{steps:.2g} steps of {request.duration / steps:.2g} s follow in each trajectory of "
            f"{device.model_name()}, which take minutes or more: give a time_step, ask for a shorter duration, or "
            "leave the noise out (no temperature)",
            PatienceWarning,
        )
    plan = Plan(request, temperature, checked_seed(seed), steps, block=block, trajectories=trajectories)
    return table_of_traces(plan, range(trajectories), recorded, chunk=size, alone=trajectories == 1)


def _require_room(device: DeviceModel, trajectories: int, points: int) -> None:
    """Refuse a table of trajectories for which there is no memory."""
    each = row_size(device)
    if points == 1:
        require_memory(trajectories, "trajectories", each, "statistics take none; take")
    else:
        require_memory(points, f"points of {trajectories} trajectories", trajectories * each, "report")


def table_of_traces(
    plan: Plan, trajectories: range, points: int, *, chunk: int, threads: int | None = None, alone: bool = False
) -> pd.DataFrame:
    """Table of trajectories at evenly spaced times, the last of them the end; a single point is the end."""
    device, count = plan.request.device, len(trajectories)
    _require_room(device, count, points)
    stride = plan.steps // (points - 1) if points > 1 else 0
    times = np.minimum(np.arange(points) * stride if stride else np.array([plan.steps]), plan.steps) * plan.time_step
    parameters, start = plan.columns(trajectories.start, 1)
    values = np.empty((len(start) + len(plan.telegraph_rows), count, points))
    varied = np.empty((len(parameters), count if plan.samples is not None else 1))
    varied[:] = parameters

    def record(first: int, number: int) -> None:
        some = Chunk(plan, first, number)
        rows = slice(first - trajectories.start, first - trajectories.start + number)
        traces = np.empty((len(values), number, points))
        traces[:, :, 0] = np.concatenate([some.states, some.telegraphs])
        some.advance(plan.steps, stride, traces)
        if not stride:
            traces[:, :, 0] = np.concatenate([some.states, some.telegraphs])
        values[:, rows] = traces
        if plan.samples is not None:
            varied[:, rows] = some.parameters

    for _ in in_chunks(trajectories, record, size=chunk, threads=threads):
        pass
    quantities = plan.quantities(times, values, varied)
    components = list(device.state_declarations())
    table = tabulate(
        plan.request,
        np.tile(times, count),
        quantities[list(device.branches())[plan.request.branch]].ravel(),
        np.stack([quantities[name].ravel() for name in components], axis=1),
        telegraphs={name: quantities[name].ravel() for name in device.telegraph_declarations()},
        parameters=None if plan.samples is None else list(np.repeat(varied, points, axis=1)),
        temperature=plan.temperature,
        seed=plan.seed,
        time_step=plan.time_step,
    )
    if not alone:
        insert_column(table, 0, "trajectory", (np.repeat(np.array(trajectories), points), "1", TRAJECTORY))
    return table
