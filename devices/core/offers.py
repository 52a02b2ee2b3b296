"""How a model offers a protocol: a method that returns it, marked with :func:`offers`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Concatenate, ParamSpec, TypeVar

Kind = TypeVar("Kind")
Model = TypeVar("Model")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Offer:
    """By which method a model offers a protocol, and for which devices that tells something."""

    method: str
    takes_quantity: bool
    when: bool | Callable[[Any], bool]

    def suits(self, device: object) -> bool:
        """Whether measuring a device so tells something about it."""
        return self.when(device) if callable(self.when) else self.when


def offers(
    kind: type[Kind], *, when: bool | Callable[[Any], bool] = True
) -> Callable[[Callable[Concatenate[Model, Arguments], Kind]], Callable[Concatenate[Model, Arguments], Kind]]:
    """Mark the method by which a model offers a protocol; a subclass that overrides the method offers it too.

    Parameters
    ----------
    kind : type
        The protocol: the type that the method returns. The method takes nothing, or the name of a quantity if the
        device has the protocol for several.
    when : bool or callable
        Whether to measure so tells something: always, never, or for the devices for which the function says so. The
        others still answer when they are asked, but no bench that needs the protocol is suggested for them.
    """

    def mark(method: Callable[Concatenate[Model, Arguments], Kind]) -> Callable[Concatenate[Model, Arguments], Kind]:
        takes_quantity = len(inspect.signature(method).parameters) > 1
        vars(method).setdefault("offers", {})[kind] = Offer(method.__name__, takes_quantity, when)
        return method

    return mark


def offers_of(model: type) -> dict[type, Offer]:
    """Offers of a class and its bases; a class's own marks go before those of its bases."""
    found: dict[type, Offer] = {}
    for base in reversed(model.__mro__):
        for item in vars(base).values():
            if isinstance(item, FunctionType):
                found |= vars(item).get("offers", {})
    return found
