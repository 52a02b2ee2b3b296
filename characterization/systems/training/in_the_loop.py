r"""A rate-based network trained in software, then with a substrate in the loop; many runs side by side.

.. math:: a_l = \varphi(g_l\, [a_{l-1}, 1]\, W_l), \qquad |W_l| \le 1, \qquad g_l = 3 / \sqrt{n_{l-1}}

In the loop the activities :math:`a_l` are those that the substrate showed, and the gradient is that of the software's
network at these activities: what its weights and neurons really are is not known to it. Arrays have the runs as their
first axis.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ....circuits.crossbars.crosspoints.faults import FaultMap
from ....devices.language.waveforms.shapes import FloatArray
from .substrates import Neurons, Substrate

#: Units of the layers.
SIZES = (100, 15, 15, 5)
#: Gain of a layer, times the square root of its inputs. [1]
GAIN = 3.0
#: Images in a step; rate and decays of Adam; step of updates by the sign or by three values. [1]
BATCH, RATE, DECAYS, STEP = 100, 0.02, (0.9, 0.99), 0.01

Labels = NDArray[np.int64]
#: Activities of all layers, the inputs first, of given inputs.
Forward = Callable[[FloatArray], list[FloatArray]]


def first_weights(runs: int, generator: np.random.Generator) -> list[FloatArray]:
    """Weights at random, a row for a constant input of 1 included, shape (runs, inputs + 1, outputs). [1]."""
    return [generator.uniform(-0.5, 0.5, (runs, before + 1, after)) for before, after in itertools.pairwise(SIZES)]


def with_one(activity: FloatArray) -> FloatArray:
    """Activities with the constant input of 1 behind them."""
    return np.concatenate([activity, np.ones((*activity.shape[:-1], 1))], axis=-1)


def in_software(weights: Sequence[FloatArray], neurons: Neurons) -> Forward:
    """The forward pass in software."""

    def forward(inputs: FloatArray) -> list[FloatArray]:
        found = [inputs]
        for layer in weights:
            found.append(neurons.ideal(gain(layer) * (with_one(found[-1]) @ layer)))
        return found

    return forward


def gain(weights: FloatArray) -> float:
    """Gain of a layer. [1]."""
    return float(GAIN / np.sqrt(weights.shape[-2] - 1))


@dataclass(eq=False)
class Chips:
    """Substrates of many runs, each with cells and neurons of its own.

    Attributes
    ----------
    substrate : Substrate
        What they are made of.
    runs : int
        How many.
    generator : numpy.random.Generator
        Of all that is drawn.
    """

    substrate: Substrate
    runs: int
    generator: np.random.Generator
    factors: list[FloatArray] = field(init=False)
    faults: list[FaultMap | None] = field(init=False)
    patterns: list[FloatArray] = field(init=False)

    def __post_init__(self) -> None:
        cells, neurons = self.substrate.cells, self.substrate.neurons
        pairs = list(itertools.pairwise(SIZES))
        self.factors = [cells.draw_factors(self.runs * (n + 1), m, self.generator) for n, m in pairs]
        self.faults = [cells.draw_faults(self.runs * (n + 1), m, self.generator) for n, m in pairs]
        self.patterns = [neurons.draw_pattern((self.runs, 1, m), self.generator) for _, m in pairs]

    def programmed(self, weights: Sequence[FloatArray]) -> Forward:
        """The forward pass of the substrate after its cells were programmed; each pass is one run of it."""
        cells = [
            # The arrays of all runs are one above the other: every weight has cells of its own in any case.
            self.substrate.cells.program(
                layer.reshape(-1, layer.shape[-1]), self.generator, factors=own, faults=stuck, largest=1.0
            )
            for layer, own, stuck in zip(weights, self.factors, self.faults, strict=True)
        ]

        def forward(inputs: FloatArray) -> list[FloatArray]:
            found = [inputs]
            for layer, array, pattern in zip(weights, cells, self.patterns, strict=True):
                seen = array.weights(array.read(self.generator)).reshape(layer.shape)
                drive = gain(layer) * (with_one(found[-1]) @ seen)
                found.append(self.substrate.neurons.respond(drive, pattern, self.generator))
            return found

        return forward


def gradients(
    activities: Sequence[FloatArray], weights: Sequence[FloatArray], labels: Labels, neurons: Neurons
) -> list[FloatArray]:
    r"""Gradients of the mean cross-entropy by the weights, of the software's network at recorded activities.

    .. math:: p = \mathrm{softmax}(\beta\, a_L)

    Parameters
    ----------
    activities : sequence of ndarray
        Activities of all layers, the inputs first, shape (runs, images, units). [1]
    weights : sequence of ndarray
        Weights in software, shape (runs, inputs + 1, outputs). [1]
    labels : ndarray
        Classes, shape (runs, images).
    neurons : Neurons
        The neurons, which know the slope at an activity, and beta.
    """
    logits = neurons.sharpness * activities[-1]
    logits = np.exp(logits - logits.max(-1, keepdims=True))
    wrong = logits / logits.sum(-1, keepdims=True)
    np.put_along_axis(wrong, labels[..., np.newaxis], np.take_along_axis(wrong, labels[..., np.newaxis], -1) - 1, -1)
    back = neurons.sharpness * wrong / labels.shape[-1]
    found: list[FloatArray] = []
    for before, after, layer in zip(activities[-2::-1], activities[:0:-1], weights[::-1], strict=True):
        back = gain(layer) * back * neurons.slope(after)
        found.append(with_one(before).swapaxes(-1, -2) @ back)
        back = back @ layer[..., :-1, :].swapaxes(-1, -2)
    return found[::-1]


@dataclass(eq=False)
class Adam:
    """Updates by Adam: the gradient as exactly as software has it."""

    first: list[FloatArray] = field(default_factory=list)
    second: list[FloatArray] = field(default_factory=list)
    done: int = 0

    def __call__(self, found: Sequence[FloatArray]) -> list[FloatArray]:
        """Changes of the weights for their gradients."""
        if not self.done:
            self.first, self.second = [0 * g for g in found], [0 * g for g in found]
        self.done += 1
        fast, slow = DECAYS
        self.first = [fast * m + (1 - fast) * g for m, g in zip(self.first, found, strict=True)]
        self.second = [slow * v + (1 - slow) * g**2 for v, g in zip(self.second, found, strict=True)]
        left = np.sqrt(1 - slow**self.done) / (1 - fast**self.done)
        return [-RATE * left * m / (np.sqrt(v) + 1e-8) for m, v in zip(self.first, self.second, strict=True)]


def by_sign(found: Sequence[FloatArray]) -> list[FloatArray]:
    """Changes of one size, in the direction alone (Manhattan rule)."""
    return [-STEP * np.sign(g) for g in found]


def by_three_values(found: Sequence[FloatArray]) -> list[FloatArray]:
    """Changes of one size or none: none where the gradient is below half of its layer's root mean square."""
    sizes = [np.sqrt(np.mean(g**2, axis=(-2, -1), keepdims=True)) for g in found]
    return [-STEP * np.sign(g) * (np.abs(g) > s / 2) for g, s in zip(found, sizes, strict=True)]


#: Ways of updating, and what they are in words.
UPDATES: dict[str, tuple[Callable[[], Callable[[Sequence[FloatArray]], list[FloatArray]]], str]] = {
    "exact": (Adam, "exact (Adam)"),
    "three values": (lambda: by_three_values, "three values"),
    "sign": (lambda: by_sign, "sign alone"),
}


def train(
    weights: list[FloatArray],
    images: FloatArray,
    labels: Labels,
    steps: int,
    forward: Callable[[list[FloatArray]], Forward],
    update: Callable[[Sequence[FloatArray]], list[FloatArray]],
    neurons: Neurons,
    generator: np.random.Generator,
) -> FloatArray:
    """Train all runs, each on batches of its own.

    Parameters
    ----------
    weights : list of ndarray
        Weights, which are changed; none goes beyond 1. [1]
    images, labels : ndarray
        Training images, shape (number, pixels), and their classes.
    steps : int
        Number of steps.
    forward : callable
        The forward pass of weights.
    update : callable
        Changes of the weights for their gradients.
    neurons : Neurons
        The neurons.
    generator : numpy.random.Generator
        Of the batches.

    Returns
    -------
    ndarray
        Share of each batch that was named rightly, before its update, shape (steps, runs). [1]
    """
    rows = np.empty((steps, weights[0].shape[0]))
    for step in range(steps):
        batch = generator.integers(len(labels), size=(rows.shape[1], BATCH))
        activities, right = forward(weights)(images[batch]), labels[batch]
        rows[step] = named_rightly(activities[-1], right, generator)
        for layer, change in zip(weights, update(gradients(activities, weights, right, neurons)), strict=True):
            layer += change
            np.clip(layer, -1.0, 1.0, out=layer)
    return rows


def named_rightly(outputs: FloatArray, labels: Labels, generator: np.random.Generator) -> FloatArray:
    """Share of images whose output is the largest, of each run; of outputs that are alike one at random is. [1]."""
    order = outputs + 1e-9 * generator.random(outputs.shape)
    return np.asarray((order.argmax(-1) == labels).mean(-1), dtype=float)
