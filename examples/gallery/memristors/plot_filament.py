"""
A filament that a current limit forms
=====================================
"""

from synaspice import StanfordRRAM, hysteresis
from synaspice.figures import plot

figure = plot(hysteresis(StanfordRRAM.preset("jiang2014")))
