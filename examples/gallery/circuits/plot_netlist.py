"""
A device in a netlist of one's own
==================================

A junction behind a resistor, in ngspice.
"""

import matplotlib.pyplot as plt

from synaspice import MTJ
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import Transient

junction = MTJ.preset("ikeda2010", initial_polar_angle=0.05)
netlist = f"""* a junction behind a resistor
{junction.netlist("ngspice")}
V1 in 0 PULSE(0 -2.0 0.2n 50p 50p 8n 1)
R1 in top 1k
X1 top 0 m_x m_y m_z mtj
"""
table = ngspice.run(netlist, Transient(step=2e-12, duration=12e-9, max_step=2e-12))

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
left.plot(1e9 * table["time"], table["v(top)"])
left.set(xlabel="Time (ns)", ylabel="Voltage across the junction (V)")
right.plot(1e9 * table["time"], table["v(m_z)"])
right.set(xlabel="Time (ns)", ylabel="$m_z$")
