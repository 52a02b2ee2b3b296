"""Where the package keeps what it has once compiled."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path

import platformdirs

#: Environment variable that names another folder for the cache.
CACHE_VARIABLE = "SYNASPICE_CACHE"


def cache_root() -> Path:
    """The folder of everything: the user's cache, or the one that ``SYNASPICE_CACHE`` names; it need not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("synaspice")


@functools.cache
def cache_folder(kind: str) -> Path:
    """A folder for one kind of thing, such as ``kernels``; a temporary one where the cache cannot be written."""
    folder = cache_root() / kind
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"synaspice-{kind}-"))
    return folder
