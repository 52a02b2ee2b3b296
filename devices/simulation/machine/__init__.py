"""Machine code of typed numeric functions written in a small part of Python, made by LLVM in tenths of a second.

Nothing here knows of devices: what is compiled is in the folders beside it.
"""

from __future__ import annotations
