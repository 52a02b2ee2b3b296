"""The pictures of the tutorial from a device to an array: some minutes, most of them SkyWater's transistors."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.characterization import hysteresis, simulate, sweep
from synaspice.characterization.crossbars.effective_bits import effective_bits
from synaspice.circuits import Crossbar, MemristorBitCell
from synaspice.circuits.crossbars.weights.mapping import map_weights
from synaspice.devices import Sky130RERAM
from synaspice.figures import plot, save, schematic
from synaspice.figures.style import package_style

WIRE, CAPACITANCE, CELL, END = 2.0, 1e-16, 5e-17, 1e3  # ohm and F of a segment, F of a cell, ohm at the ends


def read_array(folder: Path) -> Crossbar:
    """The products of random inputs through the wires of an array, over those of the matrix."""
    generator = np.random.default_rng(1)
    weights = generator.uniform(-1, 1, (32, 16))
    mapping = map_weights(weights, 2e-6, 5e-5, levels=16)
    array = Crossbar(mapping.conductance, word_line_resistance=WIRE, bit_line_resistance=WIRE)
    inputs = generator.uniform(0.0, 0.1, (50, 32))
    exact, read = inputs @ weights, mapping.decode(array.output(inputs))
    with package_style():
        figure, axes = plt.subplots(figsize=(3.6, 3.0), layout="constrained")
        axes.plot(exact, read, ".", color="C0", markersize=2)
        ends = [exact.min(), exact.max()]
        axes.plot(ends, ends, color="0.5", linewidth=0.8)
        axes.set_xlabel("Product of the matrix (V)")
        axes.set_ylabel("Read through the wires (V)")
        axes.set_title(f"32 × 16 weights, {WIRE:g} Ω per segment", fontsize=8)
        save(figure, folder / "tutorial-array.png")
    return Crossbar(
        mapping.conductance, WIRE, WIRE, END, END,
        word_line_capacitance=CAPACITANCE, bit_line_capacitance=CAPACITANCE, cell_capacitance=CELL,
    )  # fmt: skip


def settle(array: Crossbar, folder: Path) -> None:
    """The currents of the bit lines after all inputs have been switched on."""
    response = array.step(np.full(array.shape[0], 0.1))
    settled = response.settling_time(0.01)
    times = np.linspace(0.0, 1.5 * settled, 300)
    with package_style():
        figure, axes = plt.subplots(figsize=(3.6, 3.0), layout="constrained")
        axes.plot(1e12 * times, 1e6 * response.current(times), color="C0", linewidth=0.7, alpha=0.6)
        axes.axvline(1e12 * settled, color="0.5", linestyle=":")
        axes.set_xlabel("Time (ps)")
        axes.set_ylabel("Current of a bit line (µA)")
        axes.set_title(f"settled to 1 % after {1e12 * settled:.0f} ps", fontsize=8)
        axes.margins(x=0)
        save(figure, folder / "tutorial-time.png")


def main(folder: Path = Path("docs/images")) -> None:
    """Make all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = Sky130RERAM.preset("skywater2020")
    save(plot(hysteresis(memory)), folder / "tutorial-device.png")
    cell = MemristorBitCell(
        memristor=memory, technology="sky130-5v", access_width=12, supply_voltage=1.8, word_voltage=5.0
    )
    save(schematic(cell), folder / "tutorial-schematic.png")
    save(plot(simulate(cell)), folder / "tutorial-cell.png")
    grid = {"access_width": [1, 2, 4, 8], "supply_voltage": [0.8, 0.9, 1.0, 1.1]}
    save(plot(sweep(MemristorBitCell(), grid)), folder / "tutorial-corners.png")
    array = read_array(folder)
    settle(array, folder)
    resistive = Crossbar(array.cells, WIRE, WIRE)
    bits = effective_bits(resistive, bits=[4, 6, 8, 10], resistance=[0.0, WIRE], vectors=50)
    save(plot(bits), folder / "tutorial-bits.png")


if __name__ == "__main__":
    main()
