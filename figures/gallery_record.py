"""What is finished of a gallery, so that one that was interrupted goes on: a record beside its tables and figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..characterization.checkpoints import code_of
from ..devices.core.files import write_whole
from .gallery_entries import Entry

#: Name of the record in the gallery's folder.
RECORD = "finished.json"


class GalleryRecord:
    """Parts of a gallery that are finished: of the same settings and code, and with all their files.

    Parameters
    ----------
    folder : Path
        The gallery's folder.
    force : bool
        Whether to forget what is finished.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self.folder, self.path = folder, folder / RECORD
        self._parts: dict[str, dict[str, Any]] = {} if force else _read(self.path)

    def told(self, part: str, settings: str) -> Mapping[str, Any] | None:
        """What was told of a part when it was finished; None if it was not, or something about it has changed."""
        there = self._parts.get(part, {})
        files, told = there.get("files"), there.get("told")
        if there.get("settings") != settings or not isinstance(files, list) or not isinstance(told, dict):
            return None
        return told if all((self.folder / str(name)).is_file() for name in files) else None

    def keep(self, part: str, settings: str, files: Sequence[Path], told: Mapping[str, Any]) -> None:
        """Note that a part is finished, with its files, and with what is told of it."""
        names = [str(file.relative_to(self.folder)) for file in files]
        plain = {name: value.item() if hasattr(value, "item") else value for name, value in told.items()}
        self._parts[part] = {"settings": settings, "files": names, "told": plain}
        text = json.dumps(self._parts, indent=1) + "\n"
        write_whole(self.path, lambda path: path.write_text(text, encoding="utf-8"))


def settings_of(entry: Entry, name: str) -> str:
    """Hash of all that a part of a gallery depends on: the thing with its parameters, the arguments, and the code."""
    thing = entry.thing
    described = {
        "parameters": {} if thing is None else {**thing.options, **thing.values},
        "arguments": dict(entry.runs().get(name, {})),
        "code": code_of(*([] if thing is None else [type(thing)])),
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=repr).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The record; nothing if it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: part for name, part in found.items() if isinstance(part, dict)} if isinstance(found, dict) else {}
