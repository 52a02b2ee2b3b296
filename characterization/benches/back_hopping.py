"""Back-hopping: how often a device switches under a pulse, and switches back because its reference gives way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.distributions import wilson_interval
from ...devices.core.metadata import device_table
from ...devices.core.protocols import BackHopping
from ...devices.language.array_checks import reals
from ...devices.language.checks import positive
from ...devices.language.memory import require_memory, table_size
from ...devices.language.waveforms.shapes import FloatArray, Pulse
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings, whole_steps
from ...devices.simulation.request import Request
from ..arguments import Checkpoint, Progress, Quantity, Range, Seed, Surroundings, Whole
from ..bench import bench
from ..resumable import check_seed, compute_pieces, describe

#: Size of the coordinate beyond which a device is in one of its states.
TOLD = 0.5
#: Rest before the pulse, and between its end and the reading, over the pulse's width; and share of each of its edges.
REST, EDGE = 0.1, 0.01


@bench(needs=(BackHopping,), gallery=lambda device: {"back-hopping": {"trajectories": 40, "seed": 1}})
def back_hopping(
    device: CompactModel,
    *,
    voltage: Annotated[ArrayLike | None, Range("V", "voltages of the pulses; default: the device's suggestion")] = None,
    width: Annotated[
        float | None, Quantity("s", "width of the pulses; default: the device's suggestion", positive=True)
    ] = None,
    trajectories: Annotated[int, Whole("pulses per voltage", 1)] = 200,
    points: Annotated[int, Whole("looks at the state during a pulse and the rests beside it", 2)] = 501,
    temperature: Surroundings = None,
    seed: Seed = None,
    time_step: Annotated[float | None, Quantity("s", "step of the noisy trajectories", positive=True)] = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    """Measure how often a device switches under a pulse, and how often it switches back before the pulse ends.

    Each trajectory starts in a reference state, comes to thermal equilibrium in it for a tenth of the pulse's width,
    takes the pulse, and is read a tenth of the width after its end. It is in a state while the size of its coordinate,
    the cosine between the layers of the junction, is above a half; a reversal is a change from one state to the other,
    as far as the looks resolve them. A pulse that leaves the device where it began although it was in the other state
    meanwhile is a back-hopping. The reference is reversed if the layers against which the first one is read are.

    Returns
    -------
    pandas.DataFrame
        Columns ``voltage`` [V], ``trajectories``, ``probability`` that the device has switched at the end, with its
        ``lower`` and ``upper`` bound, ``back_probability`` that it was switched and is not at the end, with
        ``back_lower`` and ``back_upper``, all at 95 % confidence (Wilson), ``reference_reversed``, the share of
        trajectories whose reference is reversed at the end, and ``reversals``, their mean number.

    Raises
    ------
    ParameterError
        If a number makes no sense, or the device is no memory.
    """
    device, kelvin = in_surroundings(device, temperature)
    suggested = device.protocol(BackHopping)
    voltages = reals("voltages", suggested.voltages if voltage is None else voltage, "V")
    long = suggested.width if width is None else positive("the width", width, "s")
    begin = device.replace(**device.reference_states()[suggested.start])
    check_seed(seed, checkpoint)
    pulse, total = _pulse(float(np.max(np.abs(voltages))), long)
    request = Request.of(begin, pulse, total, "voltage", {})
    whole_steps(request, points - 1, time_step, trajectories * len(voltages))
    require_memory(trajectories * points, "looks", table_size(len(suggested.reference) + 20))
    root = np.random.SeedSequence(seed)
    seeds = [int(child.generate_state(1)[0]) for child in root.spawn(len(voltages))]
    common: dict[str, Any] = {"device": begin, "width": long, "trajectories": int(trajectories), "points": int(points)}
    common |= {"coordinate": suggested.coordinate, "reference": dict(suggested.reference)}
    common |= {"temperature": kelvin, "time_step": time_step}
    pieces = [common | {"voltage": v, "seed": own} for v, own in zip(voltages.tolist(), seeds, strict=True)]
    description = describe(**common, voltages=voltages.tolist(), seeds=seeds, bench="back-hopping")
    results = compute_pieces(
        _hopped, pieces, description=description, checkpoint=checkpoint, progress="voltages" if progress else None
    )
    rows = []
    for value, result in zip(voltages.tolist(), results, strict=True):
        shares: list[float] = []
        for name in ("switched", "back"):
            some = int(result[name])
            shares += [some / trajectories, *wilson_interval(some, trajectories)]
        rows.append([
            value, trajectories, *shares, result["reference"] / trajectories, result["reversals"] / trajectories
        ])  # fmt: skip
    table = np.array(rows, dtype=float).T
    confident = "bound of it, 95 % confidence (Wilson)"
    names = {
        "voltage": ("V", "voltage of the pulse"),
        "trajectories": ("1", "number of pulses"),
        "probability": ("1", "share of them after which the device had switched"),
        "lower": ("1", f"lower {confident}"),
        "upper": ("1", f"upper {confident}"),
        "back_probability": ("1", "share of them after which the device had switched and switched back"),
        "back_lower": ("1", f"lower {confident}"),
        "back_upper": ("1", f"upper {confident}"),
        "reference_reversed": ("1", "share of them after which the reference was reversed"),
        "reversals": ("1", "mean number of reversals"),
    }
    columns = {name: (values, *names[name]) for name, values in zip(names, table, strict=True)}
    attributes = {"temperature": kelvin, "seed": seed, "width": long, "start": suggested.start}
    return device_table(device, columns, bench="back-hopping", engine="numeric", **attributes)


def _pulse(voltage: float, width: float) -> tuple[Pulse, float]:
    """A pulse with a rest before and after it [s], and the time that all of it takes [s]."""
    edge, rest = EDGE * width, REST * width
    return Pulse(0.0, voltage, rest, edge, edge, width - edge), width + edge + 2 * rest


def _hopped(
    device: CompactModel,
    width: float,
    trajectories: int,
    points: int,
    coordinate: str,
    reference: Mapping[str, float],
    temperature: float,
    time_step: float | None,
    voltage: float,
    seed: int,
) -> dict[str, int]:
    """How many trajectories have switched, switched back, or reversed their reference, and their reversals together."""
    pulse, total = _pulse(voltage, width)
    run = device.ensemble(
        pulse, total, temperature=temperature, trajectories=trajectories, seed=seed, time_step=time_step
    ).traces(points)
    start = float(np.sign(device.static()[coordinate]))
    looks = run[coordinate].to_numpy().reshape(trajectories, points)
    sides = start * _sides(looks)
    reversals = np.count_nonzero(np.diff(sides, axis=1), axis=1)
    ended = sides[:, -1] < 0
    lost = np.zeros(trajectories, dtype=bool)
    for name, sign in reference.items():
        lost |= run[name].to_numpy().reshape(trajectories, points)[:, -1] * sign < 0
    return {
        "switched": int(np.count_nonzero(ended)),
        "back": int(np.count_nonzero(~ended & (reversals > 0))),
        "reference": int(np.count_nonzero(lost)),
        "reversals": int(np.sum(reversals)),
    }


def _sides(looks: FloatArray) -> FloatArray:
    """The state at each look, 1 or -1: of looks between the states that of the last one before."""
    known = np.where(np.abs(looks) > TOLD, np.sign(looks), 0.0)
    known[:, 0] = np.sign(looks[:, 0])
    latest = np.maximum.accumulate(np.where(known != 0, np.arange(looks.shape[1]), 0), axis=1)
    return np.asarray(np.take_along_axis(known, latest, axis=1), dtype=float)
