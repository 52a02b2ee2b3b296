"""Magnetic tunnel junctions: two-terminal, three-terminal and self-heating ones.

Junctions that read a domain wall are in ``domain_walls``, vortices in ``oscillators``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
