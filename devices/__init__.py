"""Compact models of neuromorphic devices, each declared once.

The devices are in ``models``, the laws they share in ``physics``; ``language`` is what a declaration is written in,
``core``, ``simulation`` and ``targets`` what is made of it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
