"""How soon the package and the command line are there: ``import synaspice`` and ``--help`` against importing pandas."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from harness import Record, main, median_seconds


def measure(quick: bool) -> list[Record]:
    """Time them as whole processes."""
    script = Path(sys.executable).with_name("synaspice")
    repeats = 5 if quick else 25
    door = median_seconds(lambda: subprocess.run([sys.executable, "-c", "import synaspice"], check=True), repeats)
    ours = median_seconds(lambda: subprocess.run([script, "--help"], capture_output=True, check=True), repeats)
    peer = median_seconds(lambda: subprocess.run([sys.executable, "-c", "import pandas"], check=True), repeats)
    peer_name = f"python -c 'import pandas' ({version('pandas')})"
    return [
        Record("import synaspice", door, peer, peer_name, peer / door, "s"),
        Record("synaspice --help", ours, peer, peer_name, peer / ours, "s"),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
