"""
Velocity of a domain wall over the current
==========================================
"""

from synaspice import DomainWallMagnet, velocity
from synaspice.figures import plot

figure = plot(velocity(DomainWallMagnet.preset("thiaville2005-like")))
