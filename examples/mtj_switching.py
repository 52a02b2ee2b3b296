"""Switch a perpendicular junction with a voltage pulse: without noise, and with it many times over."""

from pathlib import Path

from synaspice.characterization import write_table
from synaspice.devices import MTJ, Pulse


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.05)  # parallel, tilted by about 3 degrees
    print(f"thermal stability {junction.thermal_stability:.0f}, to antiparallel beyond "
          f"{junction.critical_current_to_antiparallel * 1e6:.0f} µA")  # fmt: skip

    pulse = Pulse(0.0, -1.6, delay=0.2e-9, rise=50e-12, fall=50e-12, width=8e-9)
    trace = junction.simulate(pulse, 12e-9)
    write_table(trace, folder / "mtj-switching.csv")
    print(f"without noise: m_z from {trace['m_z'].iloc[0]:.3f} to {trace['m_z'].iloc[-1]:.3f}")

    final = junction.simulate(pulse, 12e-9, temperature=300.0, trajectories=500, seed=1)
    print(f"at 300 K: {(final['m_z'] < 0).mean():.1%} of 500 junctions switched")


if __name__ == "__main__":
    main()
