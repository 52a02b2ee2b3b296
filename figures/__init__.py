"""From tables to pictures, the gallery, and the command line.

Nothing here measures: that is :mod:`synaspice.characterization`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
