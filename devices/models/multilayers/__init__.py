"""Stacks of magnetic layers that all move: coupled free layers, moving reference layers.

Junctions with one moving layer are in ``junctions``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
