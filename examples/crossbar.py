"""A matrix of weights in a crossbar of memristors: the effect of its wires, and programming that makes up for it."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.characterization.cells.wire_resistance import wire_resistance
from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.crossbars.crosspoints.stepping import Pulses
from synaspice.circuits.crossbars.programming import write_verify
from synaspice.circuits.crossbars.weights.mapping import map_weights
from synaspice.devices import VTEAM
from synaspice.devices.core.variability import Normal
from synaspice.figures.cells.wire_resistance import draw_cell_voltages, draw_wire_resistance
from synaspice.figures.style import package_style, save

# 10 kohm to 1 Mohm, a threshold of 0.6 V either way, switched in a few nanoseconds at 1.2 V.
MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)
RANGE = 2e-6, 5e-5  # S
SEGMENT = 4.0  # ohm
READ = 0.2  # V


def programmed(weights: np.ndarray) -> tuple[Crossbar, Crossbar, Crossbar]:
    """The crossbar of a matrix: before, after programming cell by cell, and after programming it as a whole."""
    mapping = map_weights(weights, *RANGE, levels=16)
    scatter = {"resistance_on": Normal(0.05, relative=True), "resistance_off": Normal(0.1, relative=True)}
    cells = DeviceCells.of(MEMRISTOR, mapping.conductance.shape, variability=scatter, seed=1)
    crossbar = Crossbar(cells, SEGMENT, SEGMENT)
    voltages = np.random.default_rng(2).uniform(0, READ, (50, len(weights)))
    exact, full_scale = voltages @ weights, np.std(voltages @ weights)
    found = [crossbar]
    for verify in ("cell", "array"):
        done = write_verify(
            crossbar, mapping.conductance, Pulses(-1.2, 1.2, 1e-9), tolerance=1e-7, read_voltage=READ, verify=verify
        )
        error = np.std(mapping.decode(done.crossbar.output(voltages)) - exact) / full_scale
        print(
            f"verified by {verify}: {done.pulses.mean():.1f} pulses per cell, {len(done.failed)} cells failed, "
            f"error of the products {100 * error:.1f} % of their spread"
        )
        found.append(done.crossbar)
    return found[0], found[1], found[2]


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(3)
    _, crossbar, _ = programmed(generator.uniform(-1, 1, (32, 16)))
    by_spice = crossbar.solve(np.full(32, READ), method="netlist").current
    difference = np.max(np.abs(crossbar.solve(np.full(32, READ)).current / by_spice - 1))
    print(f"largest relative difference to ngspice: {difference:.0e}")
    with package_style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 2.9), layout="constrained")
        for size in (32, 128):
            weights = generator.uniform(-1, 1, (size, size // 2))
            wide = Crossbar(map_weights(weights, *RANGE).conductance)
            table = wire_resistance(wide, np.full(size, READ), np.geomspace(0.1, 30, 8))
            draw_wire_resistance(table, left, name=f"{size} × {size}")
        left.legend()
        wired = Crossbar(wide.cells, SEGMENT, SEGMENT)
        draw_cell_voltages(wired.solve(np.full(128, READ)).table(), right)
        right.set_title(f"128 × 128, segments of {SEGMENT:g} Ω, all inputs at {READ:g} V", fontsize=8)
        print("wrote", save(figure, folder / "crossbar.png"))


if __name__ == "__main__":
    main()
