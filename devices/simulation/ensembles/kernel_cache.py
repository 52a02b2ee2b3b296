"""Compiled kernels on disk: one file of source per structure of a model, and Numba's machine code beside it."""

from __future__ import annotations

import functools
import importlib.util
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType

import numba

from ...core.cache import cache_folder
from ...language.sources import digest_of_source
from .kernel_source import Structure, write_kernel

#: One thread makes a kernel while the others wait: Python's parser fails in several at a time (python/cpython#106905).
_MAKING = threading.RLock()


def load_kernel(structure: Structure) -> ModuleType:
    """Import the kernel of a structure; the first time ever it says that it compiles, which takes some seconds."""
    with _MAKING:
        return _load_kernel(structure)


@functools.lru_cache(maxsize=64)
def _load_kernel(structure: Structure) -> ModuleType:
    source = write_kernel(structure)
    # The machine code depends on the modules that the source imports, too.
    digest = digest_of_source(f"{source}# Numba {numba.__version__}\n")[:20]
    name = f"{structure.model.__name__.lower()}_{digest}"
    file = cache_folder("kernels") / f"{name}.py"
    # The text is never trusted, only compared: another process or version may have written the file.
    if not file.exists() or file.read_text(encoding="utf-8") != source:
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, suffix=".tmp", encoding="utf-8") as new:
            new.write(source)
        Path(new.name).replace(file)
    if not any(file.parent.glob(f"__pycache__/{name}.*.nbi")):
        print(
            f"synaspice: compiling the noise loop of {structure.model.__name__} (kept in {file.parent})",
            file=sys.stderr,
        )
    spec = importlib.util.spec_from_file_location(f"synaspice_kernel_{name}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Numba's cached code imports it by name
    spec.loader.exec_module(module)
    return module
