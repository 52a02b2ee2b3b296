"""Corners and temperatures in which cells are tried."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Situation = TypeVar("Situation")


def some_of(everything: Sequence[Situation], usual: Sequence[Situation]) -> Sequence[Situation]:
    """The usual ones; all of them with the variable SYNASPICE_EVERY_CORNER set, which takes a quarter of an hour."""
    return everything if os.environ.get("SYNASPICE_EVERY_CORNER") else usual
