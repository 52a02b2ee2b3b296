"""Compact models of neuromorphic devices: declared once, simulated, exported, characterised and plotted.

Here are the names of every day, imported on first use; everything is in :mod:`synaspice.devices`,
:mod:`synaspice.circuits`, :mod:`synaspice.characterization` and :mod:`synaspice.figures`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
