"""The same loop on both engines: generated Python functions, and the generated netlist in ngspice."""

from pathlib import Path

from synaspice.characterization import hysteresis
from synaspice.devices import VTEAM
from synaspice.figures import plot, save


def main(folder: Path = Path("out/examples")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    device = VTEAM(window="biolek", conduction="exponential")
    tables = {engine: hysteresis(device, engine=engine) for engine in ("numeric", "ngspice")}
    difference = (tables["numeric"]["x"] - tables["ngspice"]["x"]).abs().max()
    print(f"largest difference of the state between the engines: {difference:.1e}")
    for engine, table in tables.items():
        print("wrote", save(plot(table), folder / f"vteam-{engine}.png"))


if __name__ == "__main__":
    main()
