"""Copies of the loops in the cache, where Numba keeps their machine code beside them.

Numba looks at the file of a function alone to tell whether its machine code is stale; the copy's folder is named after
everything that the loops reach.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numba

from ...core.cache import PARSING, cache_folder, keep_source, mark_used
from ...core.damaged import drop_damaged
from ...language.sources import digest_of
from . import loops


class Loops(NamedTuple):
    """The modules of the loops."""

    driven: ModuleType
    explicit: ModuleType
    rosenbrock: ModuleType


def load_loops() -> Loops:
    """Import the loops from their copy, which is made the first time ever."""
    with PARSING:
        return _load_loops()


@functools.cache
def _load_loops() -> Loops:
    original = Path(loops.__file__).parent
    reached = digest_of(*(f"{loops.__name__}.{name}" for name in Loops._fields))
    name = f"loops_{hashlib.sha256(f'{reached} Numba {numba.__version__}'.encode()).hexdigest()[:20]}"
    folder = cache_folder("kernels") / name
    folder.mkdir(mode=0o700, exist_ok=True)
    mark_used(folder)
    for module in ("__init__", *Loops._fields):
        drop_damaged(folder / "__pycache__", module)
        keep_source(folder / f"{module}.py", (original / f"{module}.py").read_text(encoding="utf-8"))
    package = f"synaspice_{name}"
    spec = importlib.util.spec_from_file_location(package, folder / "__init__.py")
    assert spec is not None and spec.loader is not None
    module_ = importlib.util.module_from_spec(spec)
    sys.modules[package] = module_  # Numba's cached code imports it by name
    spec.loader.exec_module(module_)
    return Loops(*(importlib.import_module(f"{package}.{name}") for name in Loops._fields))


@functools.cache
def announce(loop: ModuleType) -> None:
    """Say that a loop is compiled, where it was not before."""
    folder = Path(str(loop.__file__)).parent
    if not any(folder.glob(f"__pycache__/{loop.__name__.rpartition('.')[2]}.march*.nbi")):
        print(f"synaspice: compiling an integrator, once for all devices (kept in {folder.parent})", file=sys.stderr)
