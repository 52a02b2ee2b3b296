"""Smaller parts of the study of spoken digits: folds with less training, and an example for the figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import device_table
from ...devices.model import CompactModel
from .digits import PARTS, Recordings, currents, driven, frames_of, mask_of
from .front_ends import HOP
from .summed_readout import Fold
from .waveforms import WorkingPoint

#: Frames of the example whose nodes are shown.
SHOWN = 2


def training_folds(recordings: Recordings, kind: str, fold: Fold) -> list[Fold]:
    """A fold with less and less training: halves of the repetitions, or fewer speakers, the whole last."""
    design = recordings.part(PARTS - 1)
    found = []
    if kind == "same":
        blocks = list(dict.fromkeys(block for _, block in fold.training))
        blocks = [*design, *(block for block in blocks if block not in design)]
        number = len(blocks)
        numbers = sorted({max(1, number >> k) for k in range(4)})
        for each in numbers[:-1]:
            training = recordings.groups(blocks[:each])
            # Of a single block some speakers choose the penalty, otherwise the first block does.
            speakers = recordings.speakers[: len(recordings.speakers) // 3]
            choosing = recordings.groups(blocks[:1], speakers if each == 1 else None)
            found.append(Fold(fold.name, training, choosing, fold.testing))
    else:
        at = recordings.speakers.index(fold.name)
        others = [*recordings.speakers[at + 1 :], *recordings.speakers[:at]]
        everything = range(recordings.blocks)
        for each in range(1, len(others)):
            training = recordings.groups(everything, others[:each])
            choosing = recordings.groups(design if each == 1 else everything, others[:1])
            found.append(Fold(fold.name, training, choosing, fold.testing))
    return [*found, fold]


def example_tables(
    device: CompactModel,
    recordings: Recordings,
    name: str,
    point: WorkingPoint,
    mask: int,
    nodes: int,
    temperature: float,
    seed: int,
    about: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Frames of a recording of the part for choices, and the nodes of some of them."""
    number = int(recordings.members((recordings.speakers[0], recordings.part(PARTS - 1)[0]))[-1])
    frames = frames_of(recordings, name, None, (seed, 1))[number]
    matrix = mask_of([seed], mask, nodes, frames.shape[1])
    states = driven(point, [frames], matrix, temperature=temperature, seed=seed)[0]
    begin = max(0, len(frames) // 2 - SHOWN)
    shown = slice(begin, begin + SHOWN)
    drive = currents(point, frames[shown], matrix)
    time, channel = np.meshgrid(HOP * np.arange(len(frames)), np.arange(frames.shape[1]), indexing="ij")
    told = {"digit": int(recordings.data.digits[number]), "speaker": str(recordings.data.speakers[number])}
    return {
        "frames": device_table(
            device,
            {
                "time": (time.ravel(), "s", "time of the frame"),
                "channel": (channel.ravel(), "1", "number of the feature"),
                "feature": (frames.ravel(), "1", "feature of the front end, centred and scaled"),
            },
            **about,
            **told,
        ),
        "nodes": device_table(
            device,
            {
                "time": (point.node_time * np.arange(1, drive.size + 1), "s", "end of the node time"),
                "drive": (drive.ravel(), "A", "current"),
                "amplitude": (states[shown].ravel(), "1", "amplitude of the oscillation"),
            },
            **about,
            **told,
        ),
    }
