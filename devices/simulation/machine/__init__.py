"""Machine code of typed numeric functions written in a small part of Python, made by LLVM in tenths of a second."""

from __future__ import annotations
