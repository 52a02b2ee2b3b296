"""The standard bench of every cell, a whole process with its plot, against ten seconds, and with subcircuits alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Record, main

#: Time in which a bench is to be done on two quiet cores. [s]
LIMIT = 10.0
#: Cells of the quick form: one of transistors, one of a memristor, one of a junction with thermal noise.
QUICK = ("inverter", "memristor-neuron", "p-bit")


def measure(quick: bool) -> list[Record]:
    """Time the benches one after another, each a second time: what is compiled is kept; the dearest come first."""
    from synaspice.characterization.cells.bench import bench_of_cell
    from synaspice.circuits.cells.building.cell import CELLS
    from synaspice.devices.language.errors import ParameterError

    records = []
    for name in sorted(CELLS):
        try:
            bench_of_cell(CELLS[name])
        except ParameterError:
            continue
        if quick and name not in QUICK:
            continue
        own = seconds(name)
        records.append(Record(f"bench of {name}", own, LIMIT, "the limit", LIMIT / own, "s"))
        if not quick and CELLS[name]().subcircuit(for_bench=True).files:
            other = seconds(name, "--set", "devices=subcircuit")
            records.append(Record(f"native devices in {name}", own, other, "subcircuits", other / own, "s"))
    return sorted(records, key=lambda record: (record.peer_version, -record.ours))


def seconds(cell: str, *words: str) -> float:
    """Wall-clock time of a bench, after one that does not count [s]."""
    script = Path(sys.executable).with_name("synaspice")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(2):
            start = time.perf_counter()
            command = [script, "simulate", cell, *words, "--plot", f"{number}.png"]
            subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, check=True)
        return time.perf_counter() - start


if __name__ == "__main__":
    main(__doc__, measure)
