"""Lay out the package as it is installed, for the type checker: build/types/synaspice/* are links to the folders.

The folders of the checkout become ``synaspice.*`` only by setup.py's ``package_dir``, which a type checker does not
read.
"""

from __future__ import annotations

import shutil
from pathlib import Path

PARTS = ("devices", "circuits", "characterization", "figures")


def main() -> None:
    """Make the links."""
    root = Path(__file__).resolve().parent.parent
    tree = root / "build" / "types" / "synaspice"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for file in (root / "synaspice").iterdir():
        if not file.name.startswith("__pycache__"):
            (tree / file.name).symlink_to(file)
    for part in PARTS:
        (tree / part).symlink_to(root / part, target_is_directory=True)


if __name__ == "__main__":
    main()
