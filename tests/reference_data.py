"""Published numbers with their sources, which tests compare with: the files of tests/reference."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"


def published(name: str) -> dict[str, Any]:
    """The content of a file of published numbers, by its name without the ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
