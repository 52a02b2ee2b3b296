"""Mean velocity of a domain wall against the drive: mobility, Walker breakdown, saturation."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import device_table
from ...devices.core.protocols import WallMotion
from ...devices.language.array_checks import reals
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..arguments import SWEPT, Checkpoint, Engine, Name, Native, NoiseTemperature, Quantity, Range, Seed, Whole
from ..bench import bench
from ..engines import engine_attributes, trajectory, uses_native
from ..resumable import compute_pieces, describe

#: Part of the run that passes before the velocity is measured.
TRANSIENT = 0.25
#: Whole turns of the wall's angle that a run should have if it turns at all, and how often it is made longer for them.
ENOUGH_TURNS, EXTENSIONS = 3, 3
#: Reported points per run; whole turns are counted between them by interpolation.
POINTS = 2001


@bench(
    needs=(WallMotion,),
    swept=lambda device, quantity: device.protocol(WallMotion, quantity or "current").quantity,
)
def velocity(
    device: CompactModel,
    *,
    quantity: Annotated[
        str,
        Name(
            "what drives the wall: current along the strip, or field along the axis of the domains",
            choices=("current", "field"),
        ),
    ] = "current",
    values: Annotated[
        ArrayLike | None, Range(SWEPT, "currents or fields; default: 41 that reach beyond breakdown")
    ] = None,
    duration: Annotated[
        float | None,
        Quantity(
            "s",
            "length of each run; default: 40 times that in which the angle relaxes, longer where it turns slowly",
            positive=True,
        ),
    ] = None,
    engine: Engine = "numeric",
    native: Native = None,
    temperature: NoiseTemperature = None,
    trajectories: Annotated[
        int | None, Whole("noisy runs per value that are averaged; default: 20 at a temperature", 1)
    ] = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
) -> pd.DataFrame:
    r"""Measure the mean velocity of a domain wall over current or field.

    .. math:: \bar v = \frac{q(t_2) - q(t_1)}{t_2 - t_1}

    after a transient of a quarter of the run. If the wall's angle turns meanwhile, the interval is one of whole turns
    of :math:`2\pi`, so that the precession beyond the Walker breakdown averages out. The strip is lengthened for the
    measurement, and the wall starts in its middle: it does not come near the ends. Pinning keeps its period, and the
    wall starts at rest in a site of it: one that starts between two may turn in a site without leaving it, at drives
    at which it rests from this start.

    Returns
    -------
    pandas.DataFrame
        One row per value: the drive (``current`` [A] or ``field_z`` [A/m]), ``velocity`` [m/s], its ``standard_error``
        over the trajectories [m/s] (NaN without noise), ``low_drive_velocity`` [m/s], which is the mobility well
        below breakdown times the drive, ``turns``, the turns of the wall's angle per second [1/s] (0 without a whole
        one), and ``duration``, the length of the run [s].

    Raises
    ------
    ParameterError
        If the device has no moving wall, or the values are not a list of finite numbers, or the duration not positive.
    UnknownNameError
        If the quantity or the engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    chosen = uses_native(engine, native)
    if temperature is None and (trajectories is not None or seed is not None):
        raise ParameterError("trajectories and seed need a temperature: without it there is no noise")
    motion = device.protocol(WallMotion, quantity)
    drives = np.linspace(0, motion.largest, 41) if values is None else reals("values", values)
    length = motion.duration if duration is None else float(duration)
    noise: dict[str, Any] = {}
    if temperature is not None:
        count = 20 if trajectories is None else trajectories
        noise = {"temperature": temperature, "trajectories": count, "seed": 0 if seed is None else seed}
    column, mobility = motion.quantity, motion.mobility
    common = {"device": device, "column": column, "length": length, "engine": engine, "noise": noise}
    common["native"] = chosen
    common["fixed"] = duration is not None or bool(noise)
    description = describe(**common, drives=drives, bench="velocity")  # type: ignore[arg-type]
    pieces = [common | {"drive": drive} for drive in drives.tolist()]
    results = list(compute_pieces(_point, pieces, description=description, checkpoint=checkpoint))
    found = {name: [float(result[name]) for result in results] for name in ("velocity", "error", "turns", "lasting")}
    slow = mobility * drives + 0.0  # no -0.0
    columns: dict[str, Any] = {
        column: drives,
        "velocity": (found["velocity"], "m/s", "mean velocity of the wall"),
        "standard_error": (found["error"], "m/s", "standard error of the mean velocity over the trajectories"),
        "low_drive_velocity": (slow, "m/s", "mobility of the wall well below breakdown, times the drive"),
        "turns": (found["turns"], "1/s", "turns of the wall's angle per second, 0 without a whole one"),
        "duration": (found["lasting"], "s", "length of the run"),
    }
    attributes = engine_attributes(engine, chosen) | noise
    return device_table(device, columns, **attributes, bench="velocity", driven=column)


def _point(
    device: CompactModel,
    column: str,
    length: float,
    engine: str,
    native: bool,
    noise: dict[str, Any],
    fixed: bool,
    drive: float,
) -> dict[str, float]:
    """Mean velocity, its standard error, turning rate and length of the runs at one drive."""
    lasting = length
    for attempt in range(EXTENSIONS + 1):
        runs = _runs(_long_enough(device, column, drive, lasting), column, drive, lasting, engine, native, noise)
        results = np.array([mean_velocity(run) for run in runs])
        if fixed or attempt == EXTENSIONS or not _turns_slowly(runs[0]):
            break
        lasting *= 4  # slow turns just beyond breakdown
    error = np.std(results[:, 0], ddof=1) / np.sqrt(len(results)) if len(results) > 1 else np.nan
    return {"velocity": results[:, 0].mean(), "error": error, "turns": results[:, 1].mean(), "lasting": lasting}


def _long_enough(device: CompactModel, column: str, drive: float, duration: float) -> CompactModel:
    """The device with a strip in which even the fastest wall stays in the inner 80 %, and starts in the middle."""
    motion = device.protocol(WallMotion)
    strip = motion.length
    states = {"x": 0.5, "angle": np.linspace(0, 2 * np.pi, 64)}
    if column == "current":
        # The current is proportional to the voltage while the wall stands still.
        middle = device.static(voltage=1.0, x=0.5)["current"]
        rates = device.static(voltage=drive / middle, **states)["dx/dt"]
    else:
        rates = device.static(field_z=drive, **states)["dx/dt"]
    travel = float(np.max(np.abs(rates))) * strip * duration
    length = max(strip, 2.5 * travel)
    if motion.period is not None:  # the middle is a site: where in one a wall starts decides whether it turns
        length = 2 * motion.period * float(np.ceil(length / (2 * motion.period)))
    return device.replace(length=length, initial_state=0.5)


def _runs(
    device: CompactModel, column: str, drive: float, duration: float, engine: str, native: bool, noise: dict[str, Any]
) -> list[pd.DataFrame]:
    electrical = column == "current"
    table = trajectory(
        device,
        drive if electrical else 0.0,
        duration,
        source="current" if electrical else "voltage",
        inputs={} if electrical else {column: drive},
        points=POINTS,
        engine=engine,
        native=native,
        **noise,
    )
    return [run for _, run in table.groupby("trajectory")] if "trajectory" in table else [table]


def mean_velocity(run: pd.DataFrame) -> tuple[float, float]:
    """Mean velocity [m/s] and turning rate [1/s] of a trajectory after its transient, over whole turns if there are.

    Parameters
    ----------
    run : pandas.DataFrame
        Columns ``time`` [s], ``wall_position`` [m] and ``angle`` [rad].
    """
    time, position, angle = (run[name].to_numpy() for name in ("time", "wall_position", "angle"))
    late = time >= TRANSIENT * time[-1]
    time, position, angle = time[late], position[late], angle[late]
    turned: FloatArray = (angle - angle[0]) / (2 * np.pi)
    whole = int(np.abs(turned[-1]))
    end = time[-1]
    if whole:
        passed = np.flatnonzero(np.abs(turned) >= whole)[0]
        end = np.interp(whole, np.abs(turned[passed - 1 : passed + 1]), time[passed - 1 : passed + 1])
    span = end - time[0]
    return float((np.interp(end, time, position) - position[0]) / span), float(np.sign(turned[-1]) * whole / span)


def _turns_slowly(run: pd.DataFrame) -> bool:
    """Whether the angle turns after the transient, but not through enough whole turns to average over."""
    late = run["angle"][run["time"] >= TRANSIENT * run["time"].iloc[-1]].to_numpy()
    return bool(0.05 < abs(late[-1] - late[0]) / (2 * np.pi) < ENOUGH_TURNS)
