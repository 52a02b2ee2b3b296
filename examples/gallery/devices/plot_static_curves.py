"""
Current and resistance of a tunnel junction
===========================================

The bench ``iv`` holds a device in each of its reference states, and sweeps the voltage.
"""

from synaspice import MTJ, iv
from synaspice.figures import plot

junction = MTJ.preset("ikeda2010")
table = iv(junction)
figure = plot(table)

# %%
# A table is a pandas DataFrame in SI units; its ``attrs`` tell where every value comes from.

print(table.groupby("state")["resistance"].agg(["min", "max"]))
print(table.attrs["provenance"])
