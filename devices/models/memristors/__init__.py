"""Memristors and resistive memories: devices whose resistance depends on what flowed before.

Magnetic ones are in ``junctions`` and ``domain_walls``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
