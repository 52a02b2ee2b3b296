"""Spin circuits: channels, their magnets, and the networks that they form.

Cells made of them are in :mod:`synaspice.circuits.cells.spin`, junctions in ``junctions``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
