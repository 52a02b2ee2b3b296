"""The command line in this process: what it prints, and its exit status."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from synaspice.figures.command_line.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def synaspice(*arguments: object, cwd: Path | None = None, columns: int | None = None, **variables: str) -> Ended:
    """Run a command as a shell would, in a folder, on a terminal of so many columns, with environment variables."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | variables
    if columns is not None:
        environment["COLUMNS"] = str(columns)
    out, err, status = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["synaspice", *map(str, arguments)]),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Ended(status, out.getvalue(), err.getvalue())
