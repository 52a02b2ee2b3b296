"""A piece of work that other processes can import, wherever a package called ``tests`` may be installed."""

from __future__ import annotations

from synaspice.devices import ParameterError


def square(number):
    if number < 0:
        raise ParameterError("a negative number")
    return {"square": number**2, "list": [number, -number]}
