"""A crossbar with converters, amplifiers and stuck cells: effective bits, errors, and the energy of a product."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.characterization.crossbars.effective_bits import effective_bits
from synaspice.characterization.crossbars.fault_errors import fault_errors
from synaspice.characterization.crossbars.product_cost import product_cost
from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.periphery.chain import Periphery
from synaspice.figures import plot, save
from synaspice.figures.benches.crossbars.periphery import draw_fault_errors, draw_product_cost
from synaspice.figures.style import package_style

RANGE = 2e-6, 5e-5  # S
READ = 0.1  # V


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(1)
    crossbar = Crossbar(generator.uniform(*RANGE, (64, 64)))
    wired = Crossbar(crossbar.cells, 1.0, 1.0)
    periphery = Periphery.fitted(wired, input_bits=8, output_bits=8, read_voltage=READ)
    codes = generator.integers(0, periphery.dac.largest + 1, (8, 64))
    product = periphery.product(wired, codes, seed=1)
    error = product.currents - crossbar.output(periphery.dac.voltages(codes))
    print(f"error of the products with 8 bits and wires of 1 ohm: {1e6 * np.std(error):.2f} uA")
    cost = product_cost(periphery, wired, codes)
    print(cost[["part", "energy", "share", "provenance"]].to_string(index=False))
    print(
        f"{1e15 * cost.attrs['energy_per_operation']:.0f} fJ per operation, {1e9 * cost.attrs['time']:.1f} ns a product"
    )
    bits = effective_bits(crossbar, read_voltage=READ)
    save(plot(bits), folder / "effective-bits.png")
    faults = fault_errors(crossbar, np.full(64, READ), on_conductance=2 * RANGE[1])
    with package_style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 2.9), layout="constrained")
        draw_fault_errors(faults, left)
        draw_product_cost(cost, right)
        print("wrote", save(figure, folder / "crossbar-periphery.png"))


if __name__ == "__main__":
    main()
