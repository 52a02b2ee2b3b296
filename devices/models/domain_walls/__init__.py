"""Devices whose state is the position of a domain wall.

Cells made of them are in :mod:`synaspice.circuits.cells.spin`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
