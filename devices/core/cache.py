"""The folder in which the package keeps compiled files.

What is in it is run as code. So it is used only if nobody but the user and root can write there; otherwise
a temporary folder of the process takes its place.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.metadata
import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

import platformdirs

from ..language.errors import CacheWarning, warn_user
from ..language.version import __version__
from .scratch import make_scratch

#: Environment variable that names another folder for the cache.
CACHE_VARIABLE = "SYNASPICE_CACHE"

#: Python's parser fails in several threads at a time (python/cpython#106905): who parses a source waits for the others.
PARSING = threading.RLock()

#: Kinds of files: compiled kernels of the Python simulator, native devices, the ngspice that loads those.
Kind = Literal["kernels", "native", "ngspice-osdi"]

#: Days after which what was not used is removed: of this release of the package and of Numba, and of others, which an
#: environment beside this one may be using.
UNUSED_DAYS, OTHER_RELEASE_DAYS = 90, 7
_DAY = 86400.0
#: File in the folder of a kind whose time is that of the last look for what is too old: once a day is enough.
_SWEPT = ".swept"


def cache_root() -> Path:
    """The folder of everything: the user's cache, or the one that ``SYNASPICE_CACHE`` names; it need not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).absolute() if named else platformdirs.user_cache_path("synaspice")


@functools.cache
def cache_folder(kind: Kind) -> Path:
    """A folder for one kind of thing, such as ``kernels``, of this release of the package and of Numba.

    A temporary one, removed at the end of the process, where the cache cannot be written or others can write it;
    then there is a :class:`CacheWarning`.
    """
    root = cache_root()
    folder = root / kind / release()
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        for part in (root, root / kind, folder):
            part.mkdir(mode=0o700, exist_ok=True)
        reason = distrusted(root, kind)
        if reason is None:
            with tempfile.TemporaryFile(dir=folder):
                pass
            _close(root / kind)
            _sweep(root / kind)
    except OSError as error:
        reason = f"{root} cannot be written ({error.strerror or error})"
    if reason is not None:
        folder = _temporary_root(reason) / kind
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@functools.cache
def release() -> str:
    """The releases that compiled files belong to, as the name of a folder."""
    return f"{__version__}-numba-{importlib.metadata.version('numba')}"


def distrusted(root: Path, kind: str) -> str | None:
    """Why the files of a kind are not used: who else could have written them; None if nobody could.

    Where nobody else can enter the folder, what is beneath it needs no look.
    """
    if not hasattr(os, "geteuid"):  # Windows keeps users apart by other means
        return None
    closed = False
    for path in (root, root / kind):
        reason = _writable_by_others(path)
        if reason:
            return reason
        closed = closed or not stat.S_IMODE(path.stat().st_mode) & 0o011
    beneath = () if closed else (root / kind).rglob("*")
    return next((reason for path in beneath if (reason := _writable_by_others(path))), None)


def why_unused() -> str | None:
    """Why the cache that is there is not used; None if it is."""
    kinds = [kind for kind in get_args(Kind) if (cache_root() / kind).is_dir()]
    return next((reason for kind in kinds if (reason := distrusted(cache_root(), kind))), None)


def _writable_by_others(path: Path) -> str | None:
    try:
        about = path.stat()
    except FileNotFoundError:  # another process replaces files
        return None
    if about.st_uid not in (0, os.geteuid()):
        return f"{path} belongs to another user"
    if about.st_mode & 0o022:
        return f"{path} can be written by others ('chmod -R go-w' mends that, if you trust what is in it)"
    return None


def _close(folder: Path) -> None:
    """Let nobody else in: Numba makes its folders as the user's mask says, which may let a group write."""
    with contextlib.suppress(PermissionError):
        folder.chmod(0o700)


@functools.cache
def _temporary_root(reason: str) -> Path:
    """The folder of this process that takes the cache's place."""
    folder, owner = make_scratch(), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # and not of a process that was forked from it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    warn_user(f"the cache is not used: {reason}; this process compiles for itself", CacheWarning)
    return folder


def keep_source(file: Path, text: str) -> None:
    """Have a text in a file of the cache.

    What is there is never trusted, only compared: another process or version may have written it.
    """
    content = text.encode()
    if file.exists() and file.read_bytes() == content:
        return
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False, suffix=".tmp") as new:
        new.write(content)
    Path(new.name).replace(file)


def mark_used(*paths: Path) -> None:
    """Note that entries are in use, by the time of their files; once a day is enough."""
    for path in paths:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY:
                os.utime(path)


def _sweep(folder: Path) -> None:
    """Remove what was not used for long from the folder of a kind."""
    note, now = folder / _SWEPT, time.time()
    if note.exists() and now - note.stat().st_mtime < _DAY:
        return
    note.touch()
    for part in folder.iterdir():
        if part.name == release():
            for entry in _entries(part):
                _remove_old(entry, now - UNUSED_DAYS * _DAY)
        elif part != note:
            _remove_old([part], now - OTHER_RELEASE_DAYS * _DAY)


def _entries(folder: Path) -> Iterator[list[Path]]:
    """The files and folders of a release, those of one entry together: a source and what was compiled of it."""
    entries: dict[str, list[Path]] = {}
    for path in [*folder.iterdir(), *folder.glob("__pycache__/*")]:
        if path.name != "__pycache__":
            entries.setdefault(path.name.partition(".")[0] or path.name, []).append(path)
    yield from entries.values()


def _remove_old(entry: list[Path], before: float) -> None:
    files = [file for path in entry for file in (path, *(path.rglob("*") if path.is_dir() else ()))]
    with contextlib.suppress(OSError):  # another process removes it as well
        if max(file.lstat().st_mtime for file in files) >= before:
            return
        for path in entry:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def cache_contents() -> dict[Kind, tuple[int, int]]:
    """Contents of the cache: number of files and bytes of each kind that is there."""
    contents: dict[Kind, tuple[int, int]] = {}
    for kind in get_args(Kind):
        found = (cache_root() / kind).rglob("*")
        files = [file for file in found if file.is_file() and not file.is_symlink() and file.name != _SWEPT]
        if files:
            contents[kind] = len(files), sum(file.stat().st_size for file in files)
    return contents


def clear_cache() -> None:
    """Remove the package's files from its cache, and the cache's folder if there is nothing else in it."""
    for kind in get_args(Kind):
        if (cache_root() / kind).is_dir():
            shutil.rmtree(cache_root() / kind)
    cache_folder.cache_clear()
    if cache_root().is_dir() and not any(cache_root().iterdir()):
        cache_root().rmdir()
