"""The entry point of the command line: what it runs is in :mod:`.commands`, which it imports when it can be ended."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Callable

from .endings import Ended, ended_by, endings, finish_output, leave_if_ended, leave_interrupts, name_of, open_streams

#: Variable that, set to anything but 0 or nothing, shows where in the code an error arose.
TRACEBACK = "SYNASPICE_TRACEBACK"
#: What is said last of an error that nobody expected.
REPORT = f"with what {TRACEBACK}=1 shows"
#: Letters of an unexpected error that are shown.
LONGEST = 300


def main() -> None:
    """Run the command that the arguments of the process give, and exit.

    Errors become one line on standard error and an exit status: 2 for a user's mistake, 1 for a run that failed, 130
    after Ctrl-C, and 128 and its number after another signal that ends a process.
    """
    open_streams()
    with endings():
        try:
            status = _finished(_status(_command))
            _end_processes()
        except Ended as ended:  # while it was told how it ended
            status = 128 + ended.number
        leave_if_ended(status)
    atexit.register(leave_interrupts)
    sys.exit(status)


def _command() -> None:
    from .commands import commands, told_warnings

    with told_warnings():
        commands()(prog_name="synaspice")


def _end_processes() -> None:
    """End what computed in parallel, if anything did."""
    processes = sys.modules.get(f"{__name__.partition('.')[0]}.characterization.processes")
    if processes is not None:
        processes.end_processes()


def _finished(status: int) -> int:
    """The status, or that of a failed run if what was printed cannot be written."""
    failed = finish_output()
    return status if failed is None or status else _unwritten(failed)


def _unwritten(failed: OSError) -> int:
    if not isinstance(failed, BrokenPipeError):  # otherwise the reader has seen enough
        _tell(f"cannot write to standard output: {(failed.strerror or str(failed)).lower()}")
    return 1


def _status(run: Callable[[], None]) -> int:
    """Exit status of a run, after what is to be said about it."""
    try:
        run()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Ended as ended:
        return _status_of_signal(ended.number)
    except Exception as error:
        number = ended_by()  # modules in C make another error of it
        return _status_of(error) if number is None else _status_of_signal(number)
    return 0


def _status_of_signal(number: int) -> int:
    _show_place()
    kept = _goes_on(sys.argv[1:]) * ": what was finished is kept, and the same command goes on from it"
    _tell(f"{name_of(number)}{kept}")
    return 128 + number


def _goes_on(words: list[str]) -> bool:
    """Whether a command keeps what it has finished: a bench with a checkpoint, a gallery, systems of the article."""
    if words[:1] == ["gallery"]:
        return "--figures-only" not in words
    of_systems = words[:1] == ["figure"] and len(words) > 1 and not words[1].endswith((".csv", ".parquet"))
    return of_systems or any(word.startswith("--checkpoint") for word in words)


def _status_of(error: Exception) -> int:
    from ...devices.language.errors import (
        CompilationError,
        MissingDependencyError,
        OutputError,
        SimulationError,
        SynaspiceError,
    )

    if isinstance(error, OSError) and (failed := finish_output()) is not None and failed.errno == error.errno:
        return _unwritten(failed)
    if isinstance(error, BrokenPipeError):  # the reader of our errors has seen enough
        return 1
    _show_place()
    if isinstance(error, SynaspiceError):
        _tell(str(error))
        in_the_run = SimulationError | MissingDependencyError | CompilationError | OutputError
        return 1 if isinstance(error, in_the_run) else 2
    said = " ".join(str(error).split())[:LONGEST]
    _tell(f"{type(error).__name__}{said and f': {said}'}; {_advice()}")
    return 1


def _advice() -> str:
    """What to do about an error that should not be."""
    import importlib.metadata

    try:
        given = importlib.metadata.metadata("synaspice")
    except importlib.metadata.PackageNotFoundError:
        pages = {}
    else:
        named = (text.partition(",") for text in given.get_all("Project-URL") or [])
        pages = {label.strip().lower(): page.strip() for label, _, page in named}
    page = next((pages[label] for label in pages if any(word in label for word in ("bug", "issue", "tracker"))), None)
    where = f"report it at {page}" if page else "report it as synaspice's CONTRIBUTING.md says"
    return f"if nothing explains it, {where}, {REPORT}"


def _show_place() -> None:
    """Show where in the code the error being handled arose, to who asks for it."""
    if os.environ.get(TRACEBACK, "0") not in ("", "0"):
        import traceback

        traceback.print_exc()


def _tell(text: str) -> None:
    from .output import tell

    with contextlib.suppress(OSError):  # nobody reads it
        tell(f"synaspice: {text}")
