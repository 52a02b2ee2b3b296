"""The header of an exported subcircuit: what it is, where its values come from, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..core.citing import citations_of, remember
from ..language.quantities.quantity import format_si, with_unit
from ..language.registry import summary
from ..language.version import __version__
from .spice.statements import Statements

if TYPE_CHECKING:
    from ..core.base import DeviceModel


def describe(
    device: DeviceModel,
    write: Statements,
    name: str,
    pins: Sequence[str],
    parameters: Mapping[str, float],
    inputs: Sequence[str],
) -> list[str]:
    """Lines of comment about an exported device.

    Parameters
    ----------
    device : DeviceModel
        The device.
    write : Statements
        The dialect's statements.
    name : str
        Name of the subcircuit.
    pins : sequence of str
        Its pins, in order.
    parameters : Mapping
        Its parameters, with their values.
    inputs : sequence of str
        The inputs among the pins.
    """
    lines = [*origin(device, write.dialect.name, "netlist"), ""]
    lines.append(f"Use: X1 {' '.join(pins)} {name} [parameter=value ...]")
    lines.append(
        "Terminals: " + ", ".join(f"{b.positive} to {b.negative}: {b.description}" for b in device.branches().values())
    )
    for state_name, state in device.state_declarations().items():
        scale = "" if state.scale == 1 else f", 1 V = {with_unit(state.scale, state.unit)}"
        axis = f" along {state_name[-1]}" if state.vector else ""
        lines.append(f"  {state_name}: {state.description}{axis}{scale}; a node to look at, driven by the device")
    for pin in inputs:
        item = device.input_declarations()[pin]
        lines.append(f"  {pin}: {item.description}, 1 V = {with_unit(item.netlist_scale, item.unit)}")
    lines += ["", "Parameters, and where their values come from (computed ones stay as they are when others change):"]
    for parameter, value in parameters.items():
        declared = device.parameter_declarations()[parameter]
        number = format_si(value, declared.unit)
        lines.append(f"  {parameter} = {number}: {declared.description} ({stated(device, parameter)})")
    return [line for text in lines for line in write.comment(text, wrap=True)]


def stated(device: DeviceModel, parameter: str) -> str:
    """Provenance and source of a parameter's value, as one phrase."""
    grade, source = device.grade_of(parameter), device.source_of(parameter)
    return source if source.startswith(grade) else f"{grade}: {source}"


def origin(device: DeviceModel, simulator: str, product: str) -> list[str]:
    """The head of every generated text: the model, its equations, the preset, and this package.

    Parameters
    ----------
    device : DeviceModel
        The device.
    simulator : str
        Simulator that the text is for.
    product : str
        Kind of the text: a netlist, a module.
    """
    preset = device.provenance
    remember(citations_of(type(device), preset))
    lines = [f"{device.model_name()}: {summary(type(device))}"]
    if type(device).reference:
        doi = f", doi:{type(device).doi}" if type(device).doi else ""
        lines.append(f"Equations: {type(device).reference}{doi}")
    if preset:
        lines.append(f"Parameters: preset {preset.name}: {preset.title}")
        lines.append(f"  from {preset.citation}")
    lines.append(f"Values: {device.provenance_summary}")
    options = ", ".join(f"{key}={value}" for key, value in device.options.items())
    if options:
        lines.append(f"Built for {options} (fixed in the equations below)")
    version = __version__
    return [*lines, f"Generated for {simulator} by synaspice {version}; this {product} is yours, use it freely."]
