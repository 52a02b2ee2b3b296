"""
A junction that is switched by current
======================================

A voltage that is swept up and down switches the free layer both ways, without noise.
"""

from synaspice import MTJ, hysteresis
from synaspice.figures import plot

figure = plot(hysteresis(MTJ.preset("garciaredondo2021")))
