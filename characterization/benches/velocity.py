"""Mean velocity of a domain wall against the drive: mobility, Walker breakdown, saturation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import table_attributes
from ...devices.core.protocols import Sweep
from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ..engines import engine_attributes, trajectory, uses_native
from ..resumable import compute_pieces, describe

#: Part of the run that passes before the velocity is measured.
TRANSIENT = 0.25
#: Whole turns of the wall's angle that a run should have if it turns at all, and how often it is made longer for them.
ENOUGH_TURNS, EXTENSIONS = 3, 3
#: Reported points per run; whole turns are counted between them by interpolation.
POINTS = 2001


class _Moving(Protocol):
    """What the bench needs to know of a device with a wall."""

    length: float

    def velocity_sweep(self, quantity: str) -> tuple[Sweep, float]: ...


def velocity(
    device: CompactModel,
    *,
    quantity: str = "current",
    values: ArrayLike | None = None,
    duration: float | None = None,
    engine: str = "numeric",
    native: bool | None = None,
    temperature: float | None = None,
    trajectories: int | None = None,
    seed: int | None = None,
    checkpoint: str | Path | None = None,
) -> pd.DataFrame:
    r"""Measure the mean velocity of a domain wall against a constant drive.

    .. math:: \bar v = \frac{q(t_2) - q(t_1)}{t_2 - t_1}

    after a transient of a quarter of the run. If the wall's angle turns meanwhile, the interval is one of whole turns
    of :math:`2\pi`, so that the precession beyond the Walker breakdown averages out. The strip is lengthened for the
    measurement, and the wall starts in its middle: it does not come near the ends. Pinning keeps its period.

    Parameters
    ----------
    device : CompactModel
        A device with a domain wall.
    quantity : str
        ``"current"`` along the strip, or ``"field"`` along the axis of the domains.
    values : array_like, optional
        Currents [A] or fields [A/m]; default: 41 that reach beyond breakdown.
    duration : float, optional
        Length of each run [s]; default 40 times that in which the angle relaxes, and
        longer for a wall that turns slowly.
    engine : str
        ``"numeric"`` or ``"ngspice"``.
    native : bool, optional
        Whether ngspice runs native devices instead of subcircuits; default: if it can.
    temperature : float, optional
        Temperature of the thermal noise [K]; numeric engine only.
    trajectories : int, optional
        Number of noisy runs per value that are averaged; default 20.
    seed : int, optional
        Seed of the noise, the same at every value.
    checkpoint : str or Path, optional
        Folder in which finished points are kept, to resume from; see
        :func:`~synaspice.characterization.resumable.compute_pieces`.

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
    if "velocity" not in device.benches:
        raise ParameterError(f"{device.model_name()} has no domain wall whose velocity could be measured")
    if temperature is None and (trajectories is not None or seed is not None):
        raise ParameterError("trajectories and seed need a temperature: without it there is no noise")
    sweep, mobility = cast(_Moving, device).velocity_sweep(quantity)
    assert sweep.amplitude is not None and sweep.period is not None
    drives = np.linspace(0, sweep.amplitude, 41) if values is None else np.atleast_1d(np.asarray(values, dtype=float))
    if drives.ndim != 1 or not len(drives) or not np.all(np.isfinite(drives)):
        raise ParameterError("values must be a one-dimensional array of finite numbers")
    length = positive("the duration", sweep.period if duration is None else duration, "s")
    noise: dict[str, Any] = {}
    if temperature is not None:
        count = 20 if trajectories is None else trajectories
        noise = {"temperature": temperature, "trajectories": count, "seed": 0 if seed is None else seed}
    column = sweep.quantity
    common = {"device": device, "column": column, "length": length, "engine": engine, "noise": noise}
    common["native"] = chosen
    common["fixed"] = duration is not None or bool(noise)
    description = describe(**common, drives=drives, bench="velocity")  # type: ignore[arg-type]
    pieces = [common | {"drive": drive} for drive in drives.tolist()]
    results = compute_pieces(_point, pieces, description=description, checkpoint=checkpoint)
    rows = [
        (drive, float(r["velocity"]), float(r["error"]), mobility * drive + 0.0, float(r["turns"]), float(r["lasting"]))
        for drive, r in zip(drives.tolist(), results, strict=True)
    ]
    names = [column, "velocity", "standard_error", "low_drive_velocity", "turns", "duration"]
    table = pd.DataFrame(rows, columns=names)
    table.attrs |= table_attributes(device, names, **engine_attributes(engine, chosen), bench="velocity", driven=column)
    table.attrs.update(noise)
    table.attrs["units"] |= {"velocity": "m/s", "standard_error": "m/s", "low_drive_velocity": "m/s", "turns": "1/s"}
    table.attrs["units"] |= {"duration": "s"}
    table.attrs["descriptions"] |= {
        "velocity": "mean velocity of the wall",
        "standard_error": "standard error of the mean velocity over the trajectories",
        "low_drive_velocity": "mobility of the wall well below breakdown, times the drive",
        "turns": "turns of the wall's angle per second, 0 without a whole one",
        "duration": "length of the run",
    }
    return table


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
    strip = cast(_Moving, device).length
    states = {"x": 0.5, "angle": np.linspace(0, 2 * np.pi, 64)}
    if column == "current":
        # The current is proportional to the voltage while the wall stands still.
        middle = device.static(voltage=1.0, x=0.5)["current"]
        rates = device.static(voltage=drive / middle, **states)["dx/dt"]
    else:
        rates = device.static(field_z=drive, **states)["dx/dt"]
    travel = float(np.max(np.abs(rates))) * strip * duration
    return device.replace(length=max(strip, 2.5 * travel), initial_state=0.5)


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
