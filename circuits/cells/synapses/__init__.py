"""Cells that store a weight or pass a spike on with one.

Synapses of domain walls are in ``spin``, bit cells in ``memories``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
