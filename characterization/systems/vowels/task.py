r"""Vowels on coupled oscillators: where vowels go in the plane of two tones, and how oscillators are tuned to them.

Two tones, A and B, drive four oscillators that share a current. Their frequencies are linear combinations of a vowel's
formants. Each vowel has a cell of the plane: A locks the first oscillator, the second or none, B the third, the
fourth or none. The combinations are those, and the cells are distributed so, that a linear regression on the training
data errs least. What an oscillator does is told by its mean frequency alone: it is locked to a tone that it equals.

Training tunes the natural frequencies by the dc currents: an oscillator that should be locked to a tone and is not goes
towards it, one that is and should not be goes away.

References
----------
M. Romera et al., Nature 563, 230 (2018), doi:10.1038/s41586-018-0632-y.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.models.oscillators.auto_oscillator import AutoOscillator
from .coupled_oscillators import Circuit, coupled_frequencies, free_frequency

#: Oscillators, and vowels that are told apart.
OSCILLATORS = 4
VOWELS = ("ae", "ah", "aw", "er", "ih", "iy", "uw")
#: Cells: the oscillator that A locks (0: none) and the one that B does, with the place of the tones, in spacings of the
#: oscillators' frequencies from that of the first.
CELLS = tuple(itertools.product((0, 1, 2), (0, 3, 4)))
PLACES = {0: (-1.0, 4.0), 1: (0.0, 0.0), 2: (1.0, 0.0), 3: (0.0, 2.0), 4: (0.0, 3.0)}
#: Tones stay this far, in spacings, from the other tone's oscillators, and no farther than this out.
NEAREST, FARTHEST = 0.4, 1.6
#: Difference of mean frequencies below which an oscillator is locked to a tone [Hz], and the time of the mean. [s]
LOCKED, COUNTED = 4e6, 300e-9


@dataclass(frozen=True)
class Combination:
    """How formants become tones.

    Attributes
    ----------
    cells : tuple
        Cell of each vowel.
    weights, offset : ndarray
        Linear map from formants to the places of A and B, in spacings, shapes (formants, 2) and (2,).
    """

    cells: tuple[tuple[int, int], ...]
    weights: FloatArray
    offset: FloatArray

    def tones(self, formants: FloatArray, first: float, spacing: float) -> FloatArray:
        """Frequencies of both tones for some vowels [Hz]; they stay within reach, and A on its side of B's."""
        places = formants @ self.weights + self.offset
        a = np.clip(places[:, 0], -FARTHEST, 2 - NEAREST)
        b = np.clip(places[:, 1], 1 + NEAREST, 3 + FARTHEST)
        return np.asarray(first + spacing * np.column_stack([a, b]))


def combine(formants: FloatArray, labels: np.ndarray, number: int = len(VOWELS)) -> Combination:
    """The combinations and cells of the smallest squared error on training data.

    Parameters
    ----------
    formants : ndarray
        Formants, shape (vowels, formants). [Hz]
    labels : ndarray
        Number of each vowel.
    number : int
        How many there are, at most nine.

    Raises
    ------
    ParameterError
        If there are too few vowels for a regression.
    """
    if len(formants) <= formants.shape[1] + 1 or number > len(CELLS):
        raise ParameterError(f"{len(formants)} vowels do not suffice to combine {formants.shape[1]} formants")
    columns = np.column_stack([formants, np.ones(len(formants))])
    known = np.eye(number)[labels]
    solved = np.linalg.lstsq(columns, known, rcond=None)[0]
    rest = known - columns @ solved
    # Of places y = known @ t the residual is rest @ t: its square is a quadratic form of the places of the vowels.
    form = rest.T @ rest
    places = np.array([[PLACES[a][0], PLACES[b][1]] for a, b in CELLS])
    choices = np.array(list(itertools.permutations(range(len(CELLS)), number)))
    errors = np.zeros(len(choices))
    for axis in range(2):
        there = places[choices, axis]
        errors += np.einsum("ki,ki->k", there @ form, there)
    best = choices[int(errors.argmin())]
    found = solved @ places[best]
    return Combination(tuple(CELLS[k] for k in best.tolist()), found[:-1], found[-1])


def start_currents(device: AutoOscillator, spacing: float) -> FloatArray:
    """Currents at which the four oscillators are a spacing apart, about the middle of the device's range [A].

    Raises
    ------
    ParameterError
        If the frequencies of its range do not reach so far.
    """
    currents = np.linspace(1.2, 2.8, 161) * device.threshold_current
    frequencies = free_frequency(device, currents)
    order = np.argsort(frequencies)
    low, high = frequencies[order[[0, -1]]]
    width = (OSCILLATORS - 1) * spacing
    if high - low < width:
        raise ParameterError(f"the frequencies of {device.model_name()} reach over {high - low:g} Hz, not {width:g} Hz")
    wanted = 0.5 * (low + high) - 0.5 * width + spacing * np.arange(OSCILLATORS)
    return np.asarray(np.interp(wanted, frequencies[order], currents[order]))


def locked_to(frequencies: FloatArray, tones: FloatArray) -> np.ndarray:
    """To which tone each oscillator is locked, 1 or 2, or 0 if to none, shape (circuits, oscillators)."""
    apart = np.abs(frequencies[:, :, np.newaxis] - tones[:, np.newaxis, :])
    return np.where(apart.min(axis=2) < LOCKED, apart.argmin(axis=2) + 1, 0)


def wanted_locks(combination: Combination, labels: np.ndarray) -> np.ndarray:
    """To which tone each oscillator should be locked for some vowels."""
    table = np.zeros((len(combination.cells), OSCILLATORS), dtype=int)
    for vowel, (a, b) in enumerate(combination.cells):
        for oscillator, tone in ((a, 1), (b, 2)):
            if oscillator:
                table[vowel, oscillator - 1] = tone
    return np.asarray(table[labels])


def told(locks: np.ndarray, combination: Combination) -> np.ndarray:
    """The vowel whose cell the locks are; -1: none's."""
    table = wanted_locks(combination, np.arange(len(combination.cells)))
    same = np.all(locks[:, np.newaxis, :] == table[np.newaxis], axis=2)
    return np.where(same.any(axis=1), same.argmax(axis=1), -1)


def tuning(
    device: AutoOscillator,
    currents: FloatArray,
    frequencies: FloatArray,
    tones: FloatArray,
    wanted: np.ndarray,
    rate: float,
) -> FloatArray:
    """Currents after a step of the learning rule, from what all vowels of the training say.

    Parameters
    ----------
    device : AutoOscillator
        The oscillators.
    currents : ndarray
        Their currents, shape (oscillators,). [A]
    frequencies, tones : ndarray
        Frequencies of the oscillators and of the tones for each vowel. [Hz]
    wanted : ndarray
        To which tone each oscillator should be locked.
    rate : float
        Share of the mean wish that is followed.
    """
    locks = locked_to(frequencies, tones)
    free = free_frequency(device, currents)
    wish = np.zeros(OSCILLATORS)
    for k in range(OSCILLATORS):
        for tone in (1, 2):
            apart = tones[:, tone - 1] - free[k]
            towards = (wanted[:, k] == tone) & (locks[:, k] != tone)
            away = (wanted[:, k] != tone) & (locks[:, k] == tone)
            wish[k] += apart[towards].sum() - apart[away].sum()
    step = 1e-3 * device.threshold_current
    slope = (free_frequency(device, currents + step) - free_frequency(device, currents - step)) / (2 * step)
    changed = currents + rate * wish / (np.maximum((wanted > 0).sum(axis=0), 1) * slope)
    return np.asarray(np.clip(changed, 1.15 * device.threshold_current, 2.9 * device.threshold_current))


def answers(
    device: AutoOscillator,
    currents: FloatArray,
    tones: Sequence[FloatArray],
    circuit: Circuit,
    *,
    temperature: float,
    seed: int,
) -> list[FloatArray]:
    """Frequencies of the oscillators for several sets of tones at a time, each with its currents."""
    each = np.concatenate([np.tile(row, (len(own), 1)) for row, own in zip(currents, tones, strict=True)])
    found = coupled_frequencies(
        device, each, np.concatenate(list(tones)), circuit, duration=COUNTED, temperature=temperature, seed=seed
    )
    return np.split(found, np.cumsum([len(own) for own in tones])[:-1])
