"""
The spin diode: a dc voltage of an alternating current
======================================================
"""

from synaspice import MTJ, spin_diode
from synaspice.figures import plot

figure = plot(spin_diode(MTJ.preset("garciaredondo2021")))
