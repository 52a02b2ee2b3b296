"""The study of synapses with one level: three methods in all combinations, two networks, devices that vary."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....circuits.crossbars.weights.weight_cells import WeightCells
from ....devices.core.metadata import device_table
from ....devices.language.checks import whole
from ....devices.language.optional import require
from ....devices.model import CompactModel
from ...datasets.finding import MissingDataError
from ...datasets.images import ImageSet, cifar10, handwritten_digits
from ..keeping import Keeping, check_study

#: The methods, in the order of the combinations, and in letters and words.
METHODS = {
    "distribution_aware": ("DQ", "a level for each layer"),
    "regularised": ("QR", "weights pulled to levels in training"),
    "bias_tuned": ("BT", "biases trained on the devices"),
}
#: The combinations, none first.
COMBINATIONS = tuple(itertools.product((False, True), (False, True), (False, True)))
#: The networks and the images that they tell apart.
NETWORKS = {"perceptron": handwritten_digits, "convolutional": cifar10}
#: Bins of the weights' histograms, in levels.
EDGES = np.linspace(-2.0, 2.0, 81)


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    images : int
        Most training images of a set; half as many test images are taken at most.
    epochs : mapping
        By network: epochs before the ways part, and after.
    tuning : int
        Steps in which biases are tuned.
    seeds : mapping
        By network: initial weights, orders of images and sets of devices.
    variations : tuple of float
        Relative standard deviations of the conductances, the first one 0. [1]
    """

    images: int = 8000
    epochs: Mapping[str, tuple[int, int]] = dataclasses.field(
        default_factory=lambda: {"perceptron": (4, 4), "convolutional": (6, 5)}
    )
    tuning: int = 25
    seeds: Mapping[str, int] = dataclasses.field(default_factory=lambda: {"perceptron": 5, "convolutional": 3})
    variations: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)


FULL = Size()
QUICK = Size(
    images=600,
    epochs={"perceptron": (4, 4), "convolutional": (2, 2)},
    tuning=10,
    seeds={"perceptron": 2, "convolutional": 2},
    variations=(0.0, 0.3),
)


def study_quantisation(
    device: CompactModel,
    *,
    size: Size = FULL,
    data: Path | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Quantise networks to one level, in all combinations of three methods, and put them into devices that vary.

    Parameters
    ----------
    device : CompactModel
        A device of two states.
    size : Size
        How much is computed.
    data : Path, optional
        Folder with MNIST and CIFAR-10. Without MNIST digits stand in for it; without CIFAR-10 the convolutional
        network is left out.
    seed : int
        Seed of weights, orders and devices.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``accuracy``, per network, combination, variation and trial; ``ideal``, of the networks that are not quantised;
        ``weights``, histograms of an example. Their ``attrs`` name the images (``data``), which of them stand in for
        others (``stand_ins``), and what is ``missing``.

    Raises
    ------
    MissingDependencyError
        If PyTorch is not installed.
    MissingDataError
        If there are no digits.
    ParameterError
        If the device has no two states, or a file of images is damaged.
    """
    check_study(device, size=size, sizes=Size, data=data, checkpoint=checkpoint, progress=progress)
    require("torch", "the study of quantised networks", "torch")
    seed = whole("seed", seed, 0, 2**32 - 1)
    cells = WeightCells.of(device, levels=2)
    images, lacking = {"perceptron": _images("perceptron", data)}, {}
    try:
        images["convolutional"] = _images("convolutional", data)
    except MissingDataError as error:
        lacking["convolutional"] = str(error)
    keeping = Keeping(device, checkpoint, progress)
    common: dict[str, Any] = {"device": device, "size": size, "data": data}
    pieces = [common | {"network": name, "seed": [seed, k]} for name in images for k in range(size.seeds[name])]
    found = keeping.compute(_trained, pieces, "networks")
    about = {
        "system": "quantisation",
        "engine": "numeric",
        "seed": seed,
        "data": {name: each.name for name, each in images.items()},
        "stand_ins": [name for name, each in images.items() if each.stand_in],
        "used": {name: min(size.images, len(each.labels)) for name, each in images.items()},
        "missing": lacking,
        "least_conductance": cells.least,
        "most_conductance": cells.most,
    }
    runs = [(piece["network"], piece["seed"][1]) for piece in pieces]
    return {
        "accuracy": _accuracy_table(device, runs, found, size, about),
        "ideal": device_table(
            device,
            {
                "network": ([name for name, _ in runs], "1", "network"),
                "trial": ([number for _, number in runs], "1", "number of initial weights, order and devices"),
                "accuracy": (
                    [float(each["ideal"]) for each in found],
                    "1",
                    "share of held-out images that are named rightly, weights not quantised",
                ),
            },
            **about,
        ),
        "weights": _weights_table(device, found[0], about),
    }


@functools.lru_cache(maxsize=4)
def _images(network: str, data: Path | None) -> ImageSet:
    return NETWORKS[network](data)


def _trained(network: str, device: CompactModel, size: Size, data: Path | None, seed: list[int]) -> Mapping[str, Any]:
    """Accuracies of a network in all ways, ``(combinations, variations)``, and histograms of its weights."""
    from . import networks

    images = _images(network, data)
    channels, side = images.images.shape[1], images.images.shape[3]
    kind = WeightCells.of(device, levels=2)
    cells = {each: dataclasses.replace(kind, variation=each) for each in size.variations}
    first, second = (int(n) for n in np.random.SeedSequence(seed).generate_state(2))
    with networks.one_thread(first):
        made = (
            networks.perceptron(images.images[0].size)
            if network == "perceptron"
            else networks.convolutional(channels, side)
        )
        task = networks.Task.of(images, size.images)
        ideal, found, weights = networks.all_combinations(
            made, task, cells, epochs=size.epochs[network], tuning=size.tuning, seed=second
        )
    result: dict[str, Any] = {"ideal": ideal, "accuracy": [found[each] for each in COMBINATIONS]}
    for name, layers in weights.items():
        result[name] = [
            np.histogram(layer.flatten().numpy() / networks.best_level(layer), EDGES, density=True)[0]
            for layer in layers
        ]
        result[f"{name}_levels"] = [networks.best_level(layer) for layer in layers]
    return result


def _accuracy_table(
    device: CompactModel,
    runs: list[tuple[str, int]],
    found: list[dict[str, Any]],
    size: Size,
    about: Mapping[str, Any],
) -> pd.DataFrame:
    rows = [
        (name, *combination, variation, number, each["accuracy"][i, j])
        for (name, number), each in zip(runs, found, strict=True)
        for i, combination in enumerate(COMBINATIONS)
        for j, variation in enumerate(size.variations)
    ]
    network, *flags, variation, number, accuracy = zip(*rows, strict=True)
    return device_table(
        device,
        {
            "network": (network, "1", "network"),
            **{name: (flag, "1", f"whether {METHODS[name][1]}") for name, flag in zip(METHODS, flags, strict=True)},
            "variation": (variation, "1", "relative standard deviation of the conductances"),
            "trial": (number, "1", "number of initial weights, order and devices"),
            "accuracy": (accuracy, "1", "share of held-out images that are named rightly"),
        },
        **about,
    )


def _weights_table(device: CompactModel, example: Mapping[str, Any], about: Mapping[str, Any]) -> pd.DataFrame:
    layers = len(example["plain"])
    centres = (EDGES[1:] + EDGES[:-1]) / 2
    return device_table(
        device,
        {
            "layer": (np.repeat(np.arange(1, layers + 1), len(centres)), "1", "layer of the first network"),
            "weight": (np.tile(centres, layers), "1", "weight over the layer's level"),
            "level": (np.repeat(example["plain_levels"], len(centres)), "1", "the layer's level, not pulled"),
            "density": (np.ravel(example["plain"]), "1", "density of the weights, not pulled to levels"),
            "pulled_density": (np.ravel(example["pulled"]), "1", "density of the weights, pulled in training"),
        },
        **about,
    )
