"""The command ``synaspice cache``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..output import show


def cache(clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False) -> None:
    """Show where compiled things are kept, or remove them."""
    from ....devices.core.cache import (
        OTHER_RELEASE_DAYS,
        UNUSED_DAYS,
        cache_contents,
        cache_root,
        clear_cache,
        why_unused,
    )

    contents, reason = cache_contents(), why_unused()
    if clear:
        clear_cache()
    show(f"{cache_root()}{': removed' if clear and contents else '' if contents else ': empty'}")
    if reason and not clear:
        show(f"not used: {reason}")
    for kind, (files, size) in contents.items():
        show(f"{kind:14} {files:5} files {size / 1e6:9.1f} MB", "    ")
    if contents and not clear:
        show(
            f"kernels and native devices go by themselves: unused for {UNUSED_DAYS} days, "
            f"of another release of the package or of llvmlite for {OTHER_RELEASE_DAYS}"
        )
