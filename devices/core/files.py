"""Output files: regular files alone, each whole or not at all, and nothing left over of runs that were killed.

A file is written under a hidden name beside its place, and takes it when it is complete. The hidden name says which
process writes it: when that process is dead, the next one that writes into the folder removes it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import re
import secrets
import shutil
import socket
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..language.errors import OutputError, ParameterError

#: Beginning of the names of files and folders that are not complete yet.
PREFIX = ".synaspice-"
#: Age from which an incomplete file is nobody's, whoever wrote it: a process of another machine cannot be asked. [s]
OLD = 86400.0
#: What a user mistakes: the place. All else, such as a full disk, is a run that failed.
MISTAKES = frozenset(
    {
        *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL),
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EILSEQ),
    }
)
#: Things that are no regular files, in words.
KINDS = ((stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
#: Longest ending that a hidden name takes over.
LONGEST_SUFFIX = 16

#: Incomplete files and folders of this process.
_unfinished: set[Path] = set()
#: Folders in which this process has removed what others left.
_tidied: set[str] = set()


def output_file(path: Path) -> Path:
    """The regular file that writing to a path makes or replaces.

    A symbolic link stays, and the file at its end is the one: replacing the link would leave that as it was.

    Raises
    ------
    ParameterError
        If it is a folder, a device, a pipe or a socket, or cannot be a file: its name is too long, or its folder does
        not exist or cannot be written to.
    """
    with told(path):
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        try:
            mode = target.stat().st_mode
        except FileNotFoundError:
            mode = stat.S_IFREG
        if stat.S_ISDIR(mode):
            raise ParameterError(f"cannot write {str(path)!r}: it is a folder")
        if not stat.S_ISREG(mode):
            kind = next((words for is_kind, words in KINDS if is_kind(mode)), "no regular file")
            raise ParameterError(f"cannot write {str(path)!r}: it is {kind}, and only regular files are replaced")
        if not target.parent.is_dir():
            raise ParameterError(f"cannot write {str(path)!r}: there is no folder {str(target.parent)!r}")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise ParameterError(f"cannot write {str(path)!r}: the folder {str(target.parent)!r} cannot be written to")
    return target


def check_outputs(paths: Iterable[Path], *, replace: bool = True) -> dict[Path, Path]:
    """The regular files that writing to paths makes or replaces, before anything is done.

    Raises
    ------
    ParameterError
        If one cannot be a file (see :func:`output_file`), or exists and is not to be replaced.
    """
    targets = {path: output_file(path) for path in paths}
    taken = [str(path) for path, target in targets.items() if target.exists()]
    if taken and not replace:
        raise ParameterError(_exist(taken))
    for target in targets.values():
        remove_remains(target.parent)
    return targets


def write_whole(target: Path, write: Callable[[Path], Any]) -> None:
    """Let ``write`` fill a temporary file beside the target, and put it in place only when it is complete.

    A file that is replaced keeps its mode.

    Raises
    ------
    ParameterError
        If the target cannot be a file; see :func:`output_file`.
    OutputError
        If it cannot be written to its end, as on a full disk.
    """
    write_together({target: write})


def write_together(writers: Mapping[Path, Callable[[Path], Any]], *, replace: bool = True) -> None:
    """As :func:`write_whole`, for files that belong together: none is put in place before all are complete.

    Parameters
    ----------
    writers : Mapping
        What fills each file.
    replace : bool
        Whether files that exist are replaced.

    Raises
    ------
    ParameterError
        Also if a file exists and is not to be replaced.
    OutputError
        See :func:`write_whole`.
    """
    targets = check_outputs(writers, replace=replace)
    staged: dict[Path, Path] = {}
    try:
        for path, write in writers.items():
            target = targets[path]
            with told(path):
                temporary = staged[path] = _unused(target.parent, target.suffix)
                _unfinished.add(temporary)
                os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
                write(temporary)
                if target.exists():
                    shutil.copymode(target, temporary)
        for path, temporary in staged.items():
            with told(path):
                put_in_place(temporary, targets[path], replace=replace)
    finally:
        for temporary in staged.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            _unfinished.discard(temporary)


def put_in_place(made: Path, target: Path, *, replace: bool) -> None:
    """Give a complete file its name in one step.

    Raises
    ------
    ParameterError
        If there is a file of the name that is not to be replaced.
    """
    if replace:
        made.replace(target)
        return
    try:
        os.link(made, target)  # fails where another process was faster
    except FileExistsError:
        raise ParameterError(_exist([str(target)])) from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise ParameterError(_exist([str(target)])) from None
        made.replace(target)


@contextlib.contextmanager
def temporary_folder(beside: Path) -> Iterator[Path]:
    """A hidden folder, for files that are moved from it in one step; it is removed in the end."""
    remove_remains(beside)
    folder = _unused(beside, "")
    _unfinished.add(folder)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _unfinished.discard(folder)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """What the system says against writing to a path, as an error of this package."""
    try:
        yield
    except (ParameterError, OutputError):
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        kind = ParameterError if error.errno in MISTAKES else OutputError
        raise kind(f"cannot write {str(path)!r}: {reason}") from None


def remove_remains(folder: Path) -> None:
    """Remove incomplete files of killed runs of this package from a folder, once in a process."""
    place = os.path.realpath(folder)
    if place in _tidied:
        return
    _tidied.add(place)
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and _is_nobodys(entry):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        Path(entry.path).unlink()


def discard_unfinished() -> None:
    """Remove this process's incomplete files, before it is ended without unwinding."""
    for path in list(_unfinished):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _exist(names: list[str]) -> str:
    return f"{' and '.join(names)} exist{'s' if len(names) == 1 else ''}: --force replaces (force=True in Python)"


def _unused(folder: Path, suffix: str) -> Path:
    """A hidden name that says whose it is; with the ending of the target, by which some writers go."""
    ending = suffix if len(os.fsencode(suffix)) <= LONGEST_SUFFIX else ""
    return folder / f"{PREFIX}{_place()}-{os.getpid()}-{secrets.token_hex(4)}{ending}"


def _is_nobodys(entry: os.DirEntry[str]) -> bool:
    found = re.match(rf"{re.escape(PREFIX)}([0-9a-f]{{8}})-(\d+)-[0-9a-f]{{8}}(\..*)?$", entry.name)
    if found is None:
        return False
    if found[1] == _place() and not is_alive(int(found[2])):
        return True
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > OLD
    except OSError:
        return False


def is_alive(process: int) -> bool:
    """Whether there is a process of a number on this machine."""
    if os.name == "nt":  # there os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True


@functools.cache
def _place() -> str:
    """Where process numbers mean what they mean here: the machine since it was started, and the container."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
