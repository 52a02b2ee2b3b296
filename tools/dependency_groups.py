"""Requirements of the dependency groups of ``pyproject.toml``, with the extras of this project that they name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
NAME = "synaspice"


def requirements_of(group: str) -> Iterator[Requirement]:
    """The packages of a group, those of the extras that it names among them.

    Parameters
    ----------
    group : str
        Name of the group.
    """
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for entry in groups[group]:
        if isinstance(entry, dict):
            yield from requirements_of(entry["include-group"])
            continue
        wanted = Requirement(entry)
        if wanted.name != NAME:
            yield wanted
        for extra in sorted(wanted.extras) if wanted.name == NAME else ():
            yield from requirements_of_extra(extra)


def requirements_of_extra(extra: str) -> Iterator[Requirement]:
    """The packages of an extra of ``setup.cfg``."""
    yield from requirements_in("options.extras_require", extra)


def requirements_in(section: str, name: str) -> Iterator[Requirement]:
    """The packages of a list of ``setup.cfg``."""
    configuration = ConfigParser()
    configuration.read(ROOT / "setup.cfg", "utf-8")
    yield from (Requirement(line) for line in configuration[section][name].split("\n") if line.strip())
