"""Cells of devices and transistors: neurons, synapses, readout; and the technologies of their transistors.

Cells around spin currents and domain walls are in ``spin``, what runs a netlist in ``engine``, benches
in :mod:`synaspice.characterization.cells`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
