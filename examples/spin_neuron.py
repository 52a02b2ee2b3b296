"""A spin neuron: weights written into its domain walls, its truth table in ngspice, and how it fires at 300 K."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.characterization.cells.spin.firing_probability import firing_probability
from synaspice.characterization.cells.spin.spin_neuron import truth_table
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.circuits.cells.spin.spin_neuron import FourInputSpinNeuron
from synaspice.figures.cells.spin_neuron import draw_evaluation_energy, draw_firing_probability, draw_truth_table
from synaspice.figures.style import package_style, save


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = truth_table(FourInputSpinNeuron())  # the weights of the largest margin for "at least two of four"
    print(table.to_string(float_format="{:.3g}".format))
    print(f"weights {np.round(table.attrs['weights'], 3)}, written with {table.attrs['write_energy'] * 1e15:.3g} fJ")
    valve = LateralSpinValve(inputs=5)
    width = table.attrs["noise_current"]
    print(f"preset above {valve.preset_threshold * 1e6:.3g} uA of spin current, thermal width {width * 1e6:.3g} uA")
    print(f"one decision in {1 / table.attrs['error_rate']:.3g} is wrong at {table.attrs['temperature']:g} K")
    sigmoid = firing_probability(valve, np.linspace(-3, 3, 13) * width, trials=2000, seed=1)
    with package_style():
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.0))
        draw_truth_table(table, left)
        draw_firing_probability(sigmoid, middle)
        draw_evaluation_energy(table, right)
        print("wrote", save(figure, folder / "spin-neuron.png"))


if __name__ == "__main__":
    main()
