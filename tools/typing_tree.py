"""Lay out the package as it is installed, for the type checker: build/types/synaspice/* are links to the folders.

The folders of the checkout become ``synaspice.*`` only by setup.cfg's ``package_dir``, which a type checker does not
read.
"""

from __future__ import annotations

import configparser
from pathlib import Path


def main() -> None:
    """Make the links that setup.cfg's package_dir describes."""
    root = Path(__file__).resolve().parent.parent
    config = configparser.ConfigParser()
    config.read(root / "setup.cfg", encoding="utf-8")
    tree = root / "build" / "types" / "synaspice"
    tree.mkdir(parents=True, exist_ok=True)
    for line in config["options"]["package_dir"].strip().splitlines():
        name, _, folder = (part.strip() for part in line.partition("="))
        link = tree / name.removeprefix("synaspice.")
        if not link.is_symlink():
            link.symlink_to(root / folder, target_is_directory=True)


if __name__ == "__main__":
    main()
