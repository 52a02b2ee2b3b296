"""Cells of magnets that spin currents and domain walls switch, with their lateral spin valve, training and network.

What any cell is made of (transistors, ports, assembly) is in the folder above.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
