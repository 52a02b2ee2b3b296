"""Cells made of devices and transistors, crossbars, and the engine that runs them.

Nothing here measures or plots: that is :mod:`synaspice.characterization` and :mod:`synaspice.figures`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
