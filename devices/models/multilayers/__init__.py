"""Stacks of several magnetic layers that move together: coupled free layers, moving reference layers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
