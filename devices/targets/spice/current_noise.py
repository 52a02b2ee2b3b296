"""Noise of the currents in a subcircuit: sources whose thermal and flicker noise stand for those of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from ...core.system import TelegraphNoise
from ...language.declarations.declaration import TEMPERATURE, Branch, ElectricalNoise
from ...language.equations.constants import k_B
from .elements import Elements
from .statements import Statements

if TYPE_CHECKING:
    from ...core.base import DeviceModel

Densities = Mapping[str, tuple[sp.Expr, ...]]
Telegraphs = Mapping[str, tuple[TelegraphNoise, ...]]


def electrical_noise(device: DeviceModel, densities: Densities, elements: Elements, write: Statements) -> list[str]:
    """Lines of the declared noises of the currents, by their white and flicker densities."""
    lines: list[str] = []
    for name, (white, flicker) in densities.items():
        item = device.declarations()[name]
        assert isinstance(item, ElectricalNoise)
        branch = device.branches()[item.branch]
        thermal, pink = sp.Symbol(f"{name}_white", real=True), sp.Symbol(f"{name}_flicker", real=True)
        elements.add(thermal), elements.add(pink)
        current = sp.sqrt(white / (4 * k_B * TEMPERATURE)) * thermal
        about, has_pink = f"{name}: {item.description}, from the thermal noise of one ohm", False
        if flicker != 0 and write.has("flicker_model"):
            current, has_pink = current + sp.sqrt(flicker) * (pink - 1), True
            about += " and from 1/f V^2/Hz of another"
        elif flicker != 0:
            about += f"; no flicker noise: {write.dialect.name} has no source of it"
        lines += write.comment(about) + write.resistor(thermal, thermal, 0, "1")
        lines += write.flicker_voltage(pink) if has_pink else []
        lines += write.current(name, branch.positive, branch.negative, elements.expression(current))
    return lines


def telegraph_noise(device: DeviceModel, telegraphs: Telegraphs, elements: Elements, write: Statements) -> list[str]:
    """Lines of the noise of telegraph processes: white noise behind a low pass of their rate."""
    lines: list[str] = []
    branches: dict[str, Branch] = {branch.current: branch for branch in device.branches().values()}
    for process, effects in telegraphs.items():
        thermal, node = sp.Symbol(f"{process}_white", real=True), sp.Symbol(f"{process}_fluctuation", real=True)
        elements.add(thermal), elements.add(node)
        about = f"{node}: spectrum of {process}, the thermal noise of one ohm behind a low pass of its rates"
        lines += write.comment(about) + write.resistor(thermal, thermal, 0, "1")
        rate, strength = effects[0].rate, effects[0].strength
        into = rate * node - sp.sqrt(strength / (4 * k_B * TEMPERATURE)) * thermal
        lines += write.current(node, node, 0, elements.expression(into)) + write.capacitor(node, node, 0, "1")
        for effect in effects:
            branch = branches[str(effect.current)]
            current = elements.expression(effect.step * node)
            lines += write.current(f"{process}_{effect.current}", branch.positive, branch.negative, current)
    return lines
