"""
Drift of phase-change memory
============================
"""

from synaspice import PhaseChangeMemory, drift
from synaspice.figures import plot

figure = plot(drift(PhaseChangeMemory.preset("joshi2020")))
