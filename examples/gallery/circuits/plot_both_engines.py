"""
One device, two engines
=======================

The same loop from generated machine code, and from the generated netlist in ngspice.
"""

import matplotlib.pyplot as plt

from synaspice import VTEAM, hysteresis

device = VTEAM(window="biolek", conduction="exponential")
tables = {engine: hysteresis(device, engine=engine) for engine in ("numeric", "ngspice")}

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for (engine, table), line in zip(tables.items(), ("-", "--"), strict=True):
    left.semilogy(1e3 * table["voltage"], 1e3 * table["current"].abs(), line, label=engine)
left.set(xlabel="Voltage (mV)", ylabel="Size of the current (mA)", ylim=(1e-3, 20))
left.legend()
difference = (tables["numeric"]["x"] - tables["ngspice"]["x"]).abs()
right.semilogy(1e6 * tables["numeric"]["time"], difference)
right.set(xlabel="Time (µs)", ylabel="Difference of the state")
