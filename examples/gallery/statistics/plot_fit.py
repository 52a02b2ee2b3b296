"""
Parameters from a measured loop
===============================

A loop with noise stands for the measurement. The fit begins with other values, and finds those that it came from.
"""

import numpy as np

from synaspice import VTEAM, fit, hysteresis
from synaspice.figures import plot

truth = VTEAM(resistance_on=80.0, rate_off=8e-4)
measured = hysteresis(truth, points=201)[["time", "voltage", "current"]]
generator = np.random.default_rng(1)
measured["current"] += 2e-5 * generator.standard_normal(len(measured))

found = fit(VTEAM(), measured, free=["resistance_on", "rate_off"])
print(found.parameters)
figure = plot(found.table)
