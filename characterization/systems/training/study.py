"""The study of training with the hardware in the loop: two substrates, exact and imprecise updates, many runs."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....circuits.cells.neurons.neurons import MemristorNeuron
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.crossbars.weights.weight_cells import WeightCells
from ....devices.core.metadata import device_table
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.models.domain_walls.domain_wall import DomainWallSynapse
from ...datasets.images import ImageSet, handwritten_digits
from ..keeping import Keeping, check_study
from . import in_the_loop as loop
from .substrates import SpinNeurons, Substrate, SwitchNeurons

#: Classes of digits, and pixels along a side of the images.
CLASSES, SIDE = (0, 1, 2, 3, 4), 10
#: Levels of a cell: a pair has the weights of 4 bits, 15 values of either sign. Spread from cell to cell; assumed. [1]
LEVELS, VARIATION = 8, 0.2
#: Substrates in words: synapses and neurons.
SUBSTRATES = {
    "memristive": "crossbar of this device, volatile-memristor neurons",
    "spin": "domain-wall synapses, spin neurons",
}
#: Where a network is tested.
STAGES = {
    "software": "trained in software, in software",
    "transferred": "trained in software, on the substrate",
    "in the loop": "trained in the loop, on the substrate",
}
#: Results by substrate, updates and scale of the spreads: arrays whose last axis are the runs.
Groups = Mapping[tuple[str, str, float], Mapping[str, FloatArray]]
#: Quantiles of the runs.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    software, steps : int
        Steps of training in software, and in the loop.
    runs, imprecise : int
        Runs with exact updates, and of each imprecise kind.
    block : int
        Runs that are computed together.
    test : int
        Held-out images.
    scales : tuple of float
        Multiples of the spreads of cells and neurons, which are assumed, at which ``imprecise`` runs are made as well.
    """

    software: int = 300
    steps: int = 120
    runs: int = 130
    imprecise: int = 26
    block: int = 26
    test: int = 500
    scales: tuple[float, ...] = (0.0, 0.5, 2.0, 3.0)


FULL = Size()
QUICK = Size(software=120, steps=40, runs=8, imprecise=4, block=4, test=150, scales=(0.0, 2.0))


def substrate_of(name: str, device: CompactModel, scale: float = 1.0) -> Substrate:
    """A substrate, with spreads some times the usual ones.

    Parameters
    ----------
    name : str
        ``memristive``, with synapses of a device, or ``spin``, which has its own.
    device : CompactModel
        The device.
    scale : float
        Spreads over the usual ones. [1]
    """
    neurons: SwitchNeurons | SpinNeurons
    if name == "memristive":
        synapse: CompactModel = device
        neurons = SwitchNeurons(MemristorNeuron())
    else:
        synapse = DomainWallSynapse.preset("edwards2024")
        neurons = SpinNeurons(LateralSpinValve())
    cells = WeightCells.of(synapse, levels=LEVELS, variation=scale * VARIATION)
    return Substrate(name, cells, dataclasses.replace(neurons, spread=scale * neurons.spread))


def study_in_the_loop(
    device: CompactModel,
    *,
    size: Size = FULL,
    data: Path | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Train a network in software, transfer it to analog substrates, and train it with them in the loop.

    Parameters
    ----------
    device : CompactModel
        The device of the crossbar's synapses.
    size : Size
        How much is computed.
    data : Path, optional
        Folder with MNIST; without it digits stand in.
    seed : int
        Seed of weights, batches and substrates.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``accuracy``, per substrate, updates, scale of the spreads, run and stage, of held-out images; ``batches``,
        quantiles over the runs of the accuracy on each step's batch; ``neurons``, activity of the substrates' neurons
        over their drive. Their ``attrs`` name the images (``data``) and whether they stand in (``stand_in``).

    Raises
    ------
    MissingDataError
        If there are no digits.
    ParameterError
        If the device has no two states, or a file of images is damaged.
    """
    check_study(device, size=size, sizes=Size, data=data, checkpoint=checkpoint, progress=progress)
    seed = whole("seed", seed, 0, 2**32 - 1)
    images = _images(data)
    substrates = {name: substrate_of(name, device) for name in SUBSTRATES}
    common: dict[str, Any] = {"device": device, "size": size, "data": data}
    pieces = []
    for number, name in enumerate(SUBSTRATES):
        for update in loop.UPDATES:
            left, block = (size.runs if update == "exact" else size.imprecise), 0
            while left > 0:
                runs = min(left, size.block)
                how = {"substrate": name, "update": update, "scale": 1.0, "runs": runs, "seed": [seed, number, block]}
                pieces.append(common | how)
                left, block = left - runs, block + 1
        for scale in size.scales:
            how = {"substrate": name, "update": "exact", "scale": scale, "runs": size.imprecise}
            pieces.append(common | how | {"seed": [seed, number, 0]})
    found = Keeping(device, checkpoint, progress).compute(_trained, pieces, "runs")
    about = {
        "system": "in-the-loop",
        "engine": "numeric",
        "seed": seed,
        "data": images.name,
        "stand_in": images.stand_in,
        "training_images": len(images.labels),
        "test_images": min(size.test, len(images.test_labels)),
        "batch": loop.BATCH,
        "levels": LEVELS,
        "variation": VARIATION,
    }
    groups = _grouped(pieces, found)
    return {
        "accuracy": _accuracy_table(device, groups, about),
        "batches": _batches_table(device, groups, about),
        "neurons": _neurons_table(device, substrates, seed, about),
    }


@functools.lru_cache(maxsize=2)
def _images(data: Path | None) -> ImageSet:
    """The digits of five classes."""
    return handwritten_digits(data).only(CLASSES)


def pixels(images: np.ndarray) -> FloatArray:
    """Images of 10 x 10 pixels from 0 to 1, shape (number, 100): means over areas of the pixels that were.

    Parameters
    ----------
    images : ndarray
        Bytes, shape (number, 1, side, side).

    Raises
    ------
    ParameterError
        If they are not square, or have several channels.
    """
    number, channels, height, width = images.shape
    if channels != 1 or height != width:
        raise ParameterError(f"images must be square, of one channel, not {channels} x {height} x {width}")
    # The share of every old pixel in every new one: pixels are areas, of whatever size.
    edges = np.arange(SIDE + 1) * height / SIDE
    low, high = edges[:-1, np.newaxis], edges[1:, np.newaxis]
    old = np.arange(height)
    shares = np.clip(np.minimum(high, old + 1) - np.maximum(low, old), 0.0, None) * SIDE / height
    found = shares @ (images[:, 0] / 255.0) @ shares.T
    return np.asarray(found.reshape(number, SIDE * SIDE))


def _trained(
    substrate: str,
    update: str,
    scale: float,
    device: CompactModel,
    size: Size,
    data: Path | None,
    runs: int,
    seed: list[int],
) -> Mapping[str, Any]:
    """Accuracies of each step's batch, ``(steps, runs)``, and of held-out images at each stage, ``(stages, runs)``."""
    images, kind = _images(data), substrate_of(substrate, device, scale)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3)]
    weighing, hardware, drawing = streams
    inputs, labels = pixels(images.images), images.labels
    test, right = pixels(images.test_images[: size.test]), images.test_labels[: size.test]
    everyone = np.broadcast_to(test, (runs, *test.shape))
    weights, neurons = loop.first_weights(runs, weighing), kind.neurons

    def tested(forward: loop.Forward) -> FloatArray:
        return loop.named_rightly(forward(everyone)[-1], right, drawing)

    in_software = functools.partial(loop.in_software, neurons=neurons)
    software = loop.train(weights, inputs, labels, size.software, in_software, loop.Adam(), neurons, weighing)
    stages = [tested(in_software(weights))]
    chips = loop.Chips(kind, runs, hardware)
    stages.append(tested(chips.programmed(weights)))
    make, _ = loop.UPDATES[update]
    looped = loop.train(weights, inputs, labels, size.steps, chips.programmed, make(), neurons, weighing)
    stages.append(tested(chips.programmed(weights)))
    return {"software": software, "looped": looped, "stages": stages}


def _grouped(pieces: list[dict[str, Any]], found: list[dict[str, np.ndarray]]) -> Groups:
    """Results of all runs, by substrate, updates and scale of the spreads."""
    groups: dict[tuple[str, str, float], list[dict[str, np.ndarray]]] = {}
    for piece, each in zip(pieces, found, strict=True):
        groups.setdefault((piece["substrate"], piece["update"], piece["scale"]), []).append(each)
    return {
        key: {name: np.concatenate([each[name] for each in blocks], axis=1) for name in blocks[0]}
        for key, blocks in groups.items()
    }


def _accuracy_table(device: CompactModel, groups: Groups, about: Mapping[str, Any]) -> pd.DataFrame:
    rows = [
        (substrate, update, scale, run, stage, each["stages"][number, run])
        for (substrate, update, scale), each in groups.items()
        for run in range(each["stages"].shape[1])
        for number, stage in enumerate(STAGES)
    ]
    substrate, update, scale, run, stage, accuracy = zip(*rows, strict=True)
    return device_table(
        device,
        {
            "substrate": (substrate, "1", "substrate"),
            "update": (update, "1", "kind of the updates in the loop"),
            "scale": (scale, "1", "spreads of cells and neurons over the usual ones"),
            "run": (run, "1", "number of the run: initial weights, batches, substrate"),
            "stage": (stage, "1", "where the network was trained and tested"),
            "accuracy": (accuracy, "1", "share of held-out images that are named rightly"),
        },
        **about,
    )


def _batches_table(device: CompactModel, groups: Groups, about: Mapping[str, Any]) -> pd.DataFrame:
    parts = []
    for (substrate, update, scale), each in groups.items():
        if scale != 1:
            continue
        for phase in ("software", "looped"):
            levels = np.quantile(each[phase], QUANTILES, axis=1)
            steps = np.arange(1, levels.shape[1] + 1)
            names = (substrate, update, "in the loop" if phase == "looped" else phase)
            parts.append([*([name] * len(steps) for name in names), steps, *levels])
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    words = "quantile over the runs of the share of the batch that is named rightly"
    return device_table(
        device,
        {
            "substrate": (columns[0], "1", "substrate"),
            "update": (columns[1], "1", "kind of the updates in the loop"),
            "phase": (columns[2], "1", "where the forward pass was computed"),
            "step": (columns[3], "1", "training step"),
            **{
                f"quantile_{round(100 * q):02d}": (values, "1", f"{q:g} {words}")
                for q, values in zip(QUANTILES, columns[4:], strict=True)
            },
        },
        **about,
    )


def _neurons_table(
    device: CompactModel, substrates: Mapping[str, Substrate], seed: int, about: Mapping[str, Any]
) -> pd.DataFrame:
    """Activity of neurons that are as designed, and of some that are not, over the drive, and what software takes."""
    generator, count = np.random.default_rng([seed, 99]), 400
    parts = []
    for name, each in substrates.items():
        drive = np.linspace(-0.5, 1.5, 41) if name == "memristive" else np.linspace(-3.0, 3.0, 41)
        pattern = each.neurons.draw_pattern((count, 1), generator)
        seen = each.neurons.respond(np.broadcast_to(drive, (count, len(drive))), pattern, generator)
        low, middle, high = np.quantile(seen, (0.05, 0.5, 0.95), axis=0)
        parts.append([[name] * len(drive), drive, each.neurons.ideal(drive), middle, low, high])
    substrate, drive, ideal, middle, low, high = (np.concatenate(column) for column in zip(*parts, strict=True))
    return device_table(
        device,
        {
            "substrate": (substrate, "1", "substrate"),
            "drive": (drive, "1", "drive of the neuron"),
            "software": (ideal, "1", "activity in software"),
            "median": (middle, "1", "median activity of neurons of the substrate, a run each"),
            "quantile_05": (low, "1", "0.05 quantile of it"),
            "quantile_95": (high, "1", "0.95 quantile of it"),
        },
        **about,
    )
