r"""Spoken digits by one oscillator: setups, what it answers to recordings, and how recordings are split.

Each frame :math:`\mathbf u` of a front end becomes the currents of 400 virtual nodes in a row, each held for a node
time,

.. math:: I_k = I_0 + \Delta I\, \mathrm{clip}\!\left[(\mathbf M\,\mathbf u)_k / \sqrt N,\, \pm c\right]

with a mask of ones and minus ones; N is the number of features, c = :data:`CLIP`. The readout sees the amplitude at the
end of each node time, or, as the control that shows what the oscillator adds, the features of the front end themselves.

References
----------
J. Torrejon et al., Nature 547, 428 (2017), doi:10.1038/nature23011; F. Abreu Araujo et al., Sci. Rep. 10, 328 (2020),
doi:10.1038/s41598-019-56991-x.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.simulation.numerics.threads import in_chunks
from ....devices.simulation.reservoirs import held_response, random_mask
from ...datasets.spoken_digits import SpokenDigits, load_spoken_digits
from ..waveforms.task import WorkingPoint
from .front_ends import front_end, with_noise
from .summed_readout import Fold, Sums, Utterances

#: Standard deviations of the masked input beyond which it is cut off.
CLIP = 3.0
#: Sequences that run side by side in a call, of recordings one after another, as many as kernels take at a time; and
#: calls that run beside each other, in threads.
ROWS, CALLS = 64, 2
#: Recordings that are worth a piece of work of their own.
PIECE = 600
#: Parts into which repetitions are split: the last is for choices and never tested.
PARTS = 5

#: A group of recordings: those of a speaker in a block of repetitions.
Group = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Recordings:
    """The recordings of a study, by speaker and block of repetitions.

    Attributes
    ----------
    data : SpokenDigits
        The recordings.
    folder : Path, optional
        Where they were loaded from.
    speakers : tuple of str
        The speakers.
    blocks : int
        Number of blocks of repetitions, a multiple of :data:`PARTS`.
    block : ndarray
        Block of each recording; -1: it is left out.
    """

    data: SpokenDigits
    folder: Path | None
    speakers: tuple[str, ...]
    blocks: int
    block: np.ndarray

    def members(self, group: Group) -> np.ndarray:
        """Numbers of the recordings of a group."""
        speaker, block = group
        return np.flatnonzero((self.data.speakers == speaker) & (self.block == block))

    def part(self, number: int) -> tuple[int, ...]:
        """Blocks of a part."""
        each = self.blocks // PARTS
        return tuple(range(number * each, (number + 1) * each))

    def groups(self, blocks: Sequence[int], speakers: Sequence[str] | None = None) -> tuple[Group, ...]:
        """The groups of some blocks, of all speakers or some."""
        return tuple(itertools.product(self.speakers if speakers is None else speakers, blocks))

    def pieces(self) -> list[tuple[int, ...]]:
        """Blocks of all parts, put together until there are enough recordings for a piece of work."""
        together = max(1, PIECE * PARTS // self.number)
        parts = [self.part(k) for k in range(PARTS)]
        return [tuple(itertools.chain(*parts[k : k + together])) for k in range(0, PARTS, together)]

    @property
    def number(self) -> int:
        """How many recordings there are."""
        return int(np.sum(self.block >= 0))


def load_recordings(folder: Path | None, repetitions: int, blocks: int) -> Recordings:
    """The first repetitions of every speaker, in blocks.

    Raises
    ------
    ParameterError
        If there are fewer than three speakers, or not every digit of each of them in every block.
    """
    data = load_spoken_digits(folder)
    values = np.unique(data.repetitions)[:repetitions]
    number = min(blocks, len(values)) // PARTS * PARTS
    speakers = tuple(np.unique(data.speakers).tolist())
    if number == 0 or len(speakers) < 3:
        raise ParameterError(
            f"{data.name} has {len(values)} repetitions by {len(speakers)} speakers: {PARTS} repetitions by three "
            "speakers are needed at least"
        )
    rank = np.searchsorted(values, data.repetitions)
    block = np.where(rank < len(values), rank * number // len(values), -1)
    found = Recordings(data, folder, speakers, number, block)
    for group in found.groups(range(number)):
        if len(np.unique(data.digits[found.members(group)])) < 10:
            raise ParameterError(f"{data.name} has not all ten digits of {group[0]} in each {number}th of repetitions")
    return found


def same_speakers(recordings: Recordings) -> list[Fold]:
    """Folds whose test is a part of the repetitions, by the speakers of the training."""
    parts = [recordings.part(k) for k in range(PARTS)]
    found = []
    for k in range(PARTS - 1):
        others = [block for n, part in enumerate(parts) if n != k for block in part]
        choosing = recordings.groups(parts[-1])
        found.append(Fold(f"part {k}", recordings.groups(others), choosing, recordings.groups(parts[k])))
    return found


def held_out_speakers(recordings: Recordings) -> list[Fold]:
    """Folds whose test is all repetitions of a speaker who is not in the training; the next speaker chooses."""
    blocks, speakers = range(recordings.blocks), recordings.speakers
    found = []
    for k, speaker in enumerate(speakers):
        others = [each for each in speakers if each != speaker]
        choosing = recordings.groups(blocks, [speakers[(k + 1) % len(speakers)]])
        found.append(Fold(speaker, recordings.groups(blocks, others), choosing, recordings.groups(blocks, [speaker])))
    return found


def halves(recordings: Recordings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two halves of the speakers: choices for tests on one are made on the other."""
    middle = len(recordings.speakers) // 2
    return recordings.speakers[:middle], recordings.speakers[middle:]


@functools.lru_cache(maxsize=4)
def frames_of(recordings: Recordings, name: str, ratio: float | None, seed: tuple[int, ...]) -> dict[int, FloatArray]:
    """Frames of the recordings by their number, from a front end, with white noise of a ratio in decibels if given."""
    data = recordings.data
    found = {}
    for number in np.flatnonzero(recordings.block >= 0).tolist():
        waveform = data.waveforms[number]
        if ratio is not None:
            waveform = with_noise(waveform, ratio, np.random.default_rng([*seed, number]))
        found[number] = front_end(name, waveform, data.rate)
    return found


def mask_of(seed: Sequence[int], number: int, nodes: int, features: int) -> FloatArray:
    """The mask of a number, shape (nodes, features)."""
    return random_mask(nodes, features, seed=np.random.default_rng([*seed, 2, number]))


def currents(point: WorkingPoint, frames: FloatArray, mask: FloatArray) -> FloatArray:
    """Currents of the nodes [A] at each frame of a recording, shape (frames, nodes)."""
    masked = frames @ mask.T / np.sqrt(mask.shape[1])
    return np.asarray(point.bias + point.swing * np.clip(masked, -CLIP, CLIP))


def driven(
    point: WorkingPoint,
    frames: Sequence[FloatArray],
    mask: FloatArray,
    *,
    temperature: float,
    seed: int,
    drift: float = 0.0,
) -> list[FloatArray]:
    """Amplitudes of the virtual nodes at each frame of some recordings, shape (frames, nodes) each.

    The recordings run one after another in some rows of about the same length, the longest first. What the oscillator
    remembers of the one before lasts for some of the nodes of the first frame.

    Parameters
    ----------
    point : WorkingPoint
        The oscillator, its bias, the current of a standard deviation of the masked input, and the node time.
    frames : sequence of ndarray
        Features of each recording.
    mask : ndarray
        Mask, shape (nodes, features).
    temperature : float
        Temperature of the noise. [K]
    seed : int
        Its seed.
    drift : float
        Share by which all currents have drifted, against the threshold of the oscillator.
    """
    nodes = len(mask)
    calls = CALLS if len(frames) > ROWS else 1
    lengths = np.zeros(calls * ROWS, dtype=int)
    places: dict[int, tuple[int, int]] = {}
    for number in sorted(range(len(frames)), key=lambda k: -len(frames[k])):
        row = int(lengths.argmin())
        places[number] = row, int(lengths[row])
        lengths[row] += len(frames[number])
    levels = np.full((len(lengths), lengths.max(), nodes), point.bias)
    for number, (row, begin) in places.items():
        levels[row, begin : begin + len(frames[number])] = currents(point, frames[number], mask)
    shape, levels = levels.shape, (1 + drift) * levels.reshape(len(lengths), -1)
    before = int(np.ceil(point.settling / point.node_time))
    levels = np.concatenate([np.full((len(levels), before), (1 + drift) * point.bias), levels], axis=1)

    def run(call: int, _: int) -> FloatArray:
        own = levels[call * ROWS : (call + 1) * ROWS]
        noise = int(np.random.SeedSequence([seed, call]).generate_state(1)[0])
        held = held_response(point.device, own, point.node_time, temperature=temperature, seed=noise, threads=1)
        return held.amplitudes[:, before:]

    found = np.concatenate(list(in_chunks(range(calls), run, size=1, threads=CALLS))).reshape(shape)
    return [found[row, begin : begin + len(frames[number])] for number, (row, begin) in sorted(places.items())]


def response(
    recordings: Recordings,
    blocks: Sequence[int],
    speakers: Sequence[str],
    name: str,
    seed: list[int],
    ratio: float | None = None,
    point: WorkingPoint | None = None,
    nodes: int = 0,
    mask: int = 0,
    temperature: float = 0.0,
    drift: float = 0.0,
) -> dict[str, Any]:
    """What the readout sees of the recordings of some blocks: sums and means of each group.

    Parameters
    ----------
    recordings, blocks, speakers
        The recordings, and which of them.
    name : str
        The front end.
    seed : list of int
        Seed of masks and noises.
    ratio : float, optional
        Ratio of signal to white noise [dB]; default: none is added.
    point : WorkingPoint, optional
        The oscillator; default: the readout sees the features of the front end.
    nodes, mask : int
        Number of virtual nodes, and of the mask.
    temperature, drift : float
        As of :func:`driven`.
    """
    members = {group: recordings.members(group) for group in recordings.groups(blocks, speakers)}
    everyone = np.concatenate(list(members.values()))
    frames = frames_of(recordings, name, ratio, (*seed, 1))
    seen = [frames[number] for number in everyone.tolist()]
    if point is not None:
        matrix = mask_of(seed, mask, nodes, seen[0].shape[1])
        noise = int(np.random.SeedSequence([*seed, 3, blocks[0]]).generate_state(1)[0])
        seen = driven(point, seen, matrix, temperature=temperature, seed=noise, drift=drift)
    found: dict[str, Any] = {}
    begin = 0
    for (speaker, block), numbers in members.items():
        own = seen[begin : begin + len(numbers)]
        begin += len(numbers)
        digits = recordings.data.digits[numbers]
        targets = np.repeat(np.eye(10)[digits], [len(each) for each in own], axis=0)
        parts = Sums.of(np.concatenate(own), targets).packed()
        parts |= {"means": np.array([each.mean(axis=0) for each in own]), "digits": digits}
        found |= {f"{block}|{speaker}|{key}": value for key, value in parts.items()}
    return found


def collected(results: Sequence[Mapping[str, Any]]) -> Utterances:
    """Results of blocks in one."""
    groups: dict[Group, dict[str, Any]] = {}
    for result in results:
        for key, value in result.items():
            block, speaker, part = key.split("|")
            groups.setdefault((speaker, int(block)), {})[part] = value
    return Utterances(
        {group: Sums.unpacked(parts) for group, parts in groups.items()},
        {group: parts["means"] for group, parts in groups.items()},
        {group: parts["digits"] for group, parts in groups.items()},
    )
