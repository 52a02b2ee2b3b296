r"""Weights of a spin neuron for given patterns, as numbers of write pulses.

The weights that a neuron needs are those of the largest margin,

.. math:: \max_{w, m} m \quad\text{with}\quad \pm \sum_k \eta_{pk} w_k \ge m, \quad |w_k| \le w_\mathrm{max}

over all patterns :math:`p` (plus where it has to fire; :math:`\eta_{pk}` is the spin current at the magnet in that
pattern per weight of input k, that of an input that is off included), a linear program, then rounded to the sites of
the walls and improved by a search among them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from ....devices.language.errors import ParameterError
from .lateral_spin_valve import LateralSpinValve


def pulses_for(
    patterns: Sequence[Sequence[int]],
    fires: Sequence[bool],
    valve: LateralSpinValve,
    *,
    off: float | None = 0.0,
    seed: int = 0,
) -> tuple[tuple[int, ...], float]:
    """Write pulses with which a neuron fires for some patterns and for the others not, with the largest margin found.

    Parameters
    ----------
    patterns : sequence of sequences of int
        Inputs, 0 or 1; the threshold's input, the last one, is added.
    fires : sequence of bool
        Whether the neuron has to fire, pattern by pattern.
    valve : LateralSpinValve
        The neuron's circuit.
    off : float, optional
        Voltage of inputs that are off [V]; None: they float.
    seed : int
        Seed of the search among the sites.

    Returns
    -------
    tuple of int, float
        Pulses of every strip, and the least spin current per volt of the inputs towards the right decision. [S]

    Raises
    ------
    ParameterError
        If no weights do that.
    """
    signs = np.where(np.asarray(fires, dtype=bool), 1.0, -1.0)
    volts = [[1.0 if level else off for level in (*pattern, 1)] for pattern in patterns]
    towards = signs[:, None] * np.array([valve.spin_per_weight(row) for row in volts])
    weights, count = np.array(valve.written_weights), valve.inputs
    solved = linprog(
        np.r_[np.zeros(count), -1.0],
        A_ub=np.column_stack([-towards, np.ones(len(signs))]),
        b_ub=np.zeros(len(signs)),
        bounds=[(weights.min(), weights.max())] * count + [(None, None)],
    )
    ideal = np.asarray(solved.x)[:count]
    best = np.abs(weights - ideal[:, None]).argmin(axis=1)

    def margin(pulses: np.ndarray) -> float:
        return float((towards @ weights[pulses]).min())

    random, least = np.random.default_rng(seed), margin(best)
    for _ in range(4000):
        trial = best.copy()
        changed = random.integers(count, size=random.integers(1, 4))
        trial[changed] = random.integers(len(weights), size=len(changed))
        if (found := margin(trial)) >= least:
            best, least = trial, found
    if least <= 0:
        raise ParameterError("no weights of one neuron make it fire for just these patterns")
    return tuple(best.tolist()), least


@functools.cache
def pulses_for_at_least(least: int, valve: LateralSpinValve) -> tuple[int, ...]:
    """Write pulses with which a neuron fires if at least so many of its inputs are on, the threshold's not counted."""
    patterns = list(itertools.product((0, 1), repeat=valve.inputs - 1))
    return pulses_for(patterns, [sum(pattern) >= least for pattern in patterns], valve)[0]
