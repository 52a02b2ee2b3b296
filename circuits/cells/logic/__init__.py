"""Cells that decide: the inverter, sense amplifiers, comparators.

What decides by a magnet is in ``spin``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
