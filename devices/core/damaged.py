"""Compiled files that are not whole, after a crash or on a full disk: found before Python and Numba read them.

Numba and Python's importer look at the version that a file names, and fail on what follows if that is cut short.
"""

from __future__ import annotations

import glob
import io
import marshal
import pickletools
import struct
from pathlib import Path
from typing import Any

#: Length of the head of a file of Python's bytecode. [B]
_HEAD = 16
#: Numba's indices are two pickles, one after the other, and its machine code is one.
_PICKLES = {".nbi": 2, ".nbc": 1}


def drop_damaged(folder: Path, stem: str) -> list[Path]:
    """Remove the files of a module's bytecode and machine code that are cut short or empty; they are made again.

    Bytes that changed within a file of the right structure are not noticed.

    Parameters
    ----------
    folder : Path
        The module's ``__pycache__``; it need not exist.
    stem : str
        Name of the module's file, without its suffix.

    Returns
    -------
    list of Path
        The files that were removed.
    """
    broken = [file for file in folder.glob(f"{glob.escape(stem)}.*") if not _is_whole(file)]
    for file in broken:
        file.unlink(missing_ok=True)
    return broken


def drop_damaged_code(function: Any) -> None:
    """Remove such files of the module of a function that Numba compiles, wherever Numba keeps them."""
    stats = getattr(function, "stats", None)  # a plain function has none: Numba may be switched off
    if stats is not None and stats.cache_path:
        drop_damaged(Path(stats.cache_path), Path(function.py_func.__code__.co_filename).stem)


def _is_whole(file: Path) -> bool:
    try:
        data = file.read_bytes()
    except OSError:  # gone, or not ours to read: Numba and Python go on without it
        return True
    try:
        if file.suffix == ".pyc":
            marshal.loads(data[_HEAD:])
        stream = io.BytesIO(data)
        for _ in range(_PICKLES.get(file.suffix, 0)):
            for _ in pickletools.genops(stream):  # reads, and makes nothing of what it reads
                pass
    except (ValueError, EOFError, TypeError, IndexError, struct.error):
        return False
    return True
