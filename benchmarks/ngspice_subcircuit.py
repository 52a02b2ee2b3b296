"""The same switching event on both engines: the numeric target against the generated subcircuit in ngspice.

Both include everything a user waits for: ngspice's process, and nothing cached but generated code.
"""

from __future__ import annotations

import functools

from harness import Record, main, median_seconds

from synaspice.characterization.engines import trajectory
from synaspice.devices import MTJ, VTEAM, Pulse, Sine

COMMON = {"source": "voltage", "inputs": {}, "points": 1001}


def measure(quick: bool) -> list[Record]:
    """Time a junction's switching and a memristor's loop."""
    repeats = 2 if quick else 7
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
    cases = {
        "MTJ, 10 ns, ngspice steps of 1 ps": (junction, Pulse(0.0, -1.6, 1e-10, 5e-11, 5e-11, 6e-9), 10e-9, 1e-12),
        "VTEAM, one period, 1000 points": (VTEAM(), Sine(0.0, 0.4, 1e5), 1e-5, 1e-8),
    }
    records = []
    for name, (device, drive, duration, step) in cases.items():
        seconds, version = {}, ""
        for engine in ("numeric", "ngspice"):
            run = functools.partial(trajectory, device, drive, duration, engine=engine, max_step=step, **COMMON)
            seconds[engine] = median_seconds(run, repeats)
            version = run().attrs.get("engine_version", "")
        peer = f"subcircuit in ngspice {version}"
        ratio = seconds["ngspice"] / seconds["numeric"]
        records.append(Record(name, seconds["numeric"], seconds["ngspice"], peer, ratio, "s"))
    return records


if __name__ == "__main__":
    main(__doc__, measure)
