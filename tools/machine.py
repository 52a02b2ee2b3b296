"""When and on what something was measured, as tables of the documentation say it."""

from __future__ import annotations

import datetime
import os
import platform
import re
from pathlib import Path


def processor() -> str:
    """The processor's name, where the system tells it."""
    cores = Path("/proc/cpuinfo")
    text = cores.read_text(encoding="utf-8") if cores.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return named[1] if named else platform.processor() or platform.machine()


def machine(*more: str) -> str:
    """The machine in words: processor, number of its cores, what else is to be said, system and Python."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return ", ".join([processor(), f"{os.cpu_count()} cores", *more, system])


def measured(by: str, *more: str) -> str:
    """A line in Markdown: date and machine, and the command that measures."""
    return f"*{datetime.date.today().isoformat()}, {machine(*more)}: `{by}`.*"
