"""
Write errors that no ensemble would see
=======================================

The Fokker-Planck equation has error rates of 1e-9 and below in a second.
"""

from synaspice import MTJ, write_error
from synaspice.figures import plot

figure = plot(write_error(MTJ.preset("ikeda2010"), methods=["fokker-planck"]))
