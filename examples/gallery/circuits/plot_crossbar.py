"""
What the resistance of wires does to a crossbar
===============================================
"""

import matplotlib.pyplot as plt
import numpy as np

from synaspice.circuits import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import Conductances

generator = np.random.default_rng(1)
conductances = generator.uniform(2e-6, 5e-5, (64, 64))
inputs = generator.uniform(0, 0.2, 64)
ideal = inputs @ conductances
figure, axes = plt.subplots(figsize=(4.4, 3.4), layout="constrained")
for resistance in (0.5, 2.0, 5.0):
    found = Crossbar(Conductances(conductances), resistance, resistance).output(inputs)
    axes.plot(1e6 * ideal, 1e6 * found, "o", markersize=3, label=f"{resistance:g} Ω per segment")
axes.plot(1e6 * ideal, 1e6 * ideal, color="0.5", linewidth=0.8)
axes.set(xlabel="Current of ideal wires (µA)", ylabel="Current (µA)")
axes.legend()
