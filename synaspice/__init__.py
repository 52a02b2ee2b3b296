"""Compact models of neuromorphic devices: declared once, simulated, exported, characterised and plotted.

The names that people use every day are here; they are imported on first use. The parts of the package are
:mod:`synaspice.devices`, :mod:`synaspice.circuits`, :mod:`synaspice.characterization` and :mod:`synaspice.figures`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
