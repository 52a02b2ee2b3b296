r"""Weights as conductances of a crossbar, and its currents as weighted sums.

A conductance has no sign, so a signed weight is a difference of two: of a pair of columns (``differential``),

.. math:: w = \frac{G^+ - G^-}{k}, \qquad G^\pm = G_\mathrm{min} + k \max(\pm w, 0), \qquad
    k = \frac{G_\mathrm{max} - G_\mathrm{min}}{w_\mathrm{max}}

or from one column that all share (``offset``),

.. math:: w = \frac{G - G_0}{k}, \qquad G = G_0 + k\,w, \qquad G_0 = \frac{G_\mathrm{min} + G_\mathrm{max}}{2}, \qquad
    k = \frac{G_\mathrm{max} - G_\mathrm{min}}{2\,w_\mathrm{max}}
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ....devices.core.variability import Distribution
from ....devices.language.checks import known, positive, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ..crosspoints.crossings import Conductances, matrix_of

SCHEMES = ("differential", "offset")


def quantize(conductance: ArrayLike, levels: int, least: float, most: float) -> FloatArray:
    """Nearest of evenly spaced levels of conductance [S].

    Parameters
    ----------
    conductance : array_like
        Conductances, shape (N, M). [S]
    levels : int
        Number of levels, at least two.
    least, most : float
        The lowest and the highest level. [S]

    Raises
    ------
    ParameterError
        If there are fewer than two levels, or a conductance is not between the lowest and the highest.
    """
    number, values = whole("levels", levels, 2), matrix_of("conductance", conductance, "S")
    _check_range(least, most)
    slack = 1e-9 * (most - least)
    if np.any(out := (values < least - slack) | (values > most + slack)):
        i, j = np.argwhere(out)[0]
        raise ParameterError(f"conductance[{i}, {j}] = {values[i, j]:g} S is not within {least:g} to {most:g} S")
    step = (most - least) / (number - 1)
    return least + step * np.rint((values - least) / step)


def scatter(conductance: ArrayLike, distribution: Distribution, seed: int) -> FloatArray:
    """Conductances scattered about their nominal values, as one pass of programming leaves them [S].

    Parameters
    ----------
    conductance : array_like
        Nominal conductances, shape (N, M). [S]
    distribution : Distribution
        Such as ``LogNormal(0.05)``; see :mod:`synaspice.devices.core.variability`.
    seed : int
        Seed.

    Raises
    ------
    ParameterError
        If a value is not positive any more: the distribution is too wide for it.
    """
    nominal = matrix_of("conductance", conductance, "S")
    normal = np.random.default_rng(whole("seed", seed, 0)).standard_normal(nominal.shape)
    pairs = zip(nominal.ravel().tolist(), normal.ravel().tolist(), strict=True)
    found = np.array([distribution.at(value, z) for value, z in pairs]).reshape(nominal.shape)
    return Conductances(found).values


@dataclass(frozen=True, eq=False)
class WeightMapping:
    """Weights as conductances; made by :func:`map_weights`.

    Attributes
    ----------
    weights : ndarray
        The weights, shape (N, M).
    conductance : ndarray
        Conductances of the crossbar [S]: shape (N, 2 M), columns G+ and G- by turns, for ``differential``; shape
        (N, M + 1), the shared column last, for ``offset``.
    scale : float
        Conductance per unit of weight, k. [S]
    scheme : str
        ``differential`` or ``offset``.
    """

    weights: FloatArray
    conductance: FloatArray
    scale: float
    scheme: str

    def decode(self, currents: ArrayLike) -> FloatArray:
        """Weighted sums of the input voltages that currents of the crossbar's bit lines stand for.

        Parameters
        ----------
        currents : array_like
            Currents of the bit lines, shape (columns,) or (K, columns). [A]

        Returns
        -------
        ndarray
            Sums of weight times voltage, shape (M,) or (K, M). [V]
        """
        values = np.asarray(currents, dtype=float)
        if values.ndim not in (1, 2) or values.shape[-1] != self.conductance.shape[1]:
            raise ParameterError(f"currents must be those of {self.conductance.shape[1]} bit lines, not {values.shape}")
        if self.scheme == "differential":
            sums = (values[..., ::2] - values[..., 1::2]) / self.scale
        else:
            sums = (values[..., :-1] - values[..., -1:]) / self.scale
        return np.asarray(sums, dtype=np.float64)

    def effective(self, conductance: ArrayLike) -> FloatArray:
        """Weights that other conductances of the crossbar stand for, shape (N, M), such as a transfer matrix [1]."""
        return self.decode(matrix_of("conductance", conductance, "S"))


def map_weights(
    weights: ArrayLike,
    least: float,
    most: float,
    *,
    scheme: str = "differential",
    largest: float | None = None,
    levels: int | None = None,
) -> WeightMapping:
    """Map signed weights to conductances.

    Parameters
    ----------
    weights : array_like
        Weights, shape (N, M).
    least, most : float
        The range of conductances of a cell. [S]
    scheme : str
        ``"differential"`` or ``"offset"``.
    largest : float, optional
        The weight that the whole range stands for, w_max; default: the largest there is.
    levels : int, optional
        Number of evenly spaced levels that a cell has; default: any conductance.

    Raises
    ------
    ParameterError
        If a weight is beyond the largest, the range is empty, or there are fewer than two levels.
    UnknownNameError
        If there is no such scheme.
    """
    values = matrix_of("weights", weights, "1")
    known("scheme", scheme, SCHEMES)
    _check_range(least, most)
    limit = float(np.max(np.abs(values))) if largest is None else positive("largest", largest)
    if limit == 0:
        raise ParameterError("all weights are 0: give the largest that the range of conductances shall stand for")
    if np.any(out := np.abs(values) > limit):
        i, j = np.argwhere(out)[0]
        raise ParameterError(f"weights[{i}, {j}] = {values[i, j]:g} is outside [-{limit:g}, {limit:g}]")
    n, m = values.shape
    if scheme == "differential":
        scale = (most - least) / limit
        conductance = np.empty((n, 2 * m))
        conductance[:, ::2] = least + scale * np.maximum(values, 0.0)
        conductance[:, 1::2] = least + scale * np.maximum(-values, 0.0)
    else:
        scale = (most - least) / (2 * limit)
        middle = (least + most) / 2
        conductance = np.hstack([middle + scale * values, np.full((n, 1), middle)])
    if levels is not None:
        whole("levels", levels, 2)
        programmed = slice(None) if scheme == "differential" else slice(0, m)  # the shared column is a fixed reference
        conductance[:, programmed] = quantize(conductance[:, programmed], levels, least, most)
    return WeightMapping(values, conductance, scale, scheme)


def _check_range(least: float, most: float) -> None:
    if not 0 < least < most < np.inf:
        raise ParameterError(f"a range of conductances needs 0 < least < most, not {least!r} to {most!r} S")
