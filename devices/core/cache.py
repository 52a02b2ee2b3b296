"""The folder in which the package keeps compiled files."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Literal, get_args

import platformdirs

#: Environment variable that names another folder for the cache.
CACHE_VARIABLE = "SYNASPICE_CACHE"

#: Python's parser fails in several threads at a time (python/cpython#106905): who parses a source waits for the others.
PARSING = threading.RLock()

#: Kinds of files: compiled kernels of the Python simulator, native devices, the ngspice that loads those.
Kind = Literal["kernels", "native", "ngspice-osdi"]


def cache_root() -> Path:
    """The folder of everything: the user's cache, or the one that ``SYNASPICE_CACHE`` names; it need not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("synaspice")


@functools.cache
def cache_folder(kind: Kind) -> Path:
    """A folder for one kind of thing, such as ``kernels``; a temporary one where the cache cannot be written."""
    folder = cache_root() / kind
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"synaspice-{kind}-"))
    return folder


def keep_source(file: Path, text: str) -> None:
    """Have a text in a file of the cache.

    What is there is never trusted, only compared: another process or version may have written it.
    """
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, suffix=".tmp", encoding="utf-8") as new:
        new.write(text)
    Path(new.name).replace(file)


def cache_contents() -> dict[Kind, tuple[int, int]]:
    """Contents of the cache: number of files and bytes of each kind that is there."""
    contents: dict[Kind, tuple[int, int]] = {}
    for kind in get_args(Kind):
        files = [file for file in (cache_root() / kind).rglob("*") if file.is_file() and not file.is_symlink()]
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
