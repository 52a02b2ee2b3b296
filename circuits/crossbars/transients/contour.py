r"""Functions of time from their Laplace transforms, where all poles lie on the negative real axis: networks of R and C.

.. math:: f(t) = \frac{1}{2 \pi i} \int e^{st} F(s)\,ds \approx \frac{h}{\pi} \operatorname{Im}\sum_k
    e^{s_k t} F(s_k)\, i s'(u_k), \qquad s(u) = \mu\,[1 + \sin(iu - \alpha)], \quad u_k = (k + \tfrac12) h

on a hyperbola around the axis. With :math:`\Lambda` the ratio of the latest time to the earliest for which the same
points serve,

.. math::

    A = \operatorname{arcosh}\frac{(\pi - 2\alpha)\Lambda + 4\alpha - \pi}{(4\alpha - \pi)\sin\alpha}, \qquad
    h = \frac{A}{n}, \qquad \mu = \frac{4\pi\alpha - \pi^2}{A}\,\frac{n}{t_\mathrm{max}}

and the error falls as :math:`e^{-n(\pi^2 - 2\pi\alpha)/A}`: for every pole on the axis alike, however fast or slow.

References
----------
J. A. C. Weideman, L. N. Trefethen, Math. Comp. 76, 1341 (2007), doi:10.1090/S0025-5718-07-01945-X, as remembered; the
tests measure the error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....devices.language.waveforms.shapes import FloatArray

#: Points on the contour, ratio of the times for which they serve, and the angle of the hyperbola. [1, 1, rad]
POINTS, SPAN, ANGLE = 28, 10.0, 1.02

ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Contour:
    """Points in the plane of s that serve for a decade of times.

    Attributes
    ----------
    latest : float
        The latest of these times; the earliest is a tenth of it. [s]
    """

    latest: float

    @property
    def points(self) -> ComplexArray:
        """The points :math:`s_k` in the upper half plane [1/s]."""
        return np.asarray(self._scale * (1 + np.sin(self._angles)), dtype=complex)

    def weights(self, times: FloatArray) -> ComplexArray:
        """What the transform at every point is multiplied by for every time, whose imaginary part is the function."""
        slope = 1j * self._scale * np.cos(self._angles)
        return np.asarray(np.exp(np.multiply.outer(times, self.points)) * slope * self._step / np.pi, dtype=complex)

    @property
    def _opening(self) -> float:
        above = (math.pi - 2 * ANGLE) * SPAN + 4 * ANGLE - math.pi
        return math.acosh(above / ((4 * ANGLE - math.pi) * math.sin(ANGLE)))

    @property
    def _step(self) -> float:
        return self._opening / POINTS

    @property
    def _scale(self) -> float:
        return (4 * math.pi * ANGLE - math.pi**2) / self._opening * POINTS / self.latest

    @property
    def _angles(self) -> ComplexArray:
        return np.asarray(1j * (np.arange(POINTS) + 0.5) * self._step - ANGLE, dtype=complex)
