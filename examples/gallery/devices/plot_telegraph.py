"""
Random telegraph noise of a low barrier
=======================================

A junction as a chain of two states, whose rates come from the Fokker-Planck equation: traces of any length.
"""

from synaspice import MTJ, telegraph
from synaspice.figures import plot

figure = plot(telegraph(MTJ.preset("hayakawa2021-like"), seed=1))
