"""
How often a pulse switches a junction
=====================================

Ensembles of trajectories with thermal noise: the same seed gives the same table, on any number of cores.
"""

import numpy as np

from synaspice import MTJ, switching
from synaspice.figures import plot

junction = MTJ.preset("garciaredondo2021")
table = switching(junction, quantity="voltage", amplitude=np.linspace(0.1, 0.9, 9), trajectories=400, seed=1)
figure = plot(table)
