"""Spin-torque oscillators, described by the amplitude or the core of their oscillation.

Junctions that oscillate as macrospins are in ``junctions``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
