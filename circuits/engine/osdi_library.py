"""The ngspice that loads native devices: where it is, and whether a given one is such an ngspice.

Debian builds ngspice with the interface OSDI since its release 13; where the system's ngspice is without it,
``make ngspice-osdi`` builds one with it into the user's cache.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import tempfile
from pathlib import Path

from ...devices.core.cache import cache_folder, cache_root, distrusted
from ...devices.core.scratch import scratch_folder
from ...devices.language.errors import CacheWarning, MissingDependencyError, warn_user
from .library import LIBRARY_VARIABLE, find_library, installed_libraries, require_pyspice
from .process import Job, run_guarded, work

#: Environment variable that names another folder for the ngspice that ``make ngspice-osdi`` builds.
FOLDER_VARIABLE = "SYNASPICE_NGSPICE_OSDI"

HINT = (
    "'make ngspice-osdi' in synaspice's repository builds one (Debian, Ubuntu); elsewhere configure ngspice >= 39 with "
    f"--enable-osdi --with-ngshared, and name the library in {LIBRARY_VARIABLE}"
)


def ngspice_folder() -> Path:
    """The folder of the ngspice that ``make ngspice-osdi`` builds; it need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else cache_root() / "ngspice-osdi"


def _built(*parts: str) -> str | None:
    """A file of that ngspice; None if it is not there, or in a cache that others can write."""
    file = ngspice_folder().joinpath(*parts)
    if not file.is_file():
        return None
    if not os.environ.get(FOLDER_VARIABLE) and (reason := _distrusted(cache_root())):
        warn_user(f"the ngspice in the cache is not used: {reason}", CacheWarning)
        return None
    return str(file.absolute())


@functools.cache
def _distrusted(root: Path) -> str | None:
    return distrusted(root, root / "ngspice-osdi")


def find_osdi_library() -> str:
    """Find a shared library of ngspice that loads native devices.

    The one that the environment variable ``NGSPICE_LIBRARY_PATH`` names is taken or none; without it the first of the
    installed ones that can, as Debian's can since its release 13, and last the one that ``make ngspice-osdi`` built.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    MissingDependencyError
        If there is none; the message says how to get one.
    """
    if os.environ.get(LIBRARY_VARIABLE):
        library = find_library()
        if not has_osdi(library):
            raise MissingDependencyError(
                f"{library}, which {LIBRARY_VARIABLE} names, was built without OSDI and loads no native devices; {HINT}"
            )
        return library
    installed = list(dict.fromkeys(str(Path(one).resolve()) if os.sep in one else one for one in installed_libraries()))
    for library in installed:
        if has_osdi(library):
            return library
    for name in ("libngspice.so", "libngspice.0.dylib", "libngspice.dylib"):
        own = _built("lib", name)
        if own and has_osdi(own):  # which one that was cut short has not
            return own
    what = f"{' or '.join(installed)} was built without OSDI" if installed else "there is no ngspice"
    raise MissingDependencyError(f"native devices need an ngspice that loads them, and {what}; {HINT}")


def find_osdi_program() -> str:
    """Find an ngspice program that loads native devices: the system's, or the one that ``make ngspice-osdi`` builds.

    Raises
    ------
    MissingDependencyError
        If there is none.
    """
    found = shutil.which("ngspice")
    if found and _program_has_osdi(found):
        return found
    program = _built("bin", "ngspice")
    if program:
        return program
    other = f"{found} was built without OSDI" if found else "no other ngspice"
    raise MissingDependencyError(f"there is no {ngspice_folder() / 'bin' / 'ngspice'}, and {other}; {HINT}")


@functools.cache
def _program_has_osdi(program: str) -> bool:
    """Give the program a command of the interface without its argument: it does not know it, or misses something."""
    deck = "* probe\n.control\nosdi\nquit\n.endc\nR1 a 0 1\n.end\n"
    with scratch_folder() as folder:
        (folder / "probe.cir").write_text(deck, encoding="utf-8")
        ended = run_guarded([str(Path(program).absolute()), "-n", "-b", "probe.cir"], folder, folder, 30.0)
    said = "" if ended is None else ended.stdout + ended.stderr
    return "osdi" in said and "no such command" not in said


def has_osdi(library: str) -> bool:
    """Whether a shared library of ngspice knows the command ``osdi``; asked once for each file, and remembered.

    An answer that did not come, because the process crashed or took too long, is not remembered.
    """
    try:
        state = Path(library).stat()
    except OSError:  # a name that the system's loader resolves
        return bool(_ask(library))
    key = f"{Path(library).resolve()} {state.st_size} {state.st_mtime_ns}"
    if key not in _ANSWERS:
        notes = cache_folder("native") / "libraries.json"
        known = _noted(notes)
        if key not in known:
            answer = _ask(library)
            if answer is None:
                return False
            known[key] = answer
            with contextlib.suppress(OSError):
                with tempfile.NamedTemporaryFile("w", dir=notes.parent, delete=False, encoding="utf-8") as new:
                    json.dump(known, new, indent=1)
                Path(new.name).replace(notes)
        _ANSWERS[key] = bool(known[key])
    return _ANSWERS[key]


#: Answers that this process has already.
_ANSWERS: dict[str, bool] = {}


def _noted(notes: Path) -> dict[str, bool]:
    try:
        known = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _ask(library: str) -> bool | None:
    """Give ngspice the command without its argument: something is missing, or it does not know the command.

    None if it ended before it could say either.
    """
    require_pyspice()
    with scratch_folder() as folder:
        job = Job(folder, ["* probe", "R1 a 0 1", ".end"], [], [""])
        (ended,) = work([job], library, 30.0)
        log = job.log()
    if any("no such command" in line for line in log):
        return False
    return True if ended is not None and ended[0] == 0 and log else None


if __name__ == "__main__":
    print(ngspice_folder())
