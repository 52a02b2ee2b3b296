r"""Sampled noise of the states in transients of circuit simulators: samples that are joined by lines.

A netlist for others has the simulator's own random sources, which hold every sample: at each jump ngspice ends a step
and begins with one of a tenth, so that it takes five for a sample. Samples that lines join have the same density at low
frequencies and no jumps, and two steps suffice.

Lines between samples at the distance :math:`\Delta`, and trapezoids of a step h between points that lie anywhere, pass
the part

.. math:: 1 - (\omega \Delta)^2 / 6 - (\omega h)^2 / 4

of the power of white samples, at frequencies well below :math:`1/\Delta`. So what is joined is

.. math:: (1 + b)\, n_k - b\, (n_{k-1} + n_{k+1}) / 2, \qquad b = 1/6 + (h/\Delta)^2 / 4

of independent :math:`n_k`, whose power rises by just as much; held samples lack :math:`(\omega \Delta)^2 / 12`.
"""

from __future__ import annotations

import sympy as sp

#: Least steps of a transient from one sample to the next, :math:`\Delta / h`.
STEPS_PER_SAMPLE = 2
#: By how much high frequencies are emphasised, b.
EMPHASIS = 1 / 6 + STEPS_PER_SAMPLE**-2 / 4
#: Time between the samples of a noise in a transient; a parameter of a subcircuit or native device.
INTERVAL = sp.Symbol("noise_interval", positive=True)


def samples_of(noise: sp.Symbol | str) -> str:
    """Name of the node or variable with the samples of a noise."""
    return f"{noise}_samples"


def sampled_noise(density: sp.Expr, samples: sp.Symbol) -> sp.Expr:
    """A noise of the states of a two-sided density, in terms of its samples of unit variance.

    Independent samples, one per interval, have the density ``interval`` at low frequencies, whether they are held or
    joined by lines.
    """
    return sp.sqrt(density / INTERVAL) * samples
