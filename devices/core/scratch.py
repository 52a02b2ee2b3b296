"""Temporary folders that say whose they are, so that what a killed process left behind goes at a later start.

Their names carry the number of their process, and where that number counts: the machine, its start and the space of
process numbers, since containers and machines may share a folder for temporary files.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Links and files of Linux that tell one space of process numbers from another.
_SPACES = ("/proc/self/ns/pid", "/proc/sys/kernel/random/boot_id")


def make_scratch() -> Path:
    """Make a temporary folder that nobody else can enter; the first time, remove those of processes that are gone."""
    _once()
    return Path(tempfile.mkdtemp(prefix=f"{_prefix()}{os.getpid()}-")).absolute()  # TMPDIR may be relative


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder of this process, removed afterwards."""
    folder = make_scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned() -> list[Path]:
    """Remove the temporary folders of processes that are gone; of this user and this machine alone."""
    removed = []
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        number = folder.name.removeprefix(_prefix()).partition("-")[0]
        if number.isdecimal() and not is_alive(int(number)) and _is_own(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def is_alive(process: int) -> bool:
    """Whether there is a process of this number."""
    if not hasattr(os, "geteuid"):  # elsewhere signal 0 ends the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # of another user
        return True
    return True


@functools.cache
def _once() -> None:
    remove_abandoned()


@functools.cache
def _prefix() -> str:
    parts = [platform.node()]
    for space in _SPACES:
        with contextlib.suppress(OSError):
            file = Path(space)
            parts.append(str(file.readlink()) if file.is_symlink() else file.read_text(encoding="ascii"))
    return f"synaspice-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:8]}-"


def _is_own(folder: Path) -> bool:
    try:
        about = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and about.st_uid == os.geteuid()
