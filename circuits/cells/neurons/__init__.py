"""Cells that fire: neurons of transistors, memristors and junctions, and rows of them.

Neurons of spin currents and domain walls are in ``spin``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
