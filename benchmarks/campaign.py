"""A large ensemble in parts: killed on the way and resumed; its memory, and what keeping the parts costs.

Statistics of a perpendicular junction at 300 K, in a process of their own that is killed at a random moment, and then
started again. Its peak resident memory is the operating system's figure.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from harness import Record, main

from synaspice.characterization import read_table
from synaspice.characterization.studies.ensembles import PART

PROGRAM = """
import resource, sys
from synaspice.characterization import write_table
from synaspice.characterization.studies.ensembles import ensemble_statistics
from synaspice.devices import MTJ
trajectories, steps, folder, table = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None, sys.argv[4]
device = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
run = device.ensemble(-0.3, steps * 1e-12, trajectories=trajectories, seed=1, time_step=1e-12)
write_table(ensemble_statistics(run, ["m_z", "resistance"], points=11, checkpoint=folder).table(), table)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def times_of(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("piece-*.npz")}


def measure(quick: bool) -> list[Record]:
    """Run it whole without keeping anything, then kept, killed and resumed."""
    trajectories, steps = (200_000, 1000) if quick else (1_000_000, 10_000)
    parts = -(-trajectories // PART)
    with tempfile.TemporaryDirectory() as name:
        folder, tables = Path(name, "parts"), [Path(name, "whole.parquet"), Path(name, "resumed.parquet")]
        command = [sys.executable, "-c", PROGRAM, str(trajectories), str(steps)]
        subprocess.run([*command[:3], "1000", "100", "", str(tables[0])], check=True, capture_output=True)  # compiles
        start = time.perf_counter()
        run = subprocess.run([*command, "", str(tables[0])], check=True, capture_output=True, text=True)
        whole, memory = time.perf_counter() - start, float(run.stdout)

        moment = np.random.default_rng().uniform(0.2, 0.8) * whole
        start = time.perf_counter()
        process = subprocess.Popen([*command, str(folder), str(tables[1])], stdout=subprocess.DEVNULL)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        finished = times_of(folder)
        run = subprocess.run([*command, str(folder), str(tables[1])], check=True, capture_output=True, text=True)
        resumed, memory = time.perf_counter() - start, max(memory, float(run.stdout))
        again = sum(times_of(folder)[part] != when for part, when in finished.items())
        first, second = (read_table(path) for path in tables)
        same = first.equals(second) and first.attrs == second.attrs
    work = trajectories * steps
    print(f"{trajectories:,} trajectories of {steps:,} steps in {parts} parts, {os.cpu_count()} cores")
    print(f"  whole: {whole:.1f} s, {work / whole:.3g} device-steps/s; largest resident memory {memory:.0f} MB")
    print(f"  killed after {moment:.1f} s with {len(finished)} parts finished, resumed: {resumed:.1f} s in all")
    print(f"  finished parts computed again: {again}; the same table: {same}")
    rate, kept = work / whole, work / resumed
    return [
        Record("killed and resumed", kept, rate, "uninterrupted, nothing kept", kept / rate, "device-steps/s"),
        Record("resident memory", memory, 500.0, "limit set for it", 500.0 / memory, "MB"),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
