"""What an assembly records of the elements of a cell: names, nodes and numbers, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Transistor(NamedTuple):
    """A transistor: ``"nmos"`` or ``"pmos"``; drain, gate, source, body; width and length [m]; how many in parallel."""

    kind: str
    name: str
    nodes: tuple[str, ...]
    width: float
    length: float
    parallel: float


class Passive(NamedTuple):
    """A resistor or a capacitor: ``"R"`` [ohm] or ``"C"`` [F]."""

    letter: str
    name: str
    nodes: tuple[str, ...]
    value: float


class PlacedDevice(NamedTuple):
    """A device: name in the cell, model, options, node of every pin that is connected, and values."""

    name: str
    model: str
    options: Mapping[str, str]
    nodes: Mapping[str, str]
    values: Mapping[str, float]


class PlacedCell(NamedTuple):
    """A cell within the cell: name, kind, nodes by port or in order, values, options and devices."""

    name: str
    model: str
    nodes: Mapping[str, str] | Sequence[str]
    values: Mapping[str, float]
    options: Mapping[str, str]
    devices: Mapping[str, Any]
