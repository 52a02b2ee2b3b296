"""Bit cells of memristors and junctions, and what all cells with one ask of it: what fits, its states, its polarity.

Cells that store a weight are in ``synapses``, those of domain walls in ``spin``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
