"""Non-local resistance of a lateral spin valve against the distance of its magnets, for three kinds of contacts."""

import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from synaspice.devices.models.spin.spin_channel import (
    channel_material,
    ferromagnet_bulk,
    ferromagnet_normal_interface,
    non_magnetic_channel,
)
from synaspice.devices.models.spin.spin_network import SpinNetwork
from synaspice.figures.style import package_style, save

COPPER = {"width": 1e-7, "thickness": 8e-8, **channel_material("copper-kimura2005-like").values}
# Resistivity times spin diffusion length of permalloy: 0.91 fohm m^2 (E. Sagasta et al., arXiv:1904.01921).
PERMALLOY = {"resistivity": 2.4e-7, "spin_diffusion_length": 3.8e-9, "width": 1e-7, "thickness": 1e-7}
POLARIZATION = 0.4  # of permalloy, and of the contacts
CURRENT = 1e-3  # A


def non_local_resistance(contact: float, separation: float, detector: tuple[int, int, int]) -> float:
    """Voltage of the detector over the current that enters at the injector and leaves at the channel's left end."""
    valve = SpinNetwork()
    for name, direction in (("injector", (0, 0, 1)), ("detector", detector)):
        magnet = ferromagnet_bulk(length=1e-7, polarization=POLARIZATION, direction=direction, **PERMALLOY)
        interface = ferromagnet_normal_interface(1 / contact, POLARIZATION, direction)
        valve.add(f"{name}_magnet", magnet, left=f"{name}_top", right=f"{name}_face")
        valve.add(f"{name}_contact", interface, ferromagnet=f"{name}_face", normal=name)
    valve.add("left_lead", non_magnetic_channel(length=1e-5, **COPPER), left="left", right="injector")
    valve.add("bridge", non_magnetic_channel(length=separation, **COPPER), left="injector", right="detector")
    valve.add("right_lead", non_magnetic_channel(length=1e-5, **COPPER), left="detector", right="right")
    valve.ground("left", "c")
    valve.current(CURRENT, "injector_top")
    voltage = valve.solve().potentials["c"]
    return float(voltage["detector_top"] - voltage["right"]) / CURRENT


def closed_form(contact: float, separation: float) -> float:
    """S. Takahashi, S. Maekawa, Phys. Rev. B 67, 052409 (2003), for two equal contacts."""

    def spin_resistance(metal: dict[str, float]) -> float:
        return metal["resistivity"] * metal["spin_diffusion_length"] / (metal["width"] * metal["thickness"])

    channel = spin_resistance(COPPER)
    ratio = (contact + spin_resistance(PERMALLOY)) / channel / (1 - POLARIZATION**2)
    decay = math.exp(-separation / COPPER["spin_diffusion_length"])
    return 4 * channel * (POLARIZATION * ratio) ** 2 * decay / ((1 + 2 * ratio) ** 2 - decay**2)


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    distances = np.linspace(1e-7, 2e-6, 11)
    fine = np.linspace(distances[0], distances[-1], 200)
    with package_style():
        figure, axes = plt.subplots(figsize=(4.5, 3.2))
        for label, contact in (
            ("tunnel contacts of 1 kΩ", 1e3),
            ("contacts of 1 Ω", 1.0),
            ("transparent contacts", 1e-6),
        ):
            change = np.array(
                [
                    non_local_resistance(contact, separation, (0, 0, 1))
                    - non_local_resistance(contact, separation, (0, 0, -1))
                    for separation in distances
                ]
            )
            exact = np.array([closed_form(contact, separation) for separation in distances])
            print(f"{label}: {change[0] * 1e3:.3g} mΩ at {distances[0] * 1e9:.0f} nm; "
                  f"from the closed form by {np.max(np.abs(change / exact - 1)):.0e}")  # fmt: skip
            (line,) = axes.semilogy(
                fine * 1e9, [1e3 * closed_form(contact, separation) for separation in fine], label=label
            )
            axes.plot(distances * 1e9, 1e3 * change, "o", markersize=3.5, color=line.get_color())
        axes.plot([], [], "-", color="0.4", label="closed form")
        axes.plot([], [], "o", markersize=3.5, color="0.4", label="network of blocks")
        axes.set_xlim(0, 2.1e3)
        axes.set_xlabel("distance of injector and detector (nm)")
        axes.set_ylabel("change of the non-local resistance, ΔR (mΩ)")
        axes.legend(loc="lower left")
        print("wrote", save(figure, folder / "lateral-spin-valve.png"))


if __name__ == "__main__":
    main()
