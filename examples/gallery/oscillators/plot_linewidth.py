"""
Linewidth and phase noise of an oscillator
==========================================
"""

from synaspice import AutoOscillator, linewidth
from synaspice.figures import plot

figure = plot(linewidth(AutoOscillator()))
