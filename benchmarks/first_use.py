"""First use of a device, from an empty cache to its plot, against a second time; whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Record, main

PLOTS = {
    "junction current": "mtj iv --preset ikeda2010",
    "vortex amplitude": "vortex-oscillator amplitude",
    "memristor loop": "vteam hysteresis",
    "junction noise": "mtj noise --preset ikeda2010",
    "hot junction switching": "electrothermal-mtj switching --seed 1 --trajectories 100",
}


def measure(quick: bool) -> list[Record]:
    """Time them: an empty cache, then the same again."""
    script = Path(sys.executable).with_name("synaspice")
    records = []
    for name, words in list(PLOTS.items())[: 3 if quick else None]:
        with tempfile.TemporaryDirectory() as folder:
            spans = []
            for _ in range(2):
                start = time.perf_counter()
                command = [script, "characterize", *words.split(), "--plot", f"{len(spans)}.png"]
                environment = os.environ | {"SYNASPICE_CACHE": f"{folder}/cache"}
                subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
                spans.append(time.perf_counter() - start)
        records.append(Record(f"first plot: {name}", spans[0], spans[1], "the same again", spans[1] / spans[0], "s"))
    return records


if __name__ == "__main__":
    main(__doc__, measure)
