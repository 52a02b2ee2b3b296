"""
Ferromagnetic resonance over the field
======================================
"""

from synaspice import MTJ, fmr
from synaspice.figures import plot

figure = plot(fmr(MTJ.preset("garciaredondo2021")))
