"""The command ``synaspice cache``."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import show


def cache(clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False) -> None:
    """Show where compiled things are kept, or remove them."""
    from ...devices.core.cache import cache_contents, cache_root, clear_cache

    contents = cache_contents()
    if clear:
        clear_cache()
    show(f"{cache_root()}{': removed' if clear and contents else '' if contents else ': empty'}")
    for kind, (files, size) in contents.items():
        show(f"{kind:14} {files:5} files {size / 1e6:9.1f} MB", "    ")
