"""Cells that are arrays of others: crossbars with their transistors, decisions and neurons, in one netlist.

Single cells are in the folder above; arrays of any size, of wires and devices alone, in ``circuits/crossbars``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
