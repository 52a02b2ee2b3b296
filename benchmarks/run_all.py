"""Run every benchmark of this folder; ``--quick`` and ``--json FILE`` are those of each of them.

``--page FILE`` writes what was found as a page of the documentation, with the date and the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tools"))

from machine import measured  # noqa: E402

OTHERS = {"run_all.py", "harness.py", "spice_peers.py", "fitting.py"}


def main() -> int:
    """Run them one after the other, and collect their records; the status is that of the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--page", type=Path, metavar="FILE")
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
            found = json.loads(result.read_text(encoding="utf-8")) if result.exists() else []
            records += [record | {"script": script.name} for record in found]
    if arguments.json:
        arguments.json.write_text(json.dumps(records, indent=2), encoding="utf-8")
    if arguments.page:
        arguments.page.write_text(page(records, quick=arguments.quick), encoding="utf-8")
    return worst


def page(records: list[dict[str, Any]], *, quick: bool) -> str:
    """What was found, in Markdown."""
    form = f"the {'quick forms of the ' if quick else ''}scripts"
    load = f"load {os.getloadavg()[2]:.1f}"  # of the last quarter of an hour: what else ran shows in it
    lines = [
        "# How fast it is",
        "",
        "Each row is one comparison in one run of a script of `benchmarks/`, which prints its conditions. A ratio",
        "above 1 means that this package is faster, or does more in the same time.",
        "",
        measured("make bench", load, form),
        "",
        "| script | what | ours | peer | unit | ratio | peer's version |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in records:
        numbers = f"{each['ours']:.4g} | {each['peer']:.4g} | {each['unit']} | {each['ratio']:.3g}"
        lines.append(f"| `{each['script']}` | {each['name']} | {numbers} | {each['peer_version']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
