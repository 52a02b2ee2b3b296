"""Checks of the benches of arrays: closed forms of sneak paths, and cells by themselves where wires have no part."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.periphery.chain import Periphery
from ...devices.models.memristors.linear_ion_drift import LinearIonDrift
from ...devices.models.memristors.vteam import VTEAM
from ..benches.crossbars.array_disturb import array_disturb
from ..benches.crossbars.array_products import (
    VECTORS,
    array_effective_bits,
    array_fault_errors,
    array_product_cost,
    random_array,
)
from ..benches.crossbars.sneak_paths import sneak_paths
from ..benches.memristors.half_select import half_select
from .check import Values, check
from .memristor_benches import SOFT, WRITE, WRITTEN

#: Numbers of writes at which cells have moved by different parts of the way.
NUMBERS = [1.0, 10.0, 50.0, 200.0]
#: Resistances of a memristor at which its wires have a part.
RANGE = {"resistance_on": 1e4, "resistance_off": 1e6}


@check("array-disturb", "change of cells of both lines without wires, VTEAM, V/2 and V/3", "bench half-select",
       within=1e-5)  # fmt: skip
def without_wires() -> Values:
    how: dict[str, Any] = {"amplitude": -WRITE, "width": WRITTEN}
    array = array_disturb(SOFT, segment=0.0, word_lines=3, bit_lines=4, writes=NUMBERS, **how)
    alone = half_select(SOFT, pulses=NUMBERS, **how)["moved"].to_numpy()
    lines = [array[array["group"] == group][name].to_numpy() for group in ("word line", "bit line")
             for name in ("moved", "mean")]  # fmt: skip
    return np.tile(alone, 4), np.concatenate(lines)


@check("array-disturb", "voltage of a written cell at the far end of an array of 2 by 2 of linear drift, ohmic at rest",
       "nodal equations written out", unit="V", within=1e-6)  # fmt: skip
def divided() -> Values:
    segment, device = 300.0, LinearIonDrift()
    low, high = 1 / device.resistance_off, 1 / device.resistance_on
    found = array_disturb(device, scheme=["half"], segment=segment, word_lines=2, bit_lines=2, amplitude=1.0,
                          width=1e-5, writes=[1.0]).attrs["written"][0]["voltage"]  # fmt: skip
    wire = 1 / segment
    # Nodes: word potentials of (0, 0), (0, 1), (1, 0), (1, 1), then those of the bit lines; driven at column 0, row 1.
    cells = np.array([low, high, low, low])  # the cell (0, 1) is written to the high conductance
    matrix, current = np.zeros((8, 8)), np.zeros(8)
    for k, g in enumerate(cells.tolist()):
        matrix[[k, k + 4], [k, k + 4]] += g
        matrix[[k, k + 4], [k + 4, k]] -= g
    for a, b in ((0, 1), (2, 3), (4, 6), (5, 7)):
        matrix[[a, b], [a, b]] += wire
        matrix[[a, b], [b, a]] -= wire
    for node, volts in ((0, 0.5), (2, 0.0), (6, 0.0), (7, -0.5)):
        matrix[node, node] += wire
        current[node] += wire * volts
    potentials = np.linalg.solve(matrix, current)
    return potentials[1] - potentials[5], found


@functools.cache
def reads() -> pd.DataFrame:
    """Reads of a memristor of fixed resistances."""
    return sneak_paths(VTEAM(**RANGE), lines=[2, 3, 8, 32])


@check("sneak-paths", "margin, other lines floating: 2 to 32 lines", "(G₁ − G₀) / (G₁ + G₁ (n − 1)² / (2 n − 1))",
       within=1e-9)  # fmt: skip
def floating() -> Values:
    part = reads()[reads()["held"] == "floating"]
    n = part["lines"].to_numpy()
    high, low = 1 / RANGE["resistance_on"], 1 / RANGE["resistance_off"]
    return (high - low) / (high + high * (n - 1) ** 2 / (2 * n - 1)), part["margin"]


@check("sneak-paths", "margin, other lines grounded: 2 to 32 lines", "1 − G₀ / G₁", within=1e-9)
def grounded() -> Values:
    part = reads()[reads()["held"] == "grounded"]
    return np.full(len(part), 1 - RANGE["resistance_on"] / RANGE["resistance_off"]), part["margin"]


@check("sneak-paths", "power of a read, other lines grounded", "n G₁ V²", unit="W", within=1e-9)
def power() -> Values:
    part = reads()[reads()["held"] == "grounded"]
    return part["lines"] * 0.1**2 / RANGE["resistance_on"], part["power"]


@check("effective-bits", "corrected effective bits of converters of 4 to 10 bits without wires, slow amplifiers",
       "bits of the converters", within=0.03)  # fmt: skip
def converters_alone() -> Values:
    found = array_effective_bits(VTEAM(**RANGE), bits=[4, 6, 8, 10], segment=[0.0], bandwidth=1e5, vectors=1000)
    return found["bits"], found["corrected_bits"]


@check("fault-errors", "error by open cells without wires, 400 maps",
       "√⟨p (1 − p) Σ(GV)² + p² (ΣGV)²⟩ / √⟨(ΣGV)²⟩", within=0.05)  # fmt: skip
def open_cells() -> Values:
    found = array_fault_errors(VTEAM(**RANGE), rate=[0.02, 0.1], maps=400, segment=0.0)
    crossbar = random_array(VTEAM(**RANGE), (32, 32))
    volts = np.random.default_rng([0, 1]).uniform(0.0, 0.1, (VECTORS, 32))
    each = volts[:, :, np.newaxis] * crossbar.network.conductance
    squares, sums = (each**2).sum(axis=1), each.sum(axis=1)
    p = np.array([0.02, 0.1])[:, np.newaxis, np.newaxis]
    errors = np.mean(p * (1 - p) * squares + p**2 * sums**2, axis=(1, 2))
    return np.sqrt(errors / np.mean(sums**2)), found[found["kind"] == "open"]["error"]


@check("product-cost", "energy of the array without wires", "⟨Σ G V²⟩ t", unit="J", within=1e-9)
def energy_of_the_array() -> Values:
    found = array_product_cost(VTEAM(**RANGE), segment=0.0)
    crossbar = random_array(VTEAM(**RANGE), (32, 32))
    dac = Periphery.fitted(crossbar).dac
    volts = dac.voltages(np.random.default_rng([0, 1]).integers(0, dac.largest + 1, (VECTORS, 32)))
    power = np.mean(np.sum(crossbar.network.conductance * (volts**2)[:, :, np.newaxis], axis=(1, 2)))
    return power * found.attrs["time"], found["energy"][found["part"] == "array"]
