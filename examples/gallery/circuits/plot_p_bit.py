"""
A p-bit: a junction of low barrier and three transistors
========================================================

Cells are run in ngspice, with the noise of the temperature.
"""

from synaspice.characterization import simulate
from synaspice.circuits import PBit
from synaspice.figures import plot

figure = plot(simulate(PBit()))
