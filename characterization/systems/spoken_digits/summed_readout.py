r"""Linear readouts of utterances, trained from sums over their frames.

The readout is trained on frames, each with the target 1 for its digit and 0 for the others; an utterance is what has
the largest output in the mean over its frames. As the readout is linear, that is its output for the mean features, and
training needs the sums over frames of features and targets and of their products alone. Sums of groups of utterances
add, so that any split of the groups into training and test costs no other pass through the frames.

.. math:: \mathbf W = \left(\mathbf S_{xx} + \lambda n \mathbf 1\right)^{-1} \mathbf S_{xy}

with the sums of products of centred features, scaled to unit variance, and targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ..linear_readout import LinearReadout

#: Penalties among which one is chosen, per frame, the largest first: of equal ones it is taken.
PENALTIES = tuple(10.0 ** np.arange(0, -7.5, -1.0))


@dataclass(frozen=True)
class Sums:
    """Sums over frames.

    Attributes
    ----------
    count : float
        Number of frames.
    features, targets : ndarray
        Sums of both.
    squares, products : ndarray
        Sums of the products of features with each other, and with targets.
    """

    count: float
    features: FloatArray
    targets: FloatArray
    squares: FloatArray
    products: FloatArray

    @classmethod
    def of(cls, features: FloatArray, targets: FloatArray) -> Sums:
        """Those of some frames, shapes (frames, features) and (frames, targets)."""
        return cls(
            len(features), features.sum(axis=0), targets.sum(axis=0), features.T @ features, features.T @ targets
        )

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count,
            self.features + other.features,
            self.targets + other.targets,
            self.squares + other.squares,
            self.products + other.products,
        )

    def packed(self) -> dict[str, Any]:
        """As arrays, of the symmetric one a half."""
        upper = np.triu_indices(len(self.features))
        return {
            "count": self.count,
            "features": self.features,
            "targets": self.targets,
            "squares": self.squares[upper],
            "products": self.products,
        }

    @classmethod
    def unpacked(cls, found: Mapping[str, Any]) -> Sums:
        """What :meth:`packed` gave."""
        size = len(found["features"])
        squares = np.zeros((size, size))
        squares[np.triu_indices(size)] = found["squares"]
        squares = squares + np.triu(squares, 1).T
        return cls(float(found["count"]), found["features"], found["targets"], squares, found["products"])


@dataclass(frozen=True)
class Utterances:
    """Groups of utterances, as a readout sees them.

    Attributes
    ----------
    sums : dict
        Sums over the frames of each group.
    means, digits : dict
        Mean features of each utterance of each group, and what it is.
    """

    sums: Mapping[Any, Sums]
    means: Mapping[Any, FloatArray]
    digits: Mapping[Any, np.ndarray]

    def errors(self, readout: LinearReadout, groups: Sequence[Any]) -> tuple[int, int]:
        """How many utterances of some groups are told wrongly, and how many there are."""
        truth = np.concatenate([self.digits[group] for group in groups])
        told = readout(np.concatenate([self.means[group] for group in groups])).argmax(axis=1)
        return int(np.sum(told != truth)), len(truth)


@dataclass(frozen=True)
class Fold:
    """A split of groups: a part of those that train chooses the penalty for the rest of them, then all of them train.

    Attributes
    ----------
    name : str
        What is held out.
    training, choosing, testing : tuple
        Groups that train, those among them that choose the penalty, and those that test.
    """

    name: str
    training: tuple[Any, ...]
    choosing: tuple[Any, ...]
    testing: tuple[Any, ...]

    def __post_init__(self) -> None:
        if {*self.training} & {*self.testing}:
            raise ParameterError(f"{self.name}: groups that test must not train")
        if not {*self.choosing} < {*self.training} or not self.testing:
            raise ParameterError(f"{self.name}: some groups must train, some of them choose, and others test")


def solve(sums: Sums, penalties: Sequence[float]) -> list[LinearReadout]:
    """The readouts of some penalties, per frame.

    Raises
    ------
    ParameterError
        If there are fewer than two frames.
    """
    if sums.count < 2:
        raise ParameterError(f"a readout needs two frames at least, not {sums.count:g}")
    middle, level = sums.features / sums.count, sums.targets / sums.count
    squares = sums.squares - sums.count * np.outer(middle, middle)
    variance = np.maximum(np.diag(squares) / sums.count, 0.0)
    # What only rounding makes vary has no meaning.
    spread = np.sqrt(np.where(variance > 1e-12 * np.diag(sums.squares) / sums.count, variance, np.inf))
    squares = squares / np.outer(spread, spread)
    products = (sums.products - sums.count * np.outer(middle, level)) / spread[:, np.newaxis]
    found = []
    for penalty in penalties:
        matrix = squares + penalty * sums.count * np.eye(len(squares))
        weights = linalg.solve(matrix, products, assume_a="pos") / spread[:, np.newaxis]
        found.append(LinearReadout(weights, level - middle @ weights, penalty))
    return found


def added(utterances: Utterances, groups: Sequence[Any]) -> Sums:
    """Sums over the frames of some groups."""
    first, *others = (utterances.sums[group] for group in groups)
    return sum(others, first)


def train(utterances: Utterances, fold: Fold) -> LinearReadout:
    """Train on a fold, with the penalty that errs least on those groups of its training that choose."""
    rest = [group for group in fold.training if group not in fold.choosing]
    readouts = solve(added(utterances, rest), PENALTIES)
    errors = [utterances.errors(readout, fold.choosing)[0] for readout in readouts]
    return solve(added(utterances, fold.training), [PENALTIES[int(np.argmin(errors))]])[0]


def accuracy(utterances: Utterances, fold: Fold, tested: Utterances | None = None) -> float:
    """Share of the test of a fold that is told rightly; of other features of the same utterances, if they are given."""
    wrong, number = (utterances if tested is None else tested).errors(train(utterances, fold), fold.testing)
    return 1 - wrong / number
