"""Creep: the mean velocity of a pinned domain wall that thermal agitation takes from site to site."""

from __future__ import annotations

import contextlib
import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import WallMotion
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import SWEPT, Checkpoint, Choice, Progress, Quantity, Range, Seed, Surroundings, Whole
from ...bench import bench
from ...resumable import check_seed, compute_pieces, describe
from .depinning import DRIVES, driven, easier_way, pinned_at
from .pinned import PinnedWall, depinning_drive

#: Drives by default, over that which leaves no site, and length of the runs. [s]
SHARES, DURATION = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2), 1e-7
#: A drive that differs by so much tells how the barrier falls.
BESIDE = 1e-2
#: Part of the strip on either side that walls do not come to.
MARGIN = 0.2


@bench(
    needs=(WallMotion,),
    long=True,
    swept=lambda device, quantity: device.protocol(WallMotion, quantity or "current").quantity,
)
def creep(
    device: CompactModel,
    *,
    quantity: Annotated[str, Choice(DRIVES, "what drives the wall")] = "current",
    values: Annotated[ArrayLike | None, Range(SWEPT, "drives; default: around that which leaves no site")] = None,
    duration: Annotated[float, Quantity("s", "length of the runs", positive=True)] = DURATION,
    temperature: Surroundings = None,
    trajectories: Annotated[int, Whole("runs per drive", 2)] = 100,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure the mean velocity of a wall in a periodic pinning potential over the drive, with thermal noise.

    .. math:: \bar v = \frac{\langle q(t) - q(0) \rangle}{t}

    beside two closed forms (:mod:`~synaspice.characterization.benches.walls.pinned`): ``hopping``, escapes from site to
    site, where barriers are 1.5 k_B T and more; and ``sliding``, of a wall whose angle follows at once, up to the
    breakdown. A wall with little friction (``quality`` above 1) goes on over several sites when it has left one, faster
    than ``hopping`` says.

    The ``exponent`` is :math:`\mathrm{d}\ln\Delta E / \mathrm{d}\ln H`. Of an elastic line in weak disorder it would be
    -1/4, the creep of films: the barrier grows without end as the drive falls. Here one rigid wall meets one site at
    a time. Its barrier ends at the height of the potential, and the exponent goes to 0 in proportion to the drive: what
    is measured is thermally activated hopping and no creep in that sense, whatever a plot over :math:`H^{-1/4}` looks
    like over a decade.

    Returns
    -------
    pandas.DataFrame
        One row per drive: ``current`` [A] or ``field_z`` [A/m], ``velocity`` [m/s] and its ``standard_error`` over the
        runs, ``hopping`` and ``sliding`` [m/s] (NaN where there are none), ``barrier`` over k_B T, ``exponent``, and
        ``quality``: frequency of the swings in a site over the rate at which they decay.
        ``attrs["depinning"]`` is the drive that leaves no site.

    Raises
    ------
    ParameterError
        If the device has no wall, its pinning is not periodic, its barrier has no closed form (width that relaxes, spin
        Hall torque, junction on the strip), or a number makes no sense.
    """
    device, kelvin = in_surroundings(device, temperature)
    if kelvin <= 0:
        raise ParameterError("without a temperature a pinned wall does not move by itself")
    column = device.protocol(WallMotion, quantity).quantity
    if not device.values["pinning_energy"] or device.values["notch_energy"]:
        raise ParameterError("a wall goes from site to site in a periodic potential: pinning_energy, and no notch")
    limit = depinning_drive(device, quantity)
    sizes = limit * np.array(SHARES) if values is None else reals("values", values)
    check_seed(seed, checkpoint)
    seeds = [int(child.generate_state(1)[0]) for child in np.random.SeedSequence(seed).spawn(len(sizes))]
    common: dict[str, Any] = {"device": device, "quantity": quantity, "temperature": kelvin, "duration": duration}
    common |= {"trajectories": trajectories}
    pieces = [common | {"size": size, "seed": own} for size, own in zip(sizes.tolist(), seeds, strict=True)]
    description = describe(**common, sizes=sizes, seeds=seeds, bench="creep")
    results = list(
        compute_pieces(
            _crept, pieces, description=description, checkpoint=checkpoint, progress="drives" if progress else None
        )
    )
    about = {
        "velocity": ("m/s", "mean velocity of the wall"),
        "standard_error": ("m/s", "standard error of the mean velocity over the runs"),
        "hopping": ("m/s", "velocity of escapes from site to site, Kramers and Langer"),
        "sliding": ("m/s", "velocity of a wall whose angle follows at once, Stratonovich"),
        "barrier": ("1", "barrier over k_B T"),
        "exponent": ("1", "logarithmic derivative of the barrier by the drive"),
        "quality": ("1", "frequency of the swings in a site over the rate at which they decay"),
    }
    columns: dict[str, Any] = {column: sizes if column != "current" else (sizes, "A", "current along the strip")}
    columns |= {name: ([float(one[name]) for one in results], unit, text) for name, (unit, text) in about.items()}
    attributes = {"temperature": kelvin, "seed": seed, "driven": column, "depinning": limit, "duration": duration}
    return device_table(device, columns, bench="creep", engine="numeric", **attributes)


def _crept(
    device: CompactModel, quantity: str, temperature: float, duration: float, trajectories: int, size: float, seed: int
) -> dict[str, float]:
    """Velocity and its error, the closed forms, the barrier and its exponent."""
    long_enough = _lengthened(device, size, quantity, duration)
    wall = pinned_at(long_enough, size, quantity)
    found = dict.fromkeys(["hopping", "sliding", "exponent", "quality"], math.nan) | {"barrier": 0.0}
    with contextlib.suppress(ParameterError):  # of a wall that turns
        found["sliding"] = PinnedWall(long_enough, size, quantity).sliding_velocity(temperature)
    if wall is not None:
        found["barrier"], rate = easier_way(wall, temperature)
        found["quality"] = wall.quality()
        found["hopping"] = math.nan if math.isnan(rate) else wall.hopping_velocity(temperature)
        beside = [pinned_at(long_enough, size * factor, quantity) for factor in (1 - BESIDE, 1 + BESIDE) if size]
        heights = [easier_way(one, temperature)[0] for one in beside if one is not None]
        if len(heights) == 2:
            found["exponent"] = math.log(heights[1] / heights[0]) / math.log((1 + BESIDE) / (1 - BESIDE))
    start = long_enough.values["initial_state"] * long_enough.values["length"]
    ends = driven(long_enough, size, quantity, duration, temperature=temperature, trajectories=trajectories, seed=seed)
    speeds = (ends - start) / duration
    return found | {
        "velocity": float(np.mean(speeds)), "standard_error": float(np.std(speeds, ddof=1) / math.sqrt(trajectories))
    }  # fmt: skip


def _lengthened(device: CompactModel, size: float, quantity: str, duration: float) -> CompactModel:
    """The device with a strip that no wall comes to the end of, its wall at a site in the middle."""
    motion, period = device.protocol(WallMotion, quantity), device.values["pinning_period"]
    travel = abs(motion.mobility * size) * duration + 20 * period
    sites = math.ceil(max(travel / (0.5 - MARGIN), device.values["length"] / 2) / period)
    return device.replace(length=2 * sites * period, initial_state=0.5)
