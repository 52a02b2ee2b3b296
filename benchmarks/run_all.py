"""Run every benchmark of this folder; ``--quick`` and ``--json FILE`` are those of each of them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OTHERS = {"run_all.py", "harness.py", "spice_peers.py"}


def main() -> int:
    """Run them one after the other, and collect their records; the status is that of the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    worst, records = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for script in sorted(HERE.glob("*.py")):
            if script.name in OTHERS:
                continue
            print(f"== {script.stem}", flush=True)
            result = Path(folder) / f"{script.stem}.json"
            options = ["--json", result, *(["--quick"] if arguments.quick else [])]
            status = subprocess.run([sys.executable, script, *options], check=False).returncode
            worst = max(worst, status)
            records += json.loads(result.read_text(encoding="utf-8")) if result.exists() else []
    if arguments.json:
        arguments.json.write_text(json.dumps(records, indent=2), encoding="utf-8")
    return worst


if __name__ == "__main__":
    sys.exit(main())
