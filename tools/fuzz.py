"""Random input for everything that reads what a user wrote: ``make fuzz``.

Command lines, quantities, damaged tables and checkpoints, malformed presets, names and waveforms, and what is run in
ngspice: damaged netlists, names, options and analyses. Whatever comes, there is no traceback and no error that the
command line did not expect, the exit status is 0, 1 or 2, nothing is written outside the folder of the case, and
nothing in the input is executed. A process that has imported everything forks for each case, which has little memory
and time.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import gc
import io
import os
import pickle
import random
import resource
import shlex
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz_cases import KINDS, Case, Samples, warm_up

from synaspice.figures.command_line.main import REPORT

#: Memory beyond that of the parent, and time, that a case may take. [byte], [s]
MEMORY, SECONDS = 2 * 2**30, 20
#: Programs that the package starts of its own accord.
PROGRAMS = {"ngspice", "cc", "gcc", "clang", "uname", "ldconfig", "ld", "sh", "fc-list"}
#: File that a case would make, in its folder or in the home of all, if its input were executed.
PWNED = "pwned"
#: How cases end that are as they should be.
STATUSES = (0, 1, 2)
#: Letters of the line that does a case again; the files that --keep asks for have all.
MOST_TOLD = 1000
#: What ends a case that takes too long.
TOO_LONG = "took too long"


@dataclass
class Outcome:
    """How a case ended."""

    status: int
    output: str
    trespasses: list[str] = field(default_factory=list)

    def fault(self) -> str | None:
        """What is wrong with it, in a line; None if nothing is."""
        if self.trespasses:
            return self.trespasses[0]
        if "Traceback (most recent call last)" in self.output:
            return self.output.strip().splitlines()[-1]
        if REPORT in (said := " ".join(self.output.split())):  # as it is folded
            return said[said.rfind("synaspice: ") :]
        if self.status == -signal.SIGALRM:
            return None
        return None if self.status in STATUSES else f"exit status {self.status}: {self.output.strip()[-200:]}"


@contextlib.contextmanager
def watched(folder: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Report what the process writes outside a folder, and every program that it starts but those of the package."""
    allowed = tuple(str(Path(path).resolve()) for path in (folder, os.environ["SYNASPICE_CACHE"]))
    temporary = str(Path(tempfile.gettempdir()).resolve())
    active = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not active:
            return
        if event == "open" and isinstance(arguments[0], str | bytes):
            mode, flags = arguments[1] or "", arguments[2] or 0
            if not (flags & (os.O_WRONLY | os.O_RDWR) or set(str(mode)) & set("wax+")):
                return
            place = arguments[0]
        elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"):
            place = arguments[1] if event == "os.rename" else arguments[0]
            if not isinstance(place, str | bytes | os.PathLike):
                return
        elif event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen"):
            program = Path(os.fsdecode(arguments[0])).name if arguments[0] else ""
            if event == "os.system" or program.split("-")[0] not in PROGRAMS | {Path(sys.executable).name}:
                report(f"started {program!r} by {event}")
            return
        else:
            return
        path = os.path.normpath(folder / os.fsdecode(place))
        if event == "os.mkdir" and Path(path).is_dir():  # parents of a folder, asked for to be sure
            return
        if not path.startswith((*allowed, "/dev/", "/proc/", "/sys/", f"{temporary}/synaspice-")):
            report(f"{event} of {path}")

    sys.addaudithook(hook)
    yield
    active = False


def run_case(case: Case, folder: Path, seconds: float = SECONDS) -> Outcome:
    """Run a case in a process of its own, in a folder that has the case's files."""
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    log, notes = folder.parent / "log", folder.parent / "notes"
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _in_child(case, folder, log, notes, seconds)
    _, ended = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # a simulator that it started
    status = os.waitstatus_to_exitcode(ended)
    output = log.read_text("utf-8", "replace") if log.exists() else ""
    trespasses = notes.read_text("utf-8", "replace").splitlines() if notes.exists() else []
    trespasses += [f"executed its input: {path}" for path in (*folder.parent.rglob(PWNED), *Path.home().glob(PWNED))]
    with contextlib.suppress(FileNotFoundError):
        log.unlink()
        notes.unlink()
    return Outcome(status, output, trespasses)


def _outcome(case: Case, place: Path) -> Outcome:
    """How a case ends in a fresh folder of a place, beside which there is only what must not change."""
    (place / "case").mkdir(parents=True)
    try:
        return run_case(case, place / "case")
    finally:
        shutil.rmtree(place)


def run_here(case: Case) -> Outcome:
    """Run a case that does nothing but compute in this process."""
    with contextlib.redirect_stderr(io.StringIO()) as log:
        status = _status_of(case)
    return Outcome(status, log.getvalue())


def _in_child(case: Case, folder: Path, log: Path, notes: Path, seconds: float) -> None:
    """Be the process of a case; never returns."""
    status = 70
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        told = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with watched(folder, lambda text: os.write(told, f"{text}\n".encode()) and None):
            status = _status_of(case)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _status_of(case: Case) -> int:
    """The exit status of a case."""
    try:
        case.run()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # as Python ends a program
        traceback.print_exc()
        return 1
    return 0


def fuzz(
    counts: dict[str, int], seed: int, keep: Path | None = None, *, tell: Callable[[str], None] = print
) -> list[tuple[Case, str]]:
    """Run so many cases of each kind; returns those that failed, each with what is wrong.

    Parameters
    ----------
    counts : dict
        Number of cases by the name of the kind.
    seed : int
        Seed; case k of a kind is the same however many there are.
    keep : Path, optional
        Folder for the files of failed cases.
    tell : callable
        Takes the lines to print.
    """
    failed: list[tuple[Case, str]] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as there, _surroundings(Path(there)):
        warm_up(Path(there) / "warm")
        gc.collect()
        gc.freeze()  # else the first collection in a child copies all that they share
        samples = Samples(Path(there) / "samples")
        for name, count in counts.items():
            start, endings = time.monotonic(), collections.Counter[str]()
            for k in range(count):
                # Text seeds are hashed the same in every process.
                case = KINDS[name](random.Random(f"{seed} {name} {k}"), samples)
                outcome = _outcome(case, Path(there) / "cases") if case.forks else run_here(case)
                wrong = outcome.fault()
                endings[TOO_LONG if outcome.status == -signal.SIGALRM else str(outcome.status)] += 1
                again = case.reproduction().encode("utf-8", "backslashreplace").decode()[:MOST_TOLD]
                if outcome.status == -signal.SIGALRM:
                    tell(f"{TOO_LONG}: {again}   # {name}, seed {seed}, number {k}")
                if wrong is not None:
                    failed.append((case, wrong))
                    tell(f"FAILED {name} {k}: {wrong}")
                    tell(f"  {again}   # {name}, seed {seed}, number {k}")
                    if keep is not None:
                        _kept(case, keep / f"{name}-{k}")
            ended = ", ".join(
                f"{number} {'ended with ' * key.isdigit()}{key}" for key, number in sorted(endings.items())
            )
            tell(f"{name}: {count} cases in {time.monotonic() - start:.0f} s: {ended}")
    return failed


def _kept(case: Case, folder: Path) -> None:
    for name, content in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "command").write_text(case.reproduction() + "\n", "utf-8", "backslashreplace")
    (folder / "case.pickle").write_bytes(pickle.dumps((case.kind, case.words, case.files)))


@contextlib.contextmanager
def _surroundings(folder: Path) -> Iterator[None]:
    """An environment whose home and caches are in a folder."""
    home = folder / "home"
    home.mkdir()
    before = dict(os.environ)
    cache = before.get("SYNASPICE_FUZZ_CACHE", str(folder / "cache"))
    os.environ |= {"HOME": str(home), "SYNASPICE_CACHE": cache, "NUMBA_NUM_THREADS": "1", "COLUMNS": "200"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def main() -> None:
    """Run the numbers of cases that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    usual = {"commands": 10_000, "quantities": 10_000, "tables": 2_000, "pieces": 2_000, "declarations": 2_000}
    usual |= {"runs": 1_000}
    for name, number in usual.items():
        parser.add_argument(f"--{name}", type=int, default=number, metavar="N", help=f"cases; default {number}")
    parser.add_argument("--seed", type=int, default=None, help="default: a random one, which is printed")
    parser.add_argument("--keep", type=Path, help="folder for the files of failed cases")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if arguments.seed is None else arguments.seed
    counts = {name: getattr(arguments, name) for name in usual}
    print(f"seed {seed}: python tools/fuzz.py --seed {seed} {shlex.join(f'--{k}={n}' for k, n in counts.items())}")
    failed = fuzz(counts, seed, arguments.keep, tell=lambda text: print(text, flush=True))
    kinds = collections.Counter(wrong[:120] for _, wrong in failed)
    for wrong, number in kinds.most_common():
        print(f"{number} x {wrong}")
    print(f"{len(failed)} of {sum(counts.values())} cases failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
