"""Systems of the article into a folder: each is made once, and again only when something about it has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..characterization.checkpoints import code_of
from ..characterization.datasets.finding import MissingDataError
from ..characterization.tables import write_table
from ..devices.core.files import told, write_whole
from ..devices.language.errors import MissingDependencyError, ParameterError
from ..devices.model import CompactModel
from .style import save
from .systems.system import SYSTEMS, Made, Order

#: Endings of the figures.
ENDINGS = (".png", ".pdf")
#: Folder in which finished parts of systems are kept until the whole is finished.
PARTS = "unfinished"


def make_systems(
    folder: Path,
    names: Sequence[str],
    *,
    device: CompactModel | None = None,
    quick: bool = False,
    data: Path | None = None,
    seed: int = 0,
    force: bool = False,
    progress: bool = False,
    tell: Callable[[str], None] = print,
) -> None:
    """Make systems of the article: tables, figures, and a record of each in a folder.

    A system whose record is there, of the same settings and the same code, is not made again. What was computed of one
    that was interrupted is kept, and gone on from. Of several systems those whose data or packages are missing are left
    out, which ``tell`` gets to know.

    Parameters
    ----------
    folder : Path
        Where they go; made if it does not exist.
    names : sequence of str
        The systems.
    device : CompactModel, optional
        The device of all of them; default: each system's own.
    quick : bool
        Whether to compute less.
    data : Path, optional
        Folder with data of the user's.
    seed : int
        Seed.
    force : bool
        Whether to make again what is finished.
    progress : bool
        Whether to show progress.
    tell : callable
        Takes a line about what was done.

    Raises
    ------
    UnknownNameError
        If there is no system of a name.
    ParameterError
        If a folder cannot be used.
    MissingDataError
        If it is one system alone whose data are missing.
    MissingDependencyError
        If it is one system alone that needs a package which is not installed.
    """
    systems = {name: SYSTEMS.find(name) for name in names}
    if data is not None and not data.is_dir():
        raise ParameterError(f"there is no folder {str(data)!r} with data")
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, system in systems.items():
        own = system.device() if device is None else device
        settings = _settings(own, system.function, quick=quick, data=data, seed=seed)
        record = folder / f"{name}.json"
        if not force and _is_finished(record, settings):
            tell(f"{name} is finished: not made again without --force")
            continue
        parts = folder / PARTS / f"{name}-{_digest(settings)}"
        if force:
            shutil.rmtree(parts, ignore_errors=True)
        try:
            made = system(Order(own, quick, seed, data, parts, progress))
        except (MissingDataError, MissingDependencyError) as error:
            if len(systems) == 1:
                raise
            tell(f"{name} is left out: {error}")  # what is missing for one is not missing for the others
            continue
        files = _write(folder, name, made)
        text = json.dumps({"settings": settings, "files": files, "numbers": made.told}, indent=2)
        write_whole(record, lambda path, text=text: path.write_text(text + "\n", encoding="utf-8"))  # type: ignore[misc]
        shutil.rmtree(parts, ignore_errors=True)
        if (folder / PARTS).is_dir() and not any((folder / PARTS).iterdir()):
            (folder / PARTS).rmdir()
        tell(f"{name}: wrote {', '.join(files)} into {folder}")
        for line in made.told:
            tell(f"    {line}")


def _settings(
    device: CompactModel, function: Callable[..., Any], *, quick: bool, data: Path | None, seed: int
) -> dict[str, Any]:
    """All that a system depends on, as JSON holds it."""
    return {
        "device": device.model_name(),
        "parameters": {**device.options, **device.values},
        "quick": quick,
        "data": None if data is None else str(data.resolve()),
        "seed": seed,
        "code": code_of(function, type(device)),
    }


def _digest(settings: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def _is_finished(record: Path, settings: dict[str, Any]) -> bool:
    """Whether a system of these settings was written, and all its files are there."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        same = found["settings"] == settings
        return same and all((record.parent / name).is_file() for name in found["files"])
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _write(folder: Path, name: str, made: Made) -> list[str]:
    """Write what a system gave; return the names of the files."""
    files = []
    for part, table in made.tables.items():
        files.append(write_table(table, folder / f"{_stem(name, part)}.csv").name)
    for part, figure in made.figures.items():
        files += [save(figure, folder / f"{_stem(name, part)}{ending}").name for ending in ENDINGS]
    return files


def _stem(name: str, part: str) -> str:
    return f"{name}-{part}" if part else name
