"""Benches that measure devices and cells and return tables.

Nothing here plots: that is :mod:`synaspice.figures`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
