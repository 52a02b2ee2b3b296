"""
Windows of a memristor, compared in one picture
===============================================

A window slows the state down near its ends: loops of one device with three of them.
"""

import matplotlib.pyplot as plt

from synaspice import VTEAM, hysteresis

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for window in ("none", "joglekar", "biolek"):
    table = hysteresis(VTEAM(window=window))
    left.plot(1e3 * table["voltage"], 1e3 * table["current"], label=window)
    right.plot(1e6 * table["time"], table["x"])
left.set(xlabel="Voltage (mV)", ylabel="Current (mA)")
left.legend(title="window")
right.set(xlabel="Time (µs)", ylabel="State $x$")
