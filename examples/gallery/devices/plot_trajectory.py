"""
A magnetisation that switches
=============================

A pulse of voltage, the trajectory of the free layer without noise, and its projections.
"""

import matplotlib.pyplot as plt

from synaspice import MTJ, Pulse

junction = MTJ.preset("ikeda2010", initial_polar_angle=0.05)
trace = junction.simulate(Pulse(0.0, -1.6, delay=0.2e-9, rise=50e-12, fall=50e-12, width=8e-9), 12e-9)

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for axis in "xyz":
    left.plot(1e9 * trace["time"], trace[f"m_{axis}"], label=f"$m_{axis}$")
left.set(xlabel="Time (ns)", ylabel="Magnetisation")
left.legend()
right.plot(trace["m_x"], trace["m_y"], linewidth=0.8)
right.set(xlabel="$m_x$", ylabel="$m_y$", aspect="equal")
