r"""Linear readout by ridge regression, its penalty chosen on the training data alone.

.. math:: \min_{\mathbf w, b} \sum_t (\mathbf w \cdot \mathbf x_t + b - y_t)^2 + \lambda\,|\mathbf w|^2

The features are centred and scaled to unit variance. The penalty is that of the smallest leave-one-out error, which
follows from one singular value decomposition, :math:`e_t = (y_t - \hat y_t) / (1 - H_{tt})` with the hat matrix H.

References
----------
G. H. Golub, M. Heath, G. Wahba, "Generalized cross-validation as a method for choosing a good ridge parameter",
Technometrics 21, 215 (1979), doi:10.1080/00401706.1979.10489751.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...devices.language.array_checks import reals
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray

#: Penalties among which one is chosen, per sample.
PENALTIES = tuple(10.0 ** np.arange(-10, 1.5, 0.5))


@dataclass(frozen=True)
class LinearReadout:
    """A trained readout; call it with features to get outputs.

    Attributes
    ----------
    weights : ndarray
        Weight of each feature for each output, shape (features, outputs), or (features,) of a single one.
    offset : ndarray
        Output of features that are all zero.
    penalty : float
        The chosen penalty, per sample.
    """

    weights: FloatArray
    offset: FloatArray
    penalty: float

    def __call__(self, features: ArrayLike) -> FloatArray:
        """Outputs for features, shape (samples, features)."""
        return np.asarray(np.asarray(features, dtype=float) @ self.weights + self.offset)


def train_readout(features: ArrayLike, targets: ArrayLike) -> LinearReadout:
    """Train a linear readout.

    Parameters
    ----------
    features : array_like
        Features of the training samples, shape (samples, features).
    targets : array_like
        What the outputs shall be, shape (samples,) or (samples, outputs).

    Returns
    -------
    LinearReadout
        The trained readout.

    Raises
    ------
    ParameterError
        If shapes do not fit, or there are fewer than two samples.
    """
    x = reals("features", features, dimensions=2)
    y = reals("targets", targets, dimensions=None)
    if y.ndim not in (1, 2) or len(y) != len(x) or len(x) < 2:
        raise ParameterError(f"there must be a target for each of at least two samples, not {y.shape} for {x.shape}")
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    aim = y.reshape(len(y), -1)
    level = aim.mean(axis=0)
    left, sizes, right = np.linalg.svd((x - middle) / spread, full_matrices=False)
    # Directions that only rounding makes have no meaning.
    kept = sizes > sizes[0] * len(x) * np.finfo(float).eps if sizes[0] > 0 else np.zeros(len(sizes), dtype=bool)
    left, sizes, right = left[:, kept], sizes[kept], right[kept]
    seen = left.T @ (aim - level)

    def left_out(penalty: float) -> float:
        shrunk = sizes**2 / (sizes**2 + penalty * len(x))
        hat = 1 / len(x) + (left**2) @ shrunk
        rest = (aim - level - left @ (shrunk[:, np.newaxis] * seen)) / np.maximum(1 - hat, 1e-12)[:, np.newaxis]
        return float(np.mean(rest**2))

    penalty = min(PENALTIES, key=left_out)
    solved = right.T @ ((sizes / (sizes**2 + penalty * len(x)))[:, np.newaxis] * seen)
    weights = solved / spread[:, np.newaxis]
    offset = level - middle @ weights
    return LinearReadout(weights, offset, penalty) if y.ndim == 2 else LinearReadout(weights[:, 0], offset[0], penalty)
