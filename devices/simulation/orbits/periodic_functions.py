r"""Periodic functions by their values at evenly spaced times: derivatives and interpolation without error but rounding.

A function of period 1 with harmonics up to (N - 1) / 2 is given by its values at N (odd) times; its derivative there is
a product with the matrix

.. math::

    D_{jk} = \frac{\pi (-1)^{j-k}}{\sin(\pi (j - k) / N)}, \qquad D_{jj} = 0

(L. N. Trefethen, Spectral Methods in MATLAB, SIAM 2000, doi:10.1137/1.9780898719598, chapter 3).
"""

from __future__ import annotations

import functools

import numpy as np

from ...language.waveforms.shapes import FloatArray


@functools.lru_cache(maxsize=16)
def differentiation(count: int) -> FloatArray:
    """Matrix of the derivative of a function of period 1, by its values at an odd number of times."""
    place = np.arange(count)
    distance = place[:, None] - place[None, :]
    with np.errstate(divide="ignore"):
        found = np.pi * (-1.0) ** distance / np.sin(np.pi * distance / count)
    np.fill_diagonal(found, 0.0)
    return np.asarray(found)


def resampled(values: FloatArray, count: int, shift: float = 0.0) -> FloatArray:
    """Values at another number of evenly spaced times, from a phase on; the first axis is that of time."""
    spectrum = np.fft.rfft(values, axis=0)
    turns = np.exp(2j * np.pi * shift * np.arange(len(spectrum)))
    spectrum *= turns.reshape(-1, *[1] * (values.ndim - 1))
    kept = np.zeros((count // 2 + 1, *values.shape[1:]), dtype=complex)
    most = min(len(spectrum), len(kept) if count % 2 else len(kept) - 1)
    kept[:most] = spectrum[:most]
    return np.asarray(np.fft.irfft(kept, count, axis=0) * (count / len(values)))


def unresolved(values: FloatArray) -> float:
    """Part of a function in the highest quarter of its harmonics, of the largest there are: what is cut off is less."""
    size = np.abs(np.fft.rfft(values, axis=0))
    size = size.reshape(len(size), -1).max(axis=1)
    largest = size[1:].max(initial=0.0)
    return float(size[3 * len(size) // 4 :].max() / largest) if largest > 0 else 0.0
