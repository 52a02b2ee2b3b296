"""Cells of devices and transistors: neurons, synapses, readout; and the technologies of their transistors.

Cells around spin currents and domain walls have the folder ``spin``; what runs a netlist is in ``engine``.
Their benches are in :mod:`synaspice.characterization.cells`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
