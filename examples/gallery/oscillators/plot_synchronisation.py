"""
Oscillators that share their current
====================================

The order parameter of coupled oscillators, beside Kuramoto's.
"""

from synaspice import AutoOscillator, synchronisation
from synaspice.figures import plot

figure = plot(synchronisation(AutoOscillator(), seed=1))
