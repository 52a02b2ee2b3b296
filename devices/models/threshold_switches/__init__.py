"""Threshold switches: two-terminal devices that turn on above a voltage and off by themselves, from their physics.

The behavioural model of such devices is the volatile memristor in ``memristors``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
