"""
Resistance over the field
=========================

Inputs of a device, such as an external field, are swept as its voltage is.
"""

from synaspice import MTJ, hysteresis
from synaspice.figures import plot

figure = plot(hysteresis(MTJ.preset("garciaredondo2021"), quantity="field"))
