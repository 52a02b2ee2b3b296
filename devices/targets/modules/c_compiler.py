"""The system's C compiler: one file of C in, one shared library out."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from ...core.files import check_outputs, put_in_place, temporary_folder, told
from ...language.errors import CompilationError, MissingDependencyError

COMPILER_VARIABLE = "CC"
COMPILERS = ("cc", "gcc", "clang")
#: No -march: a library in a shared home folder must run on every machine that sees it.
FLAGS = ("-std=c11", "-O2", "-fno-math-errno", "-fvisibility=hidden", "-fPIC", "-shared")
TIME_LIMIT = 300.0


def find_compiler() -> list[str]:
    """Find the C compiler: the command in the environment variable ``CC``, else ``cc``, ``gcc`` or ``clang``.

    Returns
    -------
    list of str
        The command, with the arguments that ``CC`` gives it.

    Raises
    ------
    MissingDependencyError
        If there is none.
    """
    named = shlex.split(os.environ.get(COMPILER_VARIABLE, ""))
    if named:
        program = shutil.which(named[0])
        if program is None:
            raise MissingDependencyError(f"{COMPILER_VARIABLE} names the compiler {named[0]!r}, which was not found")
        return [program, *named[1:]]
    for name in COMPILERS:
        program = shutil.which(name)
        if program:
            return [program]
    raise MissingDependencyError(
        f"no C compiler was found ({', '.join(COMPILERS)}): install one with 'sudo apt-get install gcc libc6-dev' "
        f"(Debian, Ubuntu) or 'xcode-select --install' (macOS), or name yours in the variable {COMPILER_VARIABLE}"
    )


def compile_library(source: str, path: str | Path, *, force: bool = False) -> Path:
    """Compile C into a shared library, which is whole when it appears under its name.

    Parameters
    ----------
    source : str
        The text.
    path : str or Path
        The library.
    force : bool
        Whether to replace a file that is already there.

    Returns
    -------
    Path
        The library.

    Raises
    ------
    MissingDependencyError
        If there is no compiler.
    CompilationError
        If the compiler fails, with its own words.
    ParameterError
        If the file is there and is not to be replaced, or it cannot be a file there.
    OutputError
        If it cannot be written, as on a full disk.
    """
    target = Path(path)
    place = check_outputs([target], replace=force)[target]
    compiler = find_compiler()
    # Beside its target: only within one file system is a file moved in one step.
    with told(target), temporary_folder(place.parent) as folder:
        written, made = folder / "device.c", folder / "device.so"
        written.write_text(source, encoding="utf-8")
        flags = [flag for flag in FLAGS if not (sys.platform == "win32" and flag == "-fPIC")]
        command = [*compiler, *flags, "-o", str(made), str(written), "-lm"]
        try:
            ended = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CompilationError(f"{compiler[0]} could not compile {target.name}: {error}") from None
        if ended.returncode != 0 or not made.exists():
            words = (ended.stderr or ended.stdout).strip().replace(str(folder), "").splitlines()[:12]
            raise CompilationError("\n  ".join([f"{compiler[0]} could not compile {target.name}:", *words]))
        put_in_place(made, place, replace=force)
    return target
