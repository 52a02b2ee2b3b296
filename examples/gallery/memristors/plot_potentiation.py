"""
Potentiation and depression of a synapse
========================================

Conductance over the number of pulses, with the nonlinearity of NeuroSim.
"""

from synaspice import VTEAM, potentiation
from synaspice.figures import plot

figure = plot(potentiation(VTEAM.preset("talati2016")))
