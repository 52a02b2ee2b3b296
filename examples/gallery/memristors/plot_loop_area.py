"""
A pinched loop closes with the frequency
========================================
"""

from synaspice import LinearIonDrift, loop_area
from synaspice.figures import plot

figure = plot(loop_area(LinearIonDrift()))
