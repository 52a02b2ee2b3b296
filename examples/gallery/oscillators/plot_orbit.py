"""
A periodic orbit, its harmonics and its spectrum
================================================

``periodic_orbit`` solves for the orbit and its period. Floquet multipliers tell how fast deviations decay, and with
them follows the width of the line that thermal noise makes.
"""

import matplotlib.pyplot as plt
import numpy as np

from synaspice import AutoOscillator, periodic_orbit

orbit = periodic_orbit(AutoOscillator(), 1.5e-3)
print(f"{orbit.frequency / 1e9:.4f} GHz, deviations decay within {1e9 / orbit.relaxation_rate:.2f} ns")
print(f"linewidth at 300 K: {orbit.linewidth(300.0) / 1e6:.2f} MHz")

wave = orbit.table()
spectrum = orbit.spectrum(np.linspace(0.9, 1.1, 801) * orbit.frequency, 300.0, "voltage")
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
left.plot(1e12 * wave["time"], 1e3 * wave["voltage"])
left.set(xlabel="Time (ps)", ylabel="Voltage (mV)")
right.semilogy(1e-9 * spectrum["frequency"], spectrum["noise"])
right.set(xlabel="Frequency (GHz)", ylabel="Spectral density (V$^2$/Hz)")
