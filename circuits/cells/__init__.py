"""Cells of devices and transistors: neurons, synapses, readout; and the technologies of their transistors.

What runs a netlist is in ``engine``, benches in :mod:`synaspice.characterization.cells`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
