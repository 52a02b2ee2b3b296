"""How a crossbar's currents settle: exact against a netlist, over the size, and what a product costs."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.characterization.cells.arrays.settling import crossbar_settling
from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.devices import VTEAM
from synaspice.figures.style import package_style, save

MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)
SEGMENT, CAPACITANCE, END = 2.0, 1e-16, 1e3  # ohm, F, ohm
READ = 0.2  # V
LINES, DURATION, RISE = 8, 1.2e-11, 5e-13


def array(size: int) -> Crossbar:
    """A square crossbar of memristors in states of their own."""
    states = np.random.default_rng(1).uniform(0.0, 1.0, (size, size))
    cells = DeviceCells.of(MEMRISTOR, (size, size), initial_state=states)
    return Crossbar(
        cells, SEGMENT, SEGMENT, END, END, word_line_capacitance=CAPACITANCE, bit_line_capacitance=CAPACITANCE
    )


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    crossbar, inputs = array(LINES), np.full(LINES, READ)
    response = crossbar.step(inputs)
    spice = crossbar.transient(inputs, DURATION, rise_time=RISE, method="netlist")
    exact = response.current(spice.time, rise_time=RISE)
    away = np.max(np.abs(spice.current - exact)) / np.max(response.final)
    print(f"settled to 1 % after {response.settling_time() * 1e12:.2f} ps; ngspice differs by {away:.0e} at most")
    product = response.energy(response.settling_time())
    print(f"energy of a product: {product * 1e15:.2f} fJ, of it {response.charging_energy * 1e15:.2f} fJ for charging")
    with package_style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 2.9), layout="constrained")
        times = np.linspace(0.0, DURATION, 400)
        currents = response.current(times, rise_time=RISE)
        chosen = np.linspace(0, len(spice.time) - 1, 24).astype(int)
        for line, color in ((0, "C0"), (LINES // 2, "C1"), (LINES - 1, "C2")):
            left.plot(1e12 * times, 1e6 * currents[:, line], color=color, label=f"bit line {line + 1}")
            left.plot(1e12 * spice.time[chosen], 1e6 * spice.current[chosen, line], "o", color=color, markersize=3)
        left.axvline(1e12 * response.settling_time(), color="0.6", linestyle=":")
        left.set_xlabel("Time (ps)")
        left.set_ylabel("Current of a bit line (µA)")
        left.set_title(f"{LINES} × {LINES}; points: ngspice; dotted: settled to 1 %", fontsize=8)
        left.legend(loc="lower right")
        for end, style in ((1000.0, "o-"), (100.0, "s-"), (10.0, "^-")):
            ends = {"source_resistance": end, "sense_resistance": end}
            wires = {"segment_resistance": SEGMENT, "segment_capacitance": CAPACITANCE}
            table = crossbar_settling((4, 8, 16, 32, 64), **ends, **wires)
            size, time = table["size"], 1e12 * table["settling_time"]
            right.loglog(size, time, style, markersize=3, label=f"{end:g} Ω at the ends")
        right.set_title(f"{SEGMENT:g} Ω and {1e15 * CAPACITANCE:g} fF per segment", fontsize=8)
        right.set_xticks(size, [str(int(lines)) for lines in size])
        right.minorticks_off()
        right.set_xlabel("Array size (lines)")
        right.set_ylabel("Time to settle to 1 % (ps)")
        right.legend()
        print("wrote", save(figure, folder / "crossbar-settling.png"))


if __name__ == "__main__":
    main()
