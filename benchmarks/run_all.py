"""Run every benchmark of this folder; ``--quick`` and ``--json FILE`` are those of each of them.

``--page FILE`` writes what was found as a page of the documentation, with the date and the machine.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
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
    form = "quick forms of the scripts" if quick else "scripts"
    load = f"load {os.getloadavg()[2]:.1f}"  # of the last quarter of an hour: what else ran shows in it
    system = f"{platform.system()}, Python {platform.python_version()}"
    machine = f"{processor()}, {os.cpu_count()} cores, {load}, {system}"
    lines = [
        "# How fast it is",
        "",
        "Each row is one comparison in one run of a script of `benchmarks/`, which prints its conditions. A ratio",
        "above 1 means that this package is faster, or does more in the same time.",
        "",
        f"*{datetime.date.today().isoformat()}, {machine}; the {form}: `make bench`.*",
        "",
        "| script | what | ours | peer | unit | ratio | peer's version |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in records:
        numbers = f"{each['ours']:.4g} | {each['peer']:.4g} | {each['unit']} | {each['ratio']:.3g}"
        lines.append(f"| `{each['script']}` | {each['name']} | {numbers} | {each['peer_version']} |")
    return "\n".join(lines) + "\n"


def processor() -> str:
    """The processor's name, where the system tells it."""
    cores = Path("/proc/cpuinfo")
    text = cores.read_text(encoding="utf-8") if cores.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return named[1] if named else platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
