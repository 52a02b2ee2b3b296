"""Ferroelectric memories: two-terminal devices whose resistance tells which way their polarisation points.

Their charge and capacitance are not described.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
