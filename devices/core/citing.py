"""What to cite for a device: its model's publications and its preset's, and all that was used in this process."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..language.citations.citation import Citation, citations_in, unique

if TYPE_CHECKING:
    from ..language.presets.preset import Preset
    from .base import DeviceModel

#: What tables and netlists of this process were made of, in the order in which they were.
_USED: dict[Citation, None] = {}


def citations_of(model: type[DeviceModel], preset: Preset | None = None) -> tuple[Citation, ...]:
    """Publications of a model and of a preset's values, each once.

    Parameters
    ----------
    model : type of DeviceModel
        The model: its ``reference``, and what the section ``References`` of its docstring names with a DOI.
    preset : Preset, optional
        The preset.
    """
    kind: Any = model  # classes have a hash, whatever that of their objects takes
    return _citations(kind, Citation(preset.reference, preset.doi) if preset and preset.reference else None)


@functools.lru_cache(maxsize=512)
def _citations(model: type[DeviceModel], of_values: Citation | None) -> tuple[Citation, ...]:
    found = [] if of_values is None else [of_values]
    if model.reference:
        first, *others = model.reference.split("; ")
        found += [Citation(first, model.doi), *map(Citation, others)]
    return unique([*found, *citations_in(model.__doc__)])


def remember(citations: Iterable[Citation]) -> None:
    """Keep what was used."""
    _USED.update(dict.fromkeys(citations))


def used() -> tuple[Citation, ...]:
    """What tables and netlists of this process were made of."""
    return tuple(_USED)


def used_for(device: DeviceModel) -> list[str]:
    """Publications of a device that something is made of, as lines; they are remembered."""
    found = citations_of(type(device), device.provenance)
    remember(found)
    return [str(citation) for citation in found]
