"""Make the documentation: the tables and pages that it is built from, and the site. What has not changed is kept.

    python tools/documentation.py [--force] [STEP ...]

A step is made again if a file that it depends on has changed, a package was installed, or what it wrote is not there
as it was. As many steps run at once as there are cores. Logs are in build/docs.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from synaspice.devices.core.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
#: Where logs and the record of what is made lie.
KEPT = ROOT / "build" / "docs"
#: What the package is made of: code, presets, data.
PACKAGE = ("devices", "circuits", "characterization", "figures", "setup.cfg")
#: The gallery of pictures that pages of devices and cells show.
PICTURES = "build/docs-pictures"
#: The site, and folders of its pages.
SITE, ROOMS = "docs/_build", ("start", "guides", "article", "theory", "accuracy", "project")
TABLES, OPTIONS = "docs/accuracy", "docs/guides/characterise/bench-options.md"


@dataclass(frozen=True)
class Step:
    """A command that makes files.

    Attributes
    ----------
    command : tuple of str
        Program of the environment, and its arguments.
    made : tuple of str
        Files and folders that it writes, with patterns.
    sources : tuple of str
        Files and folders that it depends on, beside the package and the results of the steps that it needs.
    needs : tuple of str
        Steps that come before it.
    stale : tuple of str
        Folders in which it keeps results itself, and which are removed if the package has changed.
    remembers : tuple of str
        Folders in which it notes what it has read, and which are removed if it fails: it would warn only once.
    """

    command: tuple[str, ...]
    made: tuple[str, ...]
    sources: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    remembers: tuple[str, ...] = ()

    @property
    def everything(self) -> tuple[str, ...]:
        """All files and folders that it depends on, but those of other steps."""
        own = [word for word in self.command if word.startswith("tools/")]
        helpers = ("tools/pages.py", "tools/published_table.py", "tools/machine.py") if own else ()
        return (*PACKAGE, *own, *helpers, *self.sources)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """The command of a tool of this folder."""
    return ("python", f"tools/{name}.py", *arguments)


#: In the order in which they are begun, those that take longest first.
STEPS: dict[str, Step] = {
    "reliability": Step(
        tool("reliability_table", f"{TABLES}/reliability-table.md"), (f"{TABLES}/reliability-table.md",)
    ),
    "pictures": Step(tool("pictures", PICTURES), (PICTURES,)),
    "agreement": Step(
        tool("agreement_table", f"{TABLES}/agreement.md"),
        (f"{TABLES}/agreement.md", f"{TABLES}/agreement.csv"),
    ),
    "checks": Step(tool("check_table", TABLES), (f"{TABLES}/checks.md", f"{TABLES}/checks-*.md")),
    "published": Step(tool("published_table", f"{TABLES}/published.md"), (f"{TABLES}/published.md",)),
    "options": Step(tool("bench_options", OPTIONS), (OPTIONS,)),
    "cells-table": Step(
        tool("cells_table", f"{TABLES}/cells-table.md"),
        (f"{TABLES}/cells-table.md",),
        (f"{TABLES}/cells-table.csv", "tools/cell_runs.py"),
    ),
    "licences": Step(
        tool("licences", "docs/project/licences.md"), ("docs/project/licences.md",), ("tools/dependency_groups.py",)
    ),
    "cells": Step(tool("cell_pages", "docs/cells", "--gallery", PICTURES), ("docs/cells",), needs=("pictures",)),
    "devices": Step(
        tool("device_pages", "docs/devices", "--gallery", PICTURES, "--agreement", f"{TABLES}/agreement.csv"),
        ("docs/devices",),
        needs=("pictures", "agreement"),
    ),
}
STEPS["site"] = Step(
    ("sphinx-build", "-W", "--keep-going", "-q", "-j", "auto", "docs", SITE),
    (SITE,),
    ("docs/*.*", "docs/_templates", "docs/images", *(f"docs/{room}" for room in ROOMS), "examples/gallery"),
    needs=tuple(STEPS),
    stale=("docs/gallery",),  # whose examples run again only if they are changed themselves
    remembers=(f"{SITE}/.doctrees",),
)


@dataclass
class Spent:
    """What a step took."""

    status: int = 0
    processor: float = 0.0
    clock: float = 0.0
    kept: bool = False


@dataclass
class Record:
    """What was made of what: hashes, in a file that lasts."""

    path: Path
    hashes: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Read it; nothing if it is none."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        self.hashes = {str(name): str(value) for name, value in found.items()}

    def keep(self, name: str, value: str) -> None:
        """Note a hash."""
        with self.lock:
            self.hashes[name] = value
            text = json.dumps(self.hashes, indent=1, sort_keys=True) + "\n"
            write_whole(self.path, lambda path: path.write_text(text, encoding="utf-8"))


def files_of(places: Iterable[str]) -> list[Path]:
    """Files of folders and patterns, without what Python makes of them."""
    found = set()
    for place in places:
        for path in ROOT.glob(place):
            found |= {path} if path.is_file() else {file for file in path.rglob("*") if file.is_file()}
    return sorted(file for file in found if "__pycache__" not in file.parts and file.suffix != ".pyi")


def digest(places: Iterable[str]) -> str:
    """Hash of files, with their names."""
    whole = hashlib.sha256()
    for file in files_of(places):
        whole.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return whole.hexdigest()


def environment() -> str:
    """Python, the packages that are installed, and ngspice."""
    packages = sorted(f"{each.name}=={each.version}" for each in importlib.metadata.distributions())
    ngspice = shutil.which("ngspice") or ""
    told = subprocess.run([ngspice, "-v"], capture_output=True, text=True, check=False).stdout if ngspice else ""
    return "\n".join([sys.version, *packages, told])


def depends(step: Step, around: str) -> str:
    """Hash of all that a step depends on."""
    before = [made for name in step.needs for made in STEPS[name].made]
    parts = [around, *step.command, digest([*step.everything, *before])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def run(name: str, command: Iterable[str]) -> Spent:
    """Run a command of the environment, with its words in a log; and what it and its children took."""
    program, *arguments = command
    start, log = time.monotonic(), KEPT / f"{name}.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [Path(sys.executable).parent / program, *arguments], cwd=ROOT, stdout=words, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(process.returncode, usage.ru_utime + usage.ru_stime, time.monotonic() - start)


def make(names: Iterable[str], record: Record, *, force: bool) -> dict[str, Spent]:
    """Make steps and what they need, several at once, and tell of each when it is finished."""
    around, spent, wanted = environment(), dict[str, Spent](), with_needs(names)
    finished = {name: threading.Event() for name in wanted}

    def one(name: str) -> None:
        step = STEPS[name]
        try:
            for before in step.needs:
                finished[before].wait()
            if any(before not in spent or spent[before].status for before in step.needs):
                return
            sources = depends(step, around)  # before it begins: what changes meanwhile is for the next time
            complete = all(files_of([made]) for made in step.made)
            if not force and complete and record.hashes.get(name) == f"{sources} {digest(step.made)}":
                spent[name] = Spent(kept=True)
                return
            code = hashlib.sha256((around + digest(PACKAGE)).encode()).hexdigest() if step.stale else ""
            if record.hashes.get(f"code of {name}", "") != code:
                for folder in step.stale:
                    shutil.rmtree(ROOT / folder, ignore_errors=True)
            spent[name] = run(name, step.command)
            for folder in step.remembers if spent[name].status else ():
                shutil.rmtree(ROOT / folder, ignore_errors=True)
            if not spent[name].status:
                record.keep(name, f"{sources} {digest(step.made)}")
                if step.stale:
                    record.keep(f"code of {name}", code)
        finally:
            tell(name, spent.get(name))
            finished[name].set()

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, wanted))
    return spent


def with_needs(names: Iterable[str]) -> list[str]:
    """Steps and those that they need, in the order in which they are begun."""
    chosen, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        chosen.add(name)
        waiting += STEPS[name].needs
    return [name for name in STEPS if name in chosen]


def tell(name: str, spent: Spent | None) -> None:
    """A line of a step that is finished."""
    if spent is None:
        print(f"{name:12s} left out: what it needs was not made", flush=True)
    elif spent.status:
        print(f"{name:12s} FAILED, status {spent.status}: {KEPT / name}.log", flush=True)
    elif spent.kept:
        print(f"{name:12s} has not changed", flush=True)
    else:
        print(f"{name:12s} {spent.processor:6.0f} s of the processors in {spent.clock:.0f} s", flush=True)


def main() -> int:
    """Make everything, or some steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {', '.join(STEPS)}; default: all")
    parser.add_argument("--force", action="store_true", help="also what has not changed")
    arguments = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    record = Record(KEPT / "finished.json")
    spent = make(arguments.steps or STEPS, record, force=arguments.force)
    return max((each.status != 0 for each in spent.values()), default=False) or len(spent) < len(with_needs(STEPS))


if __name__ == "__main__":
    sys.exit(main())
