"""
Measured data over a model's curve
==================================

``read_measured`` takes what instruments write, with the units of the field.
"""

import tempfile
from pathlib import Path

import numpy as np

from synaspice import MTJ, iv, read_measured
from synaspice.figures import plot

junction = MTJ.preset("ikeda2010")
voltage = np.linspace(-0.5, 0.5, 11)
current = voltage / (0.98 * junction.parallel_resistance)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "instrument.txt"
    lines = [f"{1e3 * v:.1f}\t{1e6 * i:.4f}" for v, i in zip(voltage, current, strict=True)]
    file.write_text("V1 [mV]\tI1 [uA]\n" + "\n".join(lines))
    measured = read_measured(file, voltage="V1", current="I1")
measured["resistance"] = (measured["voltage"] / measured["current"]).where(measured["voltage"] != 0)
figure = plot(iv(junction), data=measured.dropna())
