"""The study of spoken digits: choices on training data, accuracies beside the front ends alone, and what harms.

The last part of the repetitions is never tested: on it mask and working point are chosen, and the front end with which
noise, training and drift are looked at. For speakers that are held out they are chosen on the half of the speakers to
which those do not belong. Readouts choose their penalty on a part of what trains them.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.checks import whole
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ..keeping import Keeping, check_study
from ..waveforms.task import WorkingPoint, stays_valid, working_point, working_range
from . import task
from .front_ends import available_front_ends
from .summed_readout import PENALTIES, Fold, Utterances, accuracy, added, solve
from .tables import example_tables, rows_table, training_folds
from .task import CLIP, Recordings

#: How recordings are split, in words.
KINDS = {"same": "same speakers in training and test", "held-out": "held-out speakers"}
#: Bias currents of the candidates, over the range in which the device oscillates; node times, in relaxation times.
BIASES, NODE_TIMES = (0.3, 0.6), (0.2, 0.4)
#: Lowest current that the strongest input reaches, over the lowest of the working range.
BELOW = 0.8


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    nodes, searched_nodes : int
        Virtual nodes, and those of the search.
    repetitions, blocks : int
        Repetitions of each digit by each speaker that are taken, and blocks that they are put into.
    masks : int
        Masks among which one is chosen, beside the working point.
    ratios : tuple of float
        Ratios of signal to noise. [dB]
    temperatures : tuple of float
        Temperatures of the oscillator's noise, beside its own. [K]
    drifts : tuple of float
        Shares by which currents have drifted when the readout is tested.
    front_ends : tuple of str, optional
        The front ends; default: all that are installed.
    """

    nodes: int = 400
    searched_nodes: int = 100
    repetitions: int = 50
    blocks: int = 10
    masks: int = 1
    ratios: tuple[float, ...] = (20.0, 10.0, 5.0, 0.0)
    temperatures: tuple[float, ...] = (0.0, 30.0, 100.0)
    drifts: tuple[float, ...] = (-0.05, -0.02, 0.02, 0.05)
    front_ends: tuple[str, ...] | None = None


FULL = Size()
QUICK = Size(30, 20, 5, 5, 1, (10.0,), (0.0,), (0.05,), ("mfcc", "gammatone"))


@dataclass(frozen=True)
class Setup:
    """A working point, and the number of a mask."""

    point: WorkingPoint
    mask: int


def study_digits(
    device: CompactModel,
    *,
    data: Path | None = None,
    size: Size = FULL,
    temperature: float | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Recognise spoken digits by one oscillator, beside the front ends alone.

    Parameters
    ----------
    device : CompactModel
        A device that oscillates.
    data : Path, optional
        Folder with TI-46 or the Free Spoken Digit Dataset; default: the subset that ships with the package.
    size : Size
        How much is computed.
    temperature : float, optional
        Temperature of the noise [K]; default: the device's.
    seed : int
        Seed of masks and noise.
    checkpoint : Path, optional
        Folder in which finished parts are kept; default: a temporary one.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``accuracies``, per front end, features, split and fold; ``noise``, ``training``, ``temperatures`` and
        ``drift``, likewise; ``search``; ``frames`` and ``nodes`` of an example.

    Raises
    ------
    ParameterError
        If the device does not oscillate, or the data do not suffice.
    """
    check_study(device, size=size, sizes=Size, data=data, checkpoint=checkpoint, progress=progress)
    if checkpoint is None:  # parts that are needed again are read again, not computed
        with tempfile.TemporaryDirectory() as folder:
            return study_digits(
                device,
                data=data,
                size=size,
                temperature=temperature,
                seed=seed,
                checkpoint=Path(folder),
                progress=progress,
            )
    device, kelvin = in_surroundings(device, temperature)
    seed = whole("seed", seed, 0, 2**32 - 1)
    recordings = task.load_recordings(data, size.repetitions, size.blocks)
    study = _Study(device, recordings, size, kelvin, seed, Keeping(device, checkpoint, progress))
    names = list(size.front_ends or available_front_ends())
    found = {name: study.search(name) for name in names}
    study.chosen = {name: chosen for name, (chosen, _) in found.items()}
    best = max(names, key=lambda name: max(row["same"] for row in found[name][1]))
    accuracies = [row for name in names for row in study.beside(name)]
    tables = {
        "accuracies": accuracies,
        "noise": study.against_noise(best),
        "training": study.against_training(best),
        "temperatures": study.against_temperature(best),
        "drift": study.against_drift(best),
        "search": [row for name in names for row in found[name][1]],
    }
    setup = study.chosen[best]["same"]
    about = {
        "system": "digits",
        "engine": "numeric",
        "temperature": kelvin,
        "seed": seed,
        "data": recordings.data.name,
        "stand_in": recordings.data.stand_in,
        "recordings": recordings.number,
        "speakers": list(recordings.speakers),
        "nodes": size.nodes,
        "front_end": best,
        "working_point": {
            "bias": setup.point.bias,
            "swing": setup.point.swing,
            "node_time": setup.point.node_time,
            "relaxation_time": setup.point.relaxation_time,
            "mask": setup.mask,
        },
    }
    done = {name: rows_table(device, rows, about) for name, rows in tables.items()}
    return done | example_tables(device, recordings, best, setup.point, setup.mask, size.nodes, kelvin, seed, about)


def candidates(device: CompactModel, masks: int) -> list[Setup]:
    """Setups among which is chosen: biases, node times and masks; inputs go as far as the model holds."""
    low, high = working_range(device)
    middle = working_point(device, 0.5 * (low + high), 0.0)
    started = device.replace(**device.protocol(Oscillation).overrides)
    found = []
    for share in BIASES:
        bias = low + share * (high - low)
        reach = min(bias - BELOW * low, high - bias)
        while not stays_valid(WorkingPoint(started, bias, reach, middle.relaxation_time, middle.node_time)):
            reach *= 0.8
        for part in NODE_TIMES:
            node_time = part * middle.relaxation_time
            point = WorkingPoint(started, bias, reach / CLIP, middle.relaxation_time, node_time)
            found += [Setup(point, mask) for mask in range(masks)]
    return found


class _Study:
    """What parts of the study share."""

    def __init__(
        self, device: CompactModel, recordings: Recordings, size: Size, kelvin: float, seed: int, keeping: Keeping
    ) -> None:
        self.recordings, self.size, self.kelvin, self.seed, self.keeping = recordings, size, kelvin, seed, keeping
        self.candidates = candidates(device, size.masks)
        self.folds = {"same": task.same_speakers(recordings), "held-out": task.held_out_speakers(recordings)}
        self.chosen: dict[str, dict[str, Setup]] = {}
        self.source = {
            "folder": recordings.folder,
            "digest": recordings.data.digest,
            "repetitions": size.repetitions,
            "number": size.blocks,
            "speakers": recordings.speakers,
            "seed": [seed],
        }

    def seen(
        self,
        name: str,
        setup: Setup | None = None,
        *,
        temperature: float | None = None,
        nodes: int | None = None,
        blocks: Sequence[Sequence[int]] | None = None,
        label: str = "",
        **more: Any,
    ) -> Utterances:
        """What the readout sees of a front end, alone or through an oscillator."""
        here = f"{label}{name}-alone"
        rest: dict[str, Any] = {"name": name, **more}
        if setup is not None:
            kelvin = self.kelvin if temperature is None else temperature
            # Another temperature is one of the noise alone: the device is what it was.
            rest |= {"point": setup.point, "mask": setup.mask, "temperature": kelvin}
            rest["nodes"] = self.size.nodes if nodes is None else nodes
            here = f"{label}{name}-{self.candidates.index(setup)}-{kelvin:g}K"
        here += "".join(f"-{key}{value:g}" for key, value in more.items() if value is not None)
        parts = self.recordings.pieces() if blocks is None else blocks
        pieces = [{**self.source, **rest, "blocks": tuple(part)} for part in parts]
        return task.collected(self.keeping.compute(_answered, pieces, here))

    def search(self, name: str) -> tuple[dict[str, Setup], list[dict[str, Any]]]:
        """The setups that do best on the part for choices, by all speakers and by each half, and all of them."""
        design = self.recordings.part(task.PARTS - 1)
        groups = self.recordings.groups
        halves = task.halves(self.recordings)
        by_block = [groups([block]) for block in design]
        by_speaker = [groups(design, [speaker]) for speaker in self.recordings.speakers]
        rows = []
        for number, setup in enumerate(self.candidates):
            seen = self.seen(name, setup, nodes=self.size.searched_nodes, blocks=[design], label=f"search{number}-")
            row: dict[str, Any] = {
                "front_end": name,
                "bias": setup.point.bias,
                "swing": setup.point.swing,
                "node_time": setup.point.node_time,
                "mask": setup.mask,
                "same": _cross_validated(seen, by_block if len(by_block) > 1 else by_speaker),
            }
            for k, half in enumerate(halves):
                row[f"half_{k}"] = _cross_validated(seen, [groups(design, [speaker]) for speaker in half])
            rows.append(row)
        best = {key: int(np.argmax([row[key] for row in rows])) for key in ("same", "half_0", "half_1")}
        chosen = {"same": self.candidates[best["same"]]}
        for k, half in enumerate(halves):  # for tests on one half, what the other one chose
            chosen |= dict.fromkeys(half, self.candidates[best[f"half_{1 - k}"]])
        return chosen, rows

    def setup(self, name: str, kind: str, fold: Fold) -> Setup:
        """The setup with which a fold is tested."""
        return self.chosen[name]["same" if kind == "same" else fold.name]

    def accuracies(self, name: str, *, alone: bool, clean: bool = False, **how: Any) -> list[dict[str, Any]]:
        """Accuracies of all folds; of readouts that are trained without noise in the sound if ``clean``."""
        rows = []
        found: dict[int, tuple[Utterances, Utterances | None]] = {}
        for kind, fold in self.each_fold():
            setup = None if alone else self.setup(name, kind, fold)
            key = -1 if setup is None else self.candidates.index(setup)
            if key not in found:
                tested = self.seen(name, setup, **how)
                quiet = {each: value for each, value in how.items() if each != "ratio"}
                found[key] = (self.seen(name, setup, **quiet), tested) if clean else (tested, None)
            trained, tested_on = found[key]
            right = accuracy(trained, fold, tested_on)
            rows.append(self.row(name, kind, fold, "front end" if alone else "oscillator", right))
        return rows

    def each_fold(self) -> list[tuple[str, Fold]]:
        """All folds with their kind."""
        return [(kind, fold) for kind, folds in self.folds.items() for fold in folds]

    def row(self, name: str, kind: str, fold: Fold, features: str, right: float) -> dict[str, Any]:
        """An accuracy with what it is of."""
        return {"front_end": name, "split": kind, "fold": fold.name, "features": features, "accuracy": right}

    def beside(self, name: str) -> list[dict[str, Any]]:
        """A front end alone, and through the oscillator with its noise and without."""
        rows = [row | {"oscillator_temperature": np.nan} for row in self.accuracies(name, alone=True)]
        for kelvin in dict.fromkeys((self.kelvin, 0.0)):
            rows += [
                row | {"oscillator_temperature": kelvin}
                for row in self.accuracies(name, alone=False, temperature=kelvin)
            ]
        return rows

    def against_noise(self, name: str) -> list[dict[str, Any]]:
        """White noise in the sound that is tested, and in none or all that trains."""
        return [
            row | {"ratio": ratio, "training": "without noise" if clean else "same noise"}
            for ratio in self.size.ratios
            for clean in (True, False)
            for alone in (True, False)
            for row in self.accuracies(name, alone=alone, clean=clean, ratio=ratio)
        ]

    def against_training(self, name: str) -> list[dict[str, Any]]:
        """Fewer utterances, and fewer speakers, in the training."""
        rows = []
        for alone in (True, False):
            seen: dict[int, Utterances] = {}
            for kind, fold in self.each_fold():
                setup = None if alone else self.setup(name, kind, fold)
                key = -1 if setup is None else self.candidates.index(setup)
                if key not in seen:
                    seen[key] = self.seen(name, setup)
                for less in training_folds(self.recordings, kind, fold):
                    right = accuracy(seen[key], less)
                    number = sum(len(seen[key].digits[group]) for group in less.training)
                    row = self.row(name, kind, less, "front end" if alone else "oscillator", right)
                    rows.append(row | {"utterances": number, "training_speakers": len({g[0] for g in less.training})})
        return rows

    def against_temperature(self, name: str) -> list[dict[str, Any]]:
        """Other temperatures of the oscillator's noise."""
        return [
            row | {"oscillator_temperature": kelvin}
            for kelvin in sorted({*self.size.temperatures, self.kelvin})
            for row in self.accuracies(name, alone=False, temperature=kelvin)
        ]

    def against_drift(self, name: str) -> list[dict[str, Any]]:
        """Currents that have drifted after the training, on the first block of each part."""
        setup = self.chosen[name]["same"]
        trained = self.seen(name, setup)
        firsts = [self.recordings.part(k)[0] for k in range(task.PARTS - 1)]
        rows = []
        for drift in sorted({*self.size.drifts, 0.0}):
            tested = self.seen(name, setup, drift=drift, blocks=[firsts]) if drift else trained
            for block, fold in zip(firsts, self.folds["same"], strict=True):
                tests = Fold(fold.name, fold.training, fold.choosing, self.recordings.groups([block]))
                right = accuracy(trained, tests, tested)
                rows.append(self.row(name, "same", fold, "oscillator", right) | {"drift": drift})
        return rows


@functools.lru_cache(maxsize=2)
def _loaded(folder: Path | None, digest: str, repetitions: int, number: int) -> Recordings:
    """The recordings; the digest tells those of another time from them."""
    return task.load_recordings(folder, repetitions, number)


def _answered(
    folder: Path | None, digest: str, repetitions: int, number: int, blocks: tuple[int, ...], **how: Any
) -> dict[str, Any]:
    return task.response(_loaded(folder, digest, repetitions, number), blocks, **how)


def _cross_validated(seen: Utterances, folds: Sequence[Sequence[Any]]) -> float:
    """Share of utterances that is told rightly when each fold in turn is left out, at the best penalty."""
    wrong, number = np.zeros(len(PENALTIES)), 0
    for fold in folds:
        others = [group for other in folds if other is not fold for group in other]
        counted = [seen.errors(readout, fold) for readout in solve(added(seen, others), PENALTIES)]
        wrong += [each for each, _ in counted]
        number += counted[0][1]
    return float(1 - wrong.min() / number)
