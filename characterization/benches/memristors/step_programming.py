"""Incremental step pulse programming: pulses and final error of write and verify over the step of the pulses."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....circuits.crossbars.crossbar import Crossbar
from ....circuits.crossbars.crosspoints.crossings import DeviceCells
from ....circuits.crossbars.crosspoints.stepping import REASONS, Pulses
from ....circuits.crossbars.programming import write_verify
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Sweep
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory
from ....devices.model import CompactModel
from ...arguments import Checkpoint, NoiseTemperature, Progress, Quantity, Range, Seed, Whole
from ...bench import bench
from ...resumable import check_seed, compute_pieces, describe
from .reader import Reader, voltage_sweep
from .write_pulses import default_width, rising

#: Steps by default, over the size of the first pulse, and that over the amplitude of the device's sweep.
STEPS, FIRST = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2), 0.5
#: Pulses of the full amplitude that would cover most of the way, by the default width.
FULL = 16
#: Memory of a cell while it is written. [byte]
CELL = 2000


@bench(needs=(Sweep,), long=True, name="step-programming")
def step_programming(
    device: CompactModel,
    *,
    step: Annotated[
        ArrayLike | None,
        Range(
            "V", "by how much a pulse is larger than the one before; default: 0.5 to 20 % of the first", positive=True
        ),
    ] = None,
    first: Annotated[
        float | None, Quantity("V", "size of the first pulse; default: half of the sweep's amplitude", positive=True)
    ] = None,
    largest: Annotated[
        float | None, Quantity("V", "size of the largest pulse; default: three times that of the first", positive=True)
    ] = None,
    width: Annotated[
        float | None,
        Quantity("s", "width of the pulses; default: 16 of the sweep's amplitude would cover the way", positive=True),
    ] = None,
    target: Annotated[
        float, Quantity("1", "conductance that is wanted, from 0 at the lowest to 1 at the highest", positive=True)
    ] = 0.5,
    tolerance: Annotated[float, Quantity("1", "how near it is near enough, over the same range", positive=True)] = 0.02,
    cells: Annotated[int, Whole("number of cells; without noise all are alike, and one is written", 1)] = 200,
    most_pulses: Annotated[int, Whole("most pulses for a cell", 1, 1_000_000)] = 1000,
    read_voltage: Annotated[float, Quantity("V", "voltage at which cells are read", positive=True)] = 0.1,
    temperature: NoiseTemperature = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure how many pulses write and verify takes, and how near it comes, over the step by which pulses grow.

    Cells begin in the reference state of the lowest conductance. Pulses grow by the step until one moves the cell
    beyond its target, and come back with half the step in the other direction, until the cell is within the tolerance
    (:func:`~synaspice.circuits.crossbars.programming.write_verify`; cells by themselves, reads without noise). With a
    temperature the pulses have the noise of the device's states, such as its variability from cycle to cycle.

    Returns
    -------
    pandas.DataFrame
        One row per step: ``step`` [V], ``cells``, ``reached`` (share of the cells), ``pulses`` (mean over all cells),
        ``pulses_95`` (95 % of the cells need no more), ``error`` (root mean square of conductance less target) and
        ``bias`` (its mean), over the range. ``attrs`` has ``target`` [S], ``range`` [S], ``width`` [s], ``first`` [V],
        and ``reasons``: why cells did not get there, and how many, by step.

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, suggests no sweep of its voltage
        and none is given, or a number makes no sense.
    """
    if not target < 1:
        raise ParameterError(f"the target lies between 0 and 1, the ends of the range, not at {target:g}")
    sweep = voltage_sweep(device)
    suggested = sweep.amplitude if sweep.quantity == "voltage" else None
    if suggested is None and (first is None or width is None):
        raise ParameterError(f"give first and width: {device.model_name()} suggests no amplitude of the voltage")
    if temperature is None and seed is not None:
        raise ParameterError("a seed is of noise: give a temperature")
    low, top = Reader(device.replace(**sweep.overrides), read_voltage).ends()
    bottom, begun = float(low.conductance()), sweep.period or device.settling_time
    full = abs(float(suggested)) if suggested is not None else 2 * float(first or 0.0)
    start = FIRST * full if first is None else first
    limit = 3 * start if largest is None else largest
    sign = 1.0 if rising(low, full, begun) > 0 else -1.0
    length = default_width(low, (sign * full,), top, begun, FULL) if width is None else width
    steps = start * np.array(STEPS) if step is None else np.unique(reals("steps", step, "V"))
    goal, span = bottom + target * (top - bottom), top - bottom
    number = 1 if temperature is None else cells
    require_memory(number, "cells", CELL)
    if temperature is not None:
        check_seed(seed, checkpoint)
    seeds = [int(child.generate_state(1)[0]) for child in np.random.SeedSequence(seed).spawn(len(steps))]
    common: dict[str, Any] = {"device": low.device, "cells": number, "goal": goal, "span": span, "most": most_pulses}
    common |= {"sizes": (sign * start, limit), "width": length, "tolerance": tolerance, "read_voltage": read_voltage}
    pieces = [
        common | {"step": size, "noise": {} if temperature is None else {"temperature": temperature, "seed": own}}
        for size, own in zip(steps.tolist(), seeds, strict=True)
    ]
    noises = [piece["noise"] for piece in pieces]
    description = describe(**common, steps=steps, noises=noises, bench="step-programming")
    rows, reasons = [], []
    for result in compute_pieces(
        _written, pieces, description=description, checkpoint=checkpoint, progress="steps" if progress else None
    ):
        rows.append(result["row"])
        counts = dict(zip(REASONS, result["reasons"].astype(int).tolist(), strict=True))
        reasons.append({REASONS[why]: count for why, count in counts.items() if count})
    found = np.array(rows).T
    return device_table(
        device,
        {
            "step": (steps, "V", "by how much a pulse is larger than the one before"),
            "cells": (np.full(len(steps), number), "1", "number of cells"),
            "reached": (found[0], "1", "share of the cells that are within the tolerance"),
            "pulses": (found[1], "1", "mean number of pulses"),
            "pulses_95": (found[2], "1", "pulses that 95 % of the cells do with"),
            "error": (found[3], "1", "root mean square of conductance less target, over the range"),
            "bias": (found[4], "1", "mean of conductance less target, over the range"),
        },
        bench="step-programming", engine="numeric", target=goal, range=[bottom, top], tolerance=tolerance,
        width=length, first=start, largest=limit, reasons=reasons, temperature=temperature, seed=seed,
    )  # fmt: skip


def _written(
    device: CompactModel,
    cells: int,
    goal: float,
    span: float,
    most: int,
    sizes: tuple[float, float],
    width: float,
    tolerance: float,
    read_voltage: float,
    step: float,
    noise: dict[str, Any],
) -> dict[str, Any]:
    """What writing with a step needs and leaves, and how many cells did not get there, by the reason."""
    first, largest = sizes
    pulses = Pulses(first, -first, width, step=step, largest=largest)
    crossbar = Crossbar(DeviceCells.of(device, (1, cells)))
    how: dict[str, Any] = {"tolerance": tolerance * span, "read_voltage": read_voltage, "most": most}
    told = write_verify(crossbar, goal, pulses, **how, **noise)
    off = (told.conductance.ravel() - goal) / span
    late = np.quantile(told.pulses, 0.95, method="inverted_cdf")
    row = [np.mean(told.reached), np.mean(told.pulses), late, np.sqrt(np.mean(off**2)), np.mean(off)]
    return {"row": np.array(row), "reasons": [np.count_nonzero(told.reasons == why) for why in REASONS.values()]}
