"""Compiled kernels on disk: one file of source per structure of a model, and Numba's machine code beside it."""

from __future__ import annotations

import functools
import importlib.util
import sys
from types import ModuleType

import numba

from ...core.cache import PARSING, cache_folder, keep_source, mark_used
from ...core.damaged import drop_damaged
from ...language.sources import digest_of_source
from .kernel_source import Structure, write_kernel


def load_kernel(structure: Structure) -> ModuleType:
    """Import the kernel of a structure; the first time ever it says that it compiles, which takes some seconds."""
    with PARSING:
        return _load_kernel(structure)


@functools.lru_cache(maxsize=64)
def _load_kernel(structure: Structure) -> ModuleType:
    source = write_kernel(structure)
    # The machine code depends on the modules that the source imports, too.
    digest = digest_of_source(f"{source}# Numba {numba.__version__}\n")[:20]
    name = f"{structure.model.__name__.lower()}_{digest}"
    file = cache_folder("kernels") / f"{name}.py"
    keep_source(file, source)
    drop_damaged(file.parent / "__pycache__", name)
    mark_used(*(indices := list(file.parent.glob(f"__pycache__/{name}.*.nbi"))))
    if not indices:
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
