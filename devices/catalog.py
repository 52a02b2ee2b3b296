"""Which devices there are."""

from __future__ import annotations

from typing import cast

from .core.base import MODELS
from .model import CompactModel


def models() -> dict[str, type[CompactModel]]:
    """Every compact model by name: of this package, of other installed packages, and of the running program."""
    return {name: cast(type[CompactModel], model) for name, model in MODELS.items()}


def find_model(name: str) -> type[CompactModel]:
    """The compact model of that name.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists those there are.
    """
    return cast(type[CompactModel], MODELS.find(name))
