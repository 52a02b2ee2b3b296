"""Compact models of neuromorphic devices, declared once: ``language`` has the words, ``models`` the devices.

``core``, ``simulation`` and ``targets`` make simulators of them. Circuits of several devices, and measurements,
are in the other parts of the package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
