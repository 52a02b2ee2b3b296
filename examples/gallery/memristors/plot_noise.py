"""
Noise of a memristor at rest
============================

Thermal noise, 1/f noise and a trap beside the filament.
"""

from synaspice import StanfordRRAM, noise
from synaspice.figures import plot

figure = plot(noise(StanfordRRAM(telegraph_amplitude=0.02)))
