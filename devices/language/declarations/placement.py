"""Where a class's declarations stand among those that it inherits: their order is that of every generated text."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

_ANCHOR: ContextVar[str | None] = ContextVar("anchor", default=None)


@contextlib.contextmanager
def before(name: str) -> Iterator[None]:
    """Within the block, in a class body, declarations stand before an inherited one instead of after all of them.

    An expression of a derived quantity may refer to those that stand before it: so a model gives a part of itself
    what that part's quantities need.

    Parameters
    ----------
    name : str
        Name of the inherited declaration.
    """
    token = _ANCHOR.set(name)
    try:
        yield
    finally:
        _ANCHOR.reset(token)


def anchor() -> str | None:
    """The inherited declaration before which one that is made now shall stand, if there is one."""
    return _ANCHOR.get()


def placed(found: dict[str, Item], name: str, item: Item, successor: str | None) -> dict[str, Item]:
    """The declarations with one more, or with another one in the place of one that has its name.

    Raises
    ------
    TypeError
        If there is no declaration of the successor's name.
    """
    if name in found or successor is None:
        return found | {name: item}
    if successor not in found:
        raise TypeError(f"{name!r} is to stand before {successor!r}, but nothing of that name is inherited")
    position = list(found).index(successor)
    items = list(found.items())
    return dict([*items[:position], (name, item), *items[position:]])
