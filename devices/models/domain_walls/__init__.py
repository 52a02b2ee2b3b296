"""Domain-wall devices: their state is the position of a wall."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
