"""A memristor and a resistor as a divider, built in PySpice and run in ngspice."""

from PySpice.Spice.Netlist import Circuit

from synaspice.circuits.engine.ngspice import Transient, run
from synaspice.devices import LinearIonDrift, Sine


def main() -> None:
    memristor = LinearIonDrift(initial_state=0.3)
    circuit = Circuit("memristor divider")
    circuit.subcircuit(memristor.subcircuit())
    circuit.V("drive", "source", circuit.gnd, Sine(0.0, 1.0, 1.0).spice(duration=2.0))
    circuit.X("1", "linear_ion_drift", "source", "out", "state")
    circuit.R("load", "out", circuit.gnd, 1e3)

    table = run(circuit, Transient(step=1e-3, duration=2.0))
    print(table[["time", "v(source)", "v(out)", "v(state)"]].iloc[:: len(table) // 10].to_string(index=False))


if __name__ == "__main__":
    main()
