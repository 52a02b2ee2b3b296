"""Cells that store a weight or pass a spike on with one, and the bit cells that weights are made of.

Synapses of domain walls are in ``spin``, the conditions that a memory in a cell must meet in ``memories``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
