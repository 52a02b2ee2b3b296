"""
The astroid of a junction
=========================

The fields at which the free layer loses its state.
"""

from synaspice import MTJ, astroid
from synaspice.figures import plot

figure = plot(astroid(MTJ.preset("garciaredondo2021")))
