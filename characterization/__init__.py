"""Benches that measure devices and cells, studies beyond them, and the tables that they return.

What runs a netlist is in :mod:`synaspice.circuits`, what plots a table in :mod:`synaspice.figures`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
