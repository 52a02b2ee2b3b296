r"""Networks of synapses with one level: how their weights are quantised, learned, and what biases make up for.

A synapse of one level has the weight :math:`-L`, 0 or :math:`L`. Three ways to lose less by it, after Y. Wang, W. Wen,
L. Song, H. Li, ASP-DAC 2017, arXiv:1701.01791:

Distribution-aware quantisation
    Each layer has a level of its own, :math:`L_l = \arg\min \sum_{w \in l} [w - Q_L(w)]^2`; without it the same sum
    over all layers gives one level for all.
Quantisation regularisation
    During training every weight is pulled with a constant gradient to the nearest of its values,
    :math:`\Delta w = -r L\, \mathrm{sign}[w - Q_L(w)]`, not beyond it.
Bias tuning
    The biases, which are not quantised, are trained once the weights are in their devices.

Only the abstract of the publication was read: the rule for the levels, the strength of the pull and its course, and how
long biases are trained, are assumed here.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ....circuits.crossbars.weights.conversion import convert_to_noisy
from ....circuits.crossbars.weights.noisy_layers import noisy_layers
from ....circuits.crossbars.weights.weight_cells import WeightCells
from ...datasets.images import ImageSet

#: Images in a step of training; rates of Adam for weights and for biases alone.
BATCH, RATE, BIAS_RATE = 100, 1e-3, 3e-3
#: The pull of a step over the level, at the end of its linear rise. [1]
PULL = 0.02
#: Most iterations for a level, and its relative change at which there are no more.
ITERATIONS, CONVERGED = 50, 1e-7


@contextmanager
def one_thread(seed: int) -> Iterator[None]:
    """PyTorch on one thread with a seed of its own, so that a number does not depend on the machine or on others."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


@dataclass(frozen=True)
class Task:
    """Images as a network takes them: numbers of mean 0 and variance 1 over the training images.

    Attributes
    ----------
    inputs, labels : torch.Tensor
        Training images and their classes.
    test_inputs, test_labels : torch.Tensor
        Held-out ones.
    """

    inputs: torch.Tensor
    labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor

    @classmethod
    def of(cls, images: ImageSet, most: int | None = None) -> Task:
        """The task of a set of images; ``most`` training and half as many test images, the first ones."""
        train, test = (torch.as_tensor(each / np.float32(255)) for each in (images.images, images.test_images))
        held_out = None if most is None else max(most // 2, 1)
        train, test = train[:most], test[:held_out]
        mean, spread = train.mean((0, 2, 3), keepdim=True), train.std((0, 2, 3), keepdim=True)
        labels, test_labels = torch.as_tensor(images.labels[:most]), torch.as_tensor(images.test_labels[:held_out])
        return cls((train - mean) / spread, labels, (test - mean) / spread, test_labels)


def perceptron(inputs: int) -> nn.Sequential:
    """A perceptron of two hidden layers, of 128 and 64 units, and ten outputs."""
    sizes = (inputs, 128, 64)
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in itertools.pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def convolutional(channels: int, side: int) -> nn.Sequential:
    """Three convolutions of stride 2, of 16, 32 and 32 filters, and ten outputs."""
    for _ in range(3):
        side = (side + 1) // 2
    return nn.Sequential(
        nn.Conv2d(channels, 16, 5, 2, 2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, 2, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * side**2, 10),
    )


def weights_of(network: nn.Module) -> list[nn.Parameter]:
    """The weights of the layers, without biases, from the first to the last."""
    return [layer.weight for layer in network.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]


def best_level(weights: torch.Tensor) -> float:
    r"""The level of least squared error, :math:`L = \langle |w| \rangle_{|w| > L/2}`, by iteration (Lloyd).

    Parameters
    ----------
    weights : torch.Tensor
        Weights, of any shape.
    """
    size = weights.detach().abs().flatten().double()
    level = float(size.mean()) * 2
    for _ in range(ITERATIONS):
        before, above = level, size[size > level / 2]
        if len(above):
            level = float(above.mean())
        if abs(level - before) <= CONVERGED * level:
            break
    return level


def levels_of(weights: Sequence[torch.Tensor], *, by_layer: bool) -> list[float]:
    """The level of each layer: its own, or one of all."""
    if by_layer:
        return [best_level(each) for each in weights]
    return [best_level(torch.cat([each.detach().flatten() for each in weights]))] * len(weights)


def quantised(weights: torch.Tensor, level: float) -> torch.Tensor:
    """The nearest of minus the level, zero and the level."""
    return level * torch.clamp(torch.round(weights / level), -1, 1)


def train(
    network: nn.Module, task: Task, epochs: int, *, pulled: bool | None = None, biases: bool = False, steps: int = 0
) -> None:
    """Train a network by Adam on the cross-entropy.

    Parameters
    ----------
    network : torch.nn.Module
        The network, which is changed.
    task : Task
        Of which the training images are used.
    epochs : int
        How often every image is seen.
    pulled : bool, optional
        Whether weights are pulled to levels, each layer's own (True) or one of all (False); default: they are not.
    biases : bool
        Whether biases alone are trained.
    steps : int
        Steps after which training ends; 0: at the end of the epochs.
    """
    chosen = [p for name, p in network.named_parameters() if not biases or name.endswith("bias")]
    optimiser = torch.optim.Adam(chosen, lr=BIAS_RATE if biases else RATE)
    count, done = len(task.labels), 0
    batches = (count + BATCH - 1) // BATCH
    total = steps or epochs * batches
    while done < total:
        weights = weights_of(network)
        levels = None if pulled is None else levels_of(weights, by_layer=pulled)
        for batch in torch.randperm(count).split(BATCH)[: total - done]:
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(network(task.inputs[batch]), task.labels[batch])
            loss.backward()
            optimiser.step()
            done += 1
            if levels is not None:
                _pull(weights, levels, PULL * done / total)


def accuracy(network: nn.Module, task: Task) -> float:
    """Share of the held-out images that a network names rightly."""
    with torch.no_grad():
        found = network(task.test_inputs).argmax(1)
    return float((found == task.test_labels).float().mean())


def in_devices(network: nn.Module, cells: WeightCells, *, by_layer: bool, seed: int) -> nn.Module:
    """A copy of a network, quantised, with its weights in devices of two states."""
    made = copy.deepcopy(network)
    with torch.no_grad():
        for weight, level in zip(weights_of(made), levels_of(weights_of(made), by_layer=by_layer), strict=True):
            weight.copy_(quantised(weight, level))
    converted = convert_to_noisy(made, cells, seed=seed, inplace=True)
    for layer in noisy_layers(converted):
        layer.weight.requires_grad_(False)
    return converted


def all_combinations(
    network: nn.Module,
    task: Task,
    cells: Mapping[float, WeightCells],
    *,
    epochs: tuple[int, int],
    tuning: int,
    seed: int,
) -> tuple[float, dict[tuple[bool, bool, bool], list[float]], dict[str, list[torch.Tensor]]]:
    """Train a network in all eight ways.

    Parameters
    ----------
    network : torch.nn.Module
        The network, not trained yet.
    task : Task
        Images.
    cells : mapping
        Devices of two states, by their variation.
    epochs : tuple of int
        Epochs that all networks share, and those after them, in which weights are pulled or not.
    tuning : int
        Steps in which biases are tuned.
    seed : int
        Seed of devices; that of training is PyTorch's own.

    Returns
    -------
    float
        Accuracy of the network that is not quantised, on held-out images. [1]
    dict
        Accuracies for each variation, by (distribution-aware, regularised, biases tuned). [1]
    dict
        Weights of each layer of the networks that were not pulled, and that were pulled to levels of their layers.
    """
    train(network, task, epochs[0])
    grown: dict[bool | None, nn.Module] = {}
    for pulled in (None, False, True):
        grown[pulled] = copy.deepcopy(network)
        train(grown[pulled], task, epochs[1], pulled=pulled)
    found: dict[tuple[bool, bool, bool], list[float]] = {}
    for by_layer in (False, True):
        for regularised in (False, True):
            source = grown[by_layer if regularised else None]
            for tuned in (False, True):
                row = found[by_layer, regularised, tuned] = []
                for number, each in enumerate(cells.values()):
                    chip = in_devices(source, each, by_layer=by_layer, seed=seed + number)
                    if tuned:
                        train(chip, task, 0, biases=True, steps=tuning)
                    row.append(accuracy(chip, task))
    weights = {"plain": weights_of(grown[None]), "pulled": weights_of(grown[True])}
    return accuracy(grown[None], task), found, {k: [w.detach() for w in v] for k, v in weights.items()}


def _pull(weights: Sequence[nn.Parameter], levels: Sequence[float], strength: float) -> None:
    """Move every weight by a part of its level towards the nearest value, and not beyond it."""
    with torch.no_grad():
        for weight, level in zip(weights, levels, strict=True):
            most = strength * level
            weight -= torch.clamp(weight - quantised(weight, level), -most, most)
