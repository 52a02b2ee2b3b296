"""Compact models of neuromorphic devices, each declared once.

The devices are in ``models``, the laws they share in ``physics``; ``language`` has the words of declarations,
``core``, ``simulation`` and ``targets`` make simulators of them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
