"""The worked examples of CONTRIBUTING.md: in a copy of this package, and as a package of somebody else's."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("synaspice", "devices", "circuits", "characterization", "figures", "tools")
NAME = "memory_lab"
#: A program that runs what it is given, line by line, and answers with what that prints: one start for all tests.
SERVER = """
import contextlib, io, json, sys
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(json.loads(line), {"__name__": "__main__"})
    print(json.dumps(out.getvalue()), flush=True)
"""
COMMAND = """
import shlex, sys
from synaspice.figures.command_line.main import main
sys.argv = ["synaspice", *shlex.split({line!r})]
try:
    main()
except SystemExit as ended:
    if ended.code:
        raise
"""


def examples() -> dict[str, str]:
    """The files that CONTRIBUTING.md shows, by the path in their first line."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```", text, re.S | re.M))


@dataclass(frozen=True)
class Place:
    """Where the examples are, and how Python finds them there."""

    folder: Path
    path: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.path), "PYTHONWARNINGS": "error::UserWarning"}

    @functools.cached_property
    def server(self) -> subprocess.Popen[str]:
        """The process that runs programs and commands there; its errors are in a file."""
        with self.errors.open("w") as errors:
            return subprocess.Popen(
                [sys.executable, "-c", SERVER],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    @property
    def errors(self) -> Path:
        return self.folder / "errors.txt"

    def close(self) -> None:
        """End the process."""
        self.server.communicate()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """What ``python`` with these arguments says there."""
        # not from the checkout's root, whose folder synaspice would be found first
        return subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def shell(self, *lines: str) -> list[str]:
        """Standard output of command lines of ``synaspice``; they must succeed."""
        return [self._printed(COMMAND.format(line=line)) for line in lines]

    def python(self, code: str) -> str:
        """What a program prints, which must succeed."""
        return self._printed(code).strip()

    def _printed(self, code: str) -> str:
        if self.server.poll() is not None:  # an error in the test before
            del self.__dict__["server"]
        print(json.dumps(code), file=self.server.stdin, flush=True)
        answer = self.server.stdout.readline()
        if not answer:
            self.server.wait()
        told = self.errors.read_text(encoding="utf-8")
        assert answer and "left out" not in told, told
        return json.loads(answer)


def inside(folder: Path) -> Place:
    """A copy of the checkout with every example in its place, after ``make format``."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in examples().items():
        if "/" in path:
            target = folder / path
            target.parent.mkdir(exist_ok=True)
            target.write_text(_relative(text, path), encoding="utf-8")
    place = Place(folder / "tools", folder / "build" / "types")
    for tool in ("typing_tree.py", "stubs.py"):
        ended = place.run(tool)
        assert ended.returncode == 0, ended.stderr
    return place


def outside(folder: Path) -> Place:
    """A package with every example, installed beside this one."""
    (source := folder / "source").mkdir()
    for path, text in examples().items():
        head, _, name = path.rpartition("/")
        kept = head.partition("presets/")[1:] if path.endswith(".toml") and head else ()
        target = source.joinpath(*(NAME,) * bool(head), "".join(kept), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_of_their_own(text), encoding="utf-8")
    (source / NAME / "__init__.py").touch()
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    ended = subprocess.run(
        [*command, "--target", folder / "installed", source], cwd=folder, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return Place(folder, folder / "installed")


def _of_their_own(text: str) -> str:
    """The file with imports from other examples as they are within their common package."""
    for path in examples():
        if path.endswith(".py"):
            module = path.removesuffix(".py").replace("/", ".")
            text = text.replace(f"from synaspice.{module} import", f"from {NAME}.{module.rpartition('.')[2]} import")
    return text


def _relative(text: str, path: str) -> str:
    """The file with imports as they are within the package."""
    depth = path.count("/") + 1
    return re.sub(r"^from synaspice\.", f"from {'.' * depth}", text, flags=re.M)
