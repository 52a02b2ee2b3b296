"""The study of vowels on four coupled oscillators: training by tuning currents, accuracy beside plain readouts, a map.

Talkers of the test are not in the training. Training chooses the combinations of formants, the cells, and the currents:
those of the step with the best accuracy on the training data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.metadata import device_table
from ....devices.language.checks import whole
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.models.oscillators.auto_oscillator import AutoOscillator
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...datasets.vowels import Vowels, load_vowels
from ..keeping import Keeping, check_study
from ..linear_readout import train_readout
from . import task
from .coupled_oscillators import Circuit, free_frequency
from .task import OSCILLATORS, VOWELS

#: Difference of neighbouring oscillators' frequencies at the start [Hz], and by how much they are off. [Hz]
SPACING, OFF = 70e6, 25e6
#: Groups of talkers.
GROUPS = "w"
#: Share of the talkers that tests.
TESTED = 0.2
#: Methods that are compared, in words.
METHODS = {
    "oscillators": "four oscillators",
    "untrained": "before the training",
    "without-noise": "without noise",
    "two-tones": "linear readout of both tones",
    "formants": "linear readout of all formants",
}


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    splits : int
        Splits of the talkers.
    steps : int
        Steps of the training.
    points : int
        Points of the map along each axis.
    """

    splits: int = 6
    steps: int = 10
    points: int = 41


FULL = Size()
QUICK = Size(2, 3, 9)


def study_vowels(
    device: AutoOscillator,
    *,
    data: Path | None = None,
    size: Size = FULL,
    circuit: Circuit | None = None,
    temperature: float | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Recognise vowels by four coupled oscillators.

    Parameters
    ----------
    device : AutoOscillator
        The oscillators.
    data : Path, optional
        Folder with the table of Hillenbrand and others; default: synthetic formants.
    size : Size
        How much is computed.
    circuit : Circuit, optional
        Their common current.
    temperature : float, optional
        Temperature of the noise [K]; default: the device's.
    seed : int
        Seed of splits, starts and noise.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``accuracies``, per method and split; ``training``, per step; ``map`` of the locks over both tones; ``tones`` of
        the test of the first split.

    Raises
    ------
    ParameterError
        If the device is no auto-oscillator, or the data do not suffice.
    """
    check_study(device, AutoOscillator, size=size, sizes=Size, data=data, checkpoint=checkpoint, progress=progress)
    device, kelvin = in_surroundings(device, temperature)
    seed = whole("seed", seed, 0, 2**32 - 1)
    common = circuit or Circuit()
    data_set = load_vowels(data, seed=seed).chosen(VOWELS, GROUPS)
    keeping = Keeping(device, checkpoint, progress)
    first = {"device": device, "circuit": common, "temperature": kelvin, "seed": seed, "size": size}
    inside = {"formants": data_set.formants, "labels": _labels(data_set), "talkers": _talkers(data_set)}
    trained = keeping.compute(_trained, [{**first, **inside}], "training")[0]
    mapped = keeping.compute(_mapped, [{**first, "currents": trained["currents"][0]}], "map")[0]
    about = {
        "system": "vowels",
        "engine": "numeric",
        "temperature": kelvin,
        "seed": seed,
        "data": data_set.name,
        "stand_in": data_set.stand_in,
        "vowels": list(VOWELS),
        "number": len(data_set.vowels),
        "talkers": len(np.unique(data_set.talkers)),
        "load": common.load,
        "tone": common.tone,
        "cells": [f"{VOWELS[k]}: {a or '-'}{b or '-'}" for k, (a, b) in enumerate(trained["cells"].tolist())],
    }
    return {name: device_table(device, table, **about) for name, table in _columns(trained, mapped).items()}


def _labels(data: Vowels) -> np.ndarray:
    return np.array([VOWELS.index(each) for each in data.vowels.tolist()])


def _talkers(data: Vowels) -> np.ndarray:
    return np.unique(data.talkers, return_inverse=True)[1]


def splits(talkers: np.ndarray, number: int, seed: int) -> list[np.ndarray]:
    """Whether each vowel is of the test, for some splits of the talkers."""
    generator = np.random.default_rng([seed, 1])
    everyone = np.unique(talkers)
    tested = max(1, round(TESTED * len(everyone)))
    return [np.isin(talkers, generator.permutation(everyone)[:tested]) for _ in range(number)]


def _trained(
    device: AutoOscillator,
    circuit: Circuit,
    temperature: float,
    seed: int,
    size: Size,
    formants: FloatArray,
    labels: np.ndarray,
    talkers: np.ndarray,
) -> Mapping[str, Any]:
    """All splits side by side: accuracies of each step of the training, of the test, and of plain readouts."""
    tested = splits(talkers, size.splits, seed)
    combinations = [task.combine(formants[~test], labels[~test]) for test in tested]
    start = task.start_currents(device, SPACING)
    lowest = float(free_frequency(device, start[:1])[0])
    tones = [each.tones(formants, lowest, SPACING) for each in combinations]
    generator = np.random.default_rng([seed, 2])
    slope = np.gradient(free_frequency(device, start), start)
    currents = start + OFF * generator.uniform(-1, 1, (size.splits, OSCILLATORS)) / slope
    begun, best = currents.copy(), currents.copy()
    course = np.zeros((size.steps, size.splits))
    highest = np.full(size.splits, -1.0)

    def right(k: int, frequencies: FloatArray, which: np.ndarray) -> float:
        found = task.told(task.locked_to(frequencies, tones[k][which]), combinations[k])
        return float(np.mean(found == labels[which]))

    for step in range(size.steps):
        own = [tones[k][~test] for k, test in enumerate(tested)]
        found = task.answers(device, currents, own, circuit, temperature=temperature, seed=seed + step)
        changed = currents.copy()
        for k, test in enumerate(tested):
            course[step, k] = right(k, found[k], ~test)
            if course[step, k] > highest[k]:
                highest[k], best[k] = course[step, k], currents[k]
            wanted = task.wanted_locks(combinations[k], labels[~test])
            changed[k] = task.tuning(device, currents[k], found[k], own[k], wanted, 0.5 / (1 + step / 8))
        currents = changed
    own = [tones[k][test] for k, test in enumerate(tested)]
    tests: dict[str, list[float]] = {}
    for name, which, kelvin in (
        ("oscillators", best, temperature),
        ("untrained", begun, temperature),
        ("without-noise", best, 0.0),
    ):
        found = task.answers(device, which, own, circuit, temperature=kelvin, seed=seed + 1000)
        tests[name] = [right(k, found[k], test) for k, test in enumerate(tested)]
    for name, features in (("two-tones", tones), ("formants", [formants] * len(tested))):
        tests[name] = [_plain(features[k], labels, test) for k, test in enumerate(tested)]
    return {
        "course": course,
        "currents": best,
        "cells": np.array(combinations[0].cells),
        "tones": own[0],
        "labels": labels[tested[0]],
        **tests,
    }


def _plain(features: FloatArray, labels: np.ndarray, test: np.ndarray) -> float:
    """Share of the test that a linear readout tells rightly."""
    readout = train_readout(features[~test], np.eye(len(VOWELS))[labels[~test]])
    return float(np.mean(readout(features[test]).argmax(axis=1) == labels[test]))


def _mapped(
    device: AutoOscillator, circuit: Circuit, temperature: float, seed: int, size: Size, currents: FloatArray
) -> Mapping[str, Any]:
    """Locks over the plane of both tones, for the currents of a training."""
    lowest = float(free_frequency(device, task.start_currents(device, SPACING)[:1])[0])
    a = lowest + SPACING * np.linspace(-task.FARTHEST, 2 - task.NEAREST, size.points)
    b = lowest + SPACING * np.linspace(1 + task.NEAREST, 3 + task.FARTHEST, size.points)
    tones = np.array([(x, y) for y in b for x in a])
    (found,) = task.answers(device, currents[np.newaxis], [tones], circuit, temperature=temperature, seed=seed + 2000)
    return {"tones": tones, "locks": task.locked_to(found, tones)}


def _columns(trained: Mapping[str, np.ndarray], mapped: Mapping[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """Columns of the tables."""
    steps, number = trained["course"].shape
    names = np.repeat(list(METHODS), number)
    split = "number of the split of the talkers"
    cells = [[VOWELS[label], *tone] for label, tone in zip(trained["labels"], trained["tones"].tolist(), strict=True)]
    locks = {
        f"oscillator_{k + 1}": (mapped["locks"][:, k], "1", "tone to which the oscillator is locked; 0: none")
        for k in range(OSCILLATORS)
    }

    def tones(values: FloatArray) -> dict[str, Any]:
        return {
            "tone_a": (values[:, 0], "Hz", "frequency of the tone A"),
            "tone_b": (values[:, 1], "Hz", "frequency of the tone B"),
        }

    return {
        "accuracies": {
            "method": (names, "1", "what tells the vowels"),
            "split": (np.tile(np.arange(number), len(METHODS)), "1", split),
            "accuracy": (np.concatenate([trained[name] for name in METHODS]), "1", "share of the test told rightly"),
        },
        "training": {
            "step": (np.repeat(np.arange(steps), number), "1", "step of the training"),
            "split": (np.tile(np.arange(number), steps), "1", split),
            "accuracy": (trained["course"].ravel(), "1", "share of the training told rightly"),
        },
        "map": {**tones(mapped["tones"]), **locks},
        "tones": {"vowel": ([each[0] for each in cells], "1", "vowel"), **tones(trained["tones"])},
    }
