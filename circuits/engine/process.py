"""The child process in which a run of ngspice happens."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def work(
    folder: str, library: str, lines: Sequence[str], commands: Sequence[str], osdi: Sequence[str], time_limit: float
) -> tuple[tuple[int, str] | None, list[str]]:
    """Let a child process run a job in a folder: its status and standard error, None in time-out; and ngspice's log."""
    job, log = Path(folder) / "job.json", Path(folder) / "log.txt"
    content = {"library": library, "netlist": "\n".join(lines), "commands": [*commands], "osdi": [*osdi]}
    job.write_text(json.dumps(content), encoding="utf-8")
    worker = Path(__file__).with_name("worker.py")
    ended = _run_child([sys.executable, str(worker), str(job), folder], time_limit)
    return ended, log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []


def _run_child(command: Sequence[str], time_limit: float) -> tuple[int, str] | None:
    """Run a command; return its status and its standard error, or None if it had to be stopped."""
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=time_limit
        )
    except subprocess.TimeoutExpired:
        return None
    return ended.returncode, ended.stderr
