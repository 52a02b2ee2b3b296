"""The law by which a quantity changes over time: a power of the time, an exponential, or in proportion to it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from ..devices.language.waveforms.shapes import FloatArray

#: Error of every value, over the change of the quantity, beside that of the sample.
ERROR = 2.5e-3
#: Deviation of a fit in units of the errors above which it is refused, and below which it is as good as exact.
NO_FIT, EXACT = 2.0, 0.4
#: Longest time constant that a measurement tells, in units of its length.
LONGEST = 5.0
#: Time constants that are tried before the best one is refined.
TRIES = 64


def fitted_law(
    times: FloatArray, values: FloatArray, errors: FloatArray, origin: float
) -> tuple[dict[str, Any], FloatArray]:
    r"""The law that fits values best: its attributes, and its values at the times.

    .. math:: q \propto (t + t_0)^{-\nu}, \qquad q = q_\infty + (q_0 - q_\infty)\, e^{-t/\tau}, \qquad q = q_0 + r t

    Parameters
    ----------
    times : ndarray
        Times. [s]
    values : ndarray
        Values of the quantity.
    errors : ndarray
        Their standard errors.
    origin : float
        Time from which a power law counts, t_0. [s]

    Returns
    -------
    dict
        ``law``, None if none of them fits; ``time_constant`` [s] and ``rate`` [1/s times the unit], None unless the law
        has them; and the ``exponent`` of a power law.
    ndarray
        The law's values, NaN if there is none.
    """
    change = float(np.ptp(values))
    if change == 0 or len(times) < 4:
        return {"law": None, "time_constant": None, "rate": None}, np.full(len(times), np.nan)
    sigma = np.hypot(ERROR * change, errors)
    fits: dict[str, tuple[FloatArray, dict[str, float]]] = {}
    rate, start = np.polyfit(times, values, 1, w=1 / sigma)
    fits["linear"] = (start + rate * times, {"rate": float(rate)})
    age = times + origin
    if np.all(age > 0) and np.all(values > 0):
        slope, offset = np.polyfit(np.log(age), np.log(values), 1)
        fits["power law"] = (np.exp(offset + slope * np.log(age)), {"exponent": -float(slope)})
    exponential = _exponential(times, values, sigma)
    if exponential is not None:
        constant, curve = exponential
        fits["exponential"] = (curve, {"time_constant": constant})
    found: dict[str, Any] = {"law": None, "time_constant": None, "rate": None}
    off = {name: float(np.sqrt(np.mean(((curve - values) / sigma) ** 2))) for name, (curve, _) in fits.items()}
    best = min(off, key=lambda name: off[name])
    # A law that is as good as exact needs no further parameter; three times are on an exponential in any case.
    best = next((name for name in fits if off[name] <= EXACT), best)
    if off[best] > NO_FIT:
        return found, np.full(len(times), np.nan)
    return found | {"law": best} | fits[best][1], fits[best][0]


def _exponential(times: FloatArray, values: FloatArray, sigma: FloatArray) -> tuple[float, FloatArray] | None:
    """Time constant [s] and values of the exponential that deviates least; None if it takes much longer."""

    def curve(logarithm: float) -> FloatArray:
        basis = np.column_stack([np.ones_like(times), np.exp(-times / np.exp(logarithm))])
        found = np.linalg.lstsq(basis / sigma[:, np.newaxis], values / sigma, rcond=None)[0]
        return np.asarray(basis @ found)

    def deviation(logarithm: float) -> float:
        return float(np.mean(((curve(logarithm) - values) / sigma) ** 2))

    shortest = float(np.min(np.diff(times)))
    grid = np.linspace(np.log(shortest), np.log(2 * LONGEST * float(times[-1])), TRIES)
    at = int(np.argmin([deviation(one) for one in grid]))
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, TRIES - 1)]
    best = float(minimize_scalar(deviation, bounds=(low, high), method="bounded", options={"xatol": 1e-9}).x)
    if np.exp(best) > LONGEST * times[-1]:
        return None
    return float(np.exp(best)), curve(best)
