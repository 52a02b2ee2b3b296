"""
Two oscillators that lock to each other
=======================================

Frequencies of two oscillators in a common current over their detuning, beside the closed form.
"""

from synaspice import AutoOscillator, mutual_locking
from synaspice.figures import plot

figure = plot(mutual_locking(AutoOscillator(nonlinear_frequency_shift=-2e9)))
