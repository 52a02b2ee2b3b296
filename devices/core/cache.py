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

#: Days after which what was not used is removed: of this release of the package and of llvmlite, and of others, which
#: an environment beside this one may be using.
UNUSED_DAYS, OTHER_RELEASE_DAYS = 90, 7
_DAY = 86400.0
#: File in a folder of ours whose time is that of the last look for what is too old: once a day is enough.
_SWEPT = ".swept"
#: File that tells folders of ours from others, and programs that make backups that they need none of it
#: (https://bford.info/cachedir/): nothing is removed from where it is not.
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Compiled files of synaspice.\n"
#: The list of its files in an ngspice that tools/build-ngspice-osdi.sh built.
_BUILT = ".built-by-synaspice"


def cache_root() -> Path:
    """The folder of everything: the user's cache, or the one that ``SYNASPICE_CACHE`` names; it need not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).absolute() if named else platformdirs.user_cache_path("synaspice")


@functools.cache
def cache_folder(kind: Kind) -> Path:
    """A folder for one kind of thing, such as ``kernels``, of this release of the package and of llvmlite.

    A temporary one, removed at the end of the process, where the cache cannot be written or others can write it;
    then there is a :class:`CacheWarning`.
    """
    root = cache_root()
    folder = root / kind / release()
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        for part in (root, root / kind, folder):
            part.mkdir(mode=0o700, exist_ok=True)
        reason = distrusted(root, root / kind, folder)
        if reason is None:
            if not (folder / _TAG).exists():
                keep(folder / _TAG, _TAG_TEXT.encode())
            with tempfile.TemporaryFile(dir=folder):
                pass
            _close(folder)
            _sweep(folder)
    except OSError as error:
        reason = f"{root} cannot be written ({error.strerror or error})"
    if reason is not None:
        _tell(reason)
        folder = _temporary_root() / kind
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@functools.cache
def release() -> str:
    """The releases that compiled files belong to, as the name of a folder."""
    return f"{__version__}-llvm-{importlib.metadata.version('llvmlite')}"


def distrusted(*folders: Path) -> str | None:
    """Why the files in the last of some folders, each in the one before, are not used; None if they can be.

    They are not if somebody else could have written them. Where nobody else can enter one of the folders, what is
    beneath needs no look.
    """
    if not hasattr(os, "geteuid"):  # Windows keeps users apart by other means
        return None
    closed = False
    for path in folders:
        reason = _writable_by_others(path)
        if reason:
            return reason
        closed = closed or not stat.S_IMODE(path.stat().st_mode) & 0o011
    beneath = () if closed else folders[-1].rglob("*")
    return next((reason for path in beneath if (reason := _writable_by_others(path))), None)


def why_unused() -> str | None:
    """Why the cache that is there is not used; None if it is."""
    root = cache_root()
    folders = [(root, root / folder.relative_to(root).parts[0], folder) for folder in _ours()]
    found = (distrusted(*parts) for parts in folders)
    return _writable_by_others(root) or next((reason for reason in found if reason), None)


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
    """Let nobody else in: what compilers make is as the user's mask says, which may let a group write."""
    with contextlib.suppress(PermissionError):
        folder.chmod(0o700)


@functools.cache
def _tell(reason: str) -> None:
    warn_user(f"the cache is not used: {reason}; this process compiles for itself", CacheWarning)


@functools.cache
def _temporary_root() -> Path:
    """The folder of this process that takes the cache's place."""
    folder, owner = make_scratch(), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # and not of a process that was forked from it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def keep(file: Path, content: bytes) -> None:
    """Put a file into the cache, in one go."""
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
    """Remove what was not used for long from the folder of a release, and those of other releases beside it."""
    note, now = folder / _SWEPT, time.time()
    if note.exists() and now - note.stat().st_mtime < _DAY:
        return
    note.touch()
    for entry in folder.iterdir():
        if entry.name not in (_TAG, _SWEPT):
            _remove_old(entry, now - UNUSED_DAYS * _DAY)
    for other in _tagged(folder.parent):
        if other != folder:
            _remove_old(other, now - OTHER_RELEASE_DAYS * _DAY)


def _remove_old(entry: Path, before: float) -> None:
    files = [entry, *(entry.rglob("*") if entry.is_dir() else ())]
    with contextlib.suppress(OSError):  # another process removes it as well
        if max(file.lstat().st_mtime for file in files) >= before:
            return
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _tagged(folder: Path) -> list[Path]:
    """The folders of releases in that of a kind; other programs have tags of other content."""
    found = []
    for tag in sorted(folder.glob(f"*/{_TAG}")):
        with contextlib.suppress(OSError):
            if not tag.parent.is_symlink() and tag.read_bytes() == _TAG_TEXT.encode():
                found.append(tag.parent)
    return found


def _ours() -> list[Path]:
    """The folders that hold files of this package."""
    folders = [folder for kind in get_args(Kind) for folder in _tagged(cache_root() / kind)]
    return [*folders, *([built] if (built := cache_root() / "ngspice-osdi").is_dir() else [])]


def cache_contents() -> dict[Kind, tuple[int, int]]:
    """Contents of the cache: number of files and bytes of each kind that is there."""
    contents: dict[Kind, tuple[int, int]] = {}
    for kind in get_args(Kind):
        found = [file for folder in _ours() if kind in (folder.name, folder.parent.name) for file in folder.rglob("*")]
        files = [f for f in found if f.is_file() and not f.is_symlink() and f.name not in (_SWEPT, _TAG, _BUILT)]
        if files:
            contents[kind] = len(files), sum(file.stat().st_size for file in files)
    return contents


def clear_cache() -> None:
    """Remove the package's files from its cache, and the folders that nothing else is in."""
    for folder in _ours():
        if (folder / _TAG).exists():
            shutil.rmtree(folder)
        elif (folder / _BUILT).exists():
            _remove_built(folder)
    cache_folder.cache_clear()
    for folder in (*(cache_root() / kind for kind in get_args(Kind)), cache_root()):
        with contextlib.suppress(OSError):  # it is not there, or not empty
            folder.rmdir()


def _remove_built(folder: Path) -> None:
    """Remove the files of an ngspice that are in its list, as the script that built it does."""
    for name in (folder / _BUILT).read_text(encoding="utf-8").splitlines():
        file = folder / name
        if ".." not in file.parts and file.is_relative_to(folder):
            file.unlink(missing_ok=True)
    (folder / _BUILT).unlink()
    for part in sorted(folder.rglob("*"), reverse=True):  # the deepest first
        if part.is_dir() and not part.is_symlink():
            with contextlib.suppress(OSError):
                part.rmdir()
