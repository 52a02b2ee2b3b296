"""The command ``synaspice cache``."""

from __future__ import annotations

from ...devices.core.cache import cache_contents, cache_root, clear_cache


def show_cache(clear: bool) -> None:
    """Print the cache's folder and what is in it; remove it if asked."""
    contents = cache_contents()
    if clear:
        clear_cache()
    print(f"{cache_root()}{': removed' if clear and contents else '' if contents else ': empty'}")
    for kind, (files, size) in contents.items():
        print(f"    {kind:14} {files:5} files {size / 1e6:9.1f} MB")
