"""
Amplitude and frequency of a vortex oscillator
==============================================

From periodic orbits: nothing waits for an oscillation that settles.
"""

from synaspice import VortexOscillator, amplitude
from synaspice.figures import plot

figure = plot(amplitude(VortexOscillator()))
