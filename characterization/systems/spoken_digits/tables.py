"""Smaller parts of the study of spoken digits: folds with less training, an example for the figure, columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.metadata import device_table
from ....devices.model import CompactModel
from ..validity import share_outside, warn_of_time_outside
from ..waveforms.task import WorkingPoint
from .front_ends import HOP
from .summed_readout import Fold
from .task import PARTS, Recordings, currents, driven, frames_of, mask_of

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
    drive = currents(point, frames, matrix)
    outside = share_outside(point.device, drive.ravel(), point.node_time, temperature=temperature, seed=seed)
    warn_of_time_outside(outside, temperature)
    begin = max(0, len(frames) // 2 - SHOWN)
    shown = slice(begin, begin + SHOWN)
    drive = drive[shown]
    time, channel = np.meshgrid(HOP * np.arange(len(frames)), np.arange(frames.shape[1]), indexing="ij")
    told = {
        "outside": outside,
        "digit": int(recordings.data.digits[number]),
        "speaker": str(recordings.data.speakers[number]),
    }
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


#: Units and meanings of columns.
COLUMNS = {
    "front_end": ("1", "front end"),
    "split": ("1", "how recordings are split: same speakers in training and test, or held-out speakers"),
    "fold": ("1", "what is held out: a part of the repetitions, or a speaker"),
    "features": ("1", "what the readout sees: the front end alone, or the oscillator"),
    "accuracy": ("1", "share of the test utterances that is told rightly"),
    "oscillator_temperature": ("K", "temperature of the oscillator's noise"),
    "ratio": ("dB", "ratio of signal to white noise in the sound of the test"),
    "training": ("1", "noise in the sound of the training"),
    "utterances": ("1", "utterances of the training"),
    "training_speakers": ("1", "speakers of the training"),
    "drift": ("1", "share by which all currents have drifted since the training"),
    "bias": ("A", "dc current"),
    "swing": ("A", "current of a standard deviation of the masked input"),
    "node_time": ("s", "time for which a node's current is held"),
    "mask": ("1", "number of the mask"),
    "same": ("1", "share told rightly on the part for choices, by all speakers"),
    "half_0": ("1", "the same of the first half of the speakers, each left out in turn"),
    "half_1": ("1", "the same of the other half"),
}


def rows_table(device: CompactModel, rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> pd.DataFrame:
    """A table of rows of :data:`COLUMNS`."""
    columns = {name: (np.array([row[name] for row in rows]), *COLUMNS[name]) for name in rows[0]}
    return device_table(device, columns, **about)
