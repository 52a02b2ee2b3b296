"""Depinning: how probably a pulse frees a pinned domain wall, over its size and width, at a temperature."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.distributions import wilson_interval
from ....devices.core.metadata import device_table
from ....devices.core.protocols import WallMotion
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory, table_size
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import SWEPT, Checkpoint, Choice, Progress, Range, Seed, Surroundings, Whole
from ...bench import bench
from ...cells.errors.arrhenius import BOLTZMANN
from ...resumable import check_seed, compute_pieces, describe
from .pinned import PinnedWall, depinning_drive

#: What frees the wall.
DRIVES = ("current", "field")
#: Drives by default, over that which leaves no site, and width of the pulses. [s]
SHARES, WIDTH = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1), 1e-8
#: Barrier over k_B T below which there is no closed form: there it is wrong by a tenth and more.
LEAST = 1.5
#: Time step over the strip's time scale; a tenth of it changes the rates by less than 1 %.
STEP = 4e-3


@bench(
    needs=(WallMotion,),
    long=True,
    swept=lambda device, quantity: device.protocol(WallMotion, quantity or "current").quantity,
)
def depinning(
    device: CompactModel,
    *,
    quantity: Annotated[str, Choice(DRIVES, "what drives the wall")] = "current",
    values: Annotated[
        ArrayLike | None, Range(SWEPT, "sizes of the pulses; default: around that which leaves no site")
    ] = None,
    width: Annotated[ArrayLike, Range("s", "widths of the pulses", positive=True)] = WIDTH,
    temperature: Surroundings = None,
    trajectories: Annotated[int, Whole("pulses per point", 1)] = 400,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure how probably a pulse frees a domain wall from its site, over size and width, with thermal noise.

    The wall begins in its site under the drive, at rest, and has left when it ends beyond half a period of the pinning
    potential, or four widths of the notch, and beyond the saddle. Beside the share stands

    .. math:: P = 1 - e^{-\Gamma t_p}

    with the rate :math:`\Gamma` over the two saddles (Kramers and Langer,
    :mod:`~synaspice.characterization.benches.walls.pinned`). It is the better, the higher the barrier over
    :math:`k_B T`, and too large where the wall swings through its site many times before that decays: ``quality``.

    Returns
    -------
    pandas.DataFrame
        One row per width and size: ``width`` [s], the drive (``current`` [A] or ``field_z`` [A/m]), ``barrier`` of the
        easier way over k_B T (0 where no site is left), ``rate`` [1/s] (NaN where the barrier is below 1.5, or where
        there is no saddle, as beside a notch without drive), ``quality``, ``trajectories``, ``left``, ``probability``
        with the bounds ``lower`` and ``upper`` of its 95 % confidence interval (Wilson), and ``kramers``, the closed
        form. ``attrs["depinning"]`` is the drive that leaves no site.

    Raises
    ------
    ParameterError
        If the device has no wall, nothing pins it, its barrier has no closed form (width that relaxes, spin Hall
        torque, junction on the strip), or a number makes no sense.
    """
    device, kelvin = in_surroundings(device, temperature)
    if kelvin <= 0:
        raise ParameterError("without a temperature nothing frees a wall but the drive")
    column = device.protocol(WallMotion, quantity).quantity
    limit = depinning_drive(device, quantity)
    sizes = limit * np.array(SHARES) if values is None else reals("values", values)
    widths = np.unique(reals("widths", width, "s"))
    check_seed(seed, checkpoint)
    require_memory(len(sizes) * len(widths), "pulses", table_size(10))
    points = [(wide, size) for wide in widths.tolist() for size in sizes.tolist()]
    seeds = [int(child.generate_state(1)[0]) for child in np.random.SeedSequence(seed).spawn(len(points))]
    common: dict[str, Any] = {"device": device, "quantity": quantity, "temperature": kelvin}
    common |= {"trajectories": trajectories}
    pieces = [common | {"width": w, "size": s, "seed": own} for (w, s), own in zip(points, seeds, strict=True)]
    description = describe(**common, points=points, seeds=seeds, bench="depinning")
    results = compute_pieces(
        _freed, pieces, description=description, checkpoint=checkpoint, progress="pulses" if progress else None
    )
    rows = []
    for (wide, size), result in zip(points, results, strict=True):
        barrier, rate, quality, left = (float(result[name]) for name in ("barrier", "rate", "quality", "left"))
        closed = -math.expm1(-rate * wide)  # NaN without a rate
        interval = wilson_interval(int(left), trajectories)
        rows.append([wide, size, barrier, rate, quality, left, left / trajectories, *interval, closed])
    found = np.array(rows).T
    columns: dict[str, Any] = {
        "width": (found[0], "s", "width of the pulse"),
        column: found[1] if column != "current" else (found[1], "A", "current along the strip"),
        "barrier": (found[2], "1", "barrier of the easier way out of the site, over k_B T"),
        "rate": (found[3], "1/s", "rate of escapes, Kramers and Langer"),
        "quality": (found[4], "1", "frequency of the swings in the site over the rate at which they decay"),
        "trajectories": (np.full(len(points), trajectories), "1", "number of pulses"),
        "left": (found[5].astype(int), "1", "pulses after which the wall had left its site"),
        "probability": (found[6], "1", "share of them"),
        "lower": (found[7], "1", "lower bound of the probability, 95 % confidence (Wilson)"),
        "upper": (found[8], "1", "upper bound of the probability, 95 % confidence (Wilson)"),
        "kramers": (found[9], "1", "probability by the rate of Kramers and Langer"),
    }
    attributes = {"temperature": kelvin, "seed": seed, "driven": column, "depinning": limit}
    return device_table(device, columns, bench="depinning", engine="numeric", **attributes)


def pinned_at(device: CompactModel, size: float, quantity: str) -> PinnedWall | None:
    """The pinned wall under a drive; None if there is no site under it."""
    _ = PinnedWall(device, 0.0, quantity).points  # which says what is wrong without a drive
    wall = PinnedWall(device, size, quantity)
    return wall if wall.holds else None


def easier_way(wall: PinnedWall, temperature: float) -> tuple[float, float]:
    """The lower barrier out of a site over k_B T, and the rate of escapes in both directions [1/s]; NaN if none."""
    saddles = [saddle for saddle in wall.points[1:] if saddle is not None]
    if not saddles:
        return math.nan, math.nan
    least = min(wall.barrier(saddle) / (BOLTZMANN * temperature) for saddle in saddles)
    return least, sum(wall.escape(saddle, temperature) for saddle in saddles) if least >= LEAST else math.nan


def driven(device: CompactModel, size: float, quantity: str, duration: float, **noise: Any) -> Any:
    """Positions of the walls of an ensemble after a time under a drive [m]."""
    drive: dict[str, Any] = {"source": "current"} if quantity == "current" else {"inputs": {"field_z": size}}
    step = min(STEP * device.settling_time, duration)
    final = device.ensemble(size if quantity == "current" else 0.0, duration, time_step=step, **drive, **noise)
    return final.final()["x"].to_numpy() * float(device.values["length"])


def _freed(
    device: CompactModel, quantity: str, temperature: float, trajectories: int, width: float, size: float, seed: int
) -> dict[str, float]:
    """Barrier over k_B T, rate, quality, and how many walls have left."""
    still = PinnedWall(device, 0.0, quantity)
    wall = pinned_at(device, size, quantity)
    start = (still if wall is None else wall).points[0]
    barrier, rate, quality = 0.0, math.nan, math.nan
    low, high = start - still.reach, start + still.reach
    angle = device.values["initial_angle"]
    if wall is not None:
        barrier, rate = easier_way(wall, temperature)
        quality, angle = wall.quality(), wall.free_angle
        _, below, above = wall.points
        low, high = min(low, below or low), max(high, above or high)
    started = device.replace(initial_state=start / still.length, initial_angle=_wrapped(angle))
    ends = driven(started, size, quantity, width, temperature=temperature, trajectories=trajectories, seed=seed)
    left = int(np.count_nonzero((ends < low) | (ends > high)))
    return {"barrier": barrier, "rate": rate, "quality": quality, "left": left}


def _wrapped(angle: float) -> float:
    """The same angle from -pi to pi."""
    return math.remainder(angle, 2 * math.pi)
