"""Folders of finished pieces: to which work they belong, and whether each is what was written.

A folder holds ``description.json``, all that the results depend on and the state of the code, and a file for each
finished piece. A piece says of which work and which one it is, with a hash of its contents. Everything in a folder
appears whole or not at all, so that several processes may work on one.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from ..circuits.cells.building.cell import Cell
from ..circuits.cells.building.cmos import CORNERS, Technology
from ..circuits.engine.library import find_library
from ..circuits.engine.osdi_library import find_osdi_library
from ..devices.core.base import DeviceModel
from ..devices.core.files import PREFIX, put_in_place, remove_remains, temporary_folder, told, write_whole
from ..devices.language.errors import CheckpointWarning, MissingDependencyError, OutputError, ParameterError, warn_user

#: Name of the file that says what the pieces in a folder belong to.
DESCRIPTION = "description.json"
#: Name, among the arrays of a piece, of what it says about itself.
SEAL = "_piece"
#: Parts of the package on which results depend.
PARTS = ("devices", "circuits", "characterization")

#: The result of a piece: named arrays of numbers.
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Checkpoint:
    """A folder of the finished pieces of one work.

    Attributes
    ----------
    folder : Path
        The folder.
    work : str
        Hash of the work's description.
    """

    folder: Path
    work: str

    def path(self, index: int) -> Path:
        """The file of a piece."""
        return self.folder / f"piece-{index:06d}.npz"

    def write(self, index: int, result: Mapping[str, np.ndarray]) -> None:
        """Keep a piece."""
        seal = json.dumps([self.work, index, _hash_of(self.work, index, result)])
        write_whole(self.path(index), lambda path: np.savez(path, **{SEAL: np.array(seal)}, **result))  # type: ignore[arg-type]

    def read(self, index: int) -> Arrays | None:
        """A finished piece; None if there is none, or another one, or a damaged one."""
        found = _read(self.path(index))
        if found is None:
            return None
        (work, number, seal), result = found
        whole = (work, number) == (self.work, index) and seal == _hash_of(work, index, result)
        return result if whole else None

    def finished(self, number: int) -> set[int]:
        """Which of a number of pieces are finished; warns of those that are there and cannot be used."""
        found, useless = set(), []
        for index in range(number):
            there = self.path(index).exists()  # asked first: another process may be about to write it
            if self.read(index) is not None:
                found.add(index)
            elif there:
                useless.append(index)
        if useless:
            shown = ", ".join(map(str, useless[:5])) + (f" and {len(useless) - 5} others" if len(useless) > 5 else "")
            several = "s" if len(useless) > 1 else ""
            warn_user(
                f"piece{several} {shown} in {str(self.folder)!r} {'are' if several else 'is'} damaged, or of another "
                f"work: computed again",
                CheckpointWarning,
            )
        return found


def open_checkpoint(folder: Path, description: Mapping[str, Any]) -> Checkpoint:
    """The folder of a work, begun if it is new or empty.

    Raises
    ------
    ParameterError
        If the folder cannot be used, or is that of other work, or the description has no plain form.
    OutputError
        If it cannot be written, as on a full disk.
    """
    plain = {name: _plain(value, name) for name, value in description.items()}
    text = json.dumps(plain, indent=2, sort_keys=True)
    kept = Checkpoint(folder, hashlib.sha256(text.encode()).hexdigest())
    try:
        with told(folder / DESCRIPTION):
            folder.mkdir(parents=True, exist_ok=True)
            remove_remains(folder)
            if _description(folder) is None:
                _begin(kept, text)
            found = _description(folder)
    except (ParameterError, OutputError) as error:
        reason = str(error).replace(f"cannot write {str(folder / DESCRIPTION)!r}: ", "")
        raise type(error)(f"cannot keep results in {str(folder)!r}: {reason}") from None
    different = sorted({*_differences(found, json.loads(text))})
    if different and {*different} <= {"code", "version"}:
        raise ParameterError(
            f"{str(folder)!r} holds results of another version of the code, with which they may differ: give another "
            "folder"
        )
    if different:
        raise ParameterError(f"{str(folder)!r} holds results of other work: {', '.join(different)} differ")
    return kept


def _begin(kept: Checkpoint, text: str) -> None:
    """Describe a folder that is empty, or whose description is lost or damaged and all of whose pieces are ours."""
    folder, file = kept.folder, kept.folder / DESCRIPTION
    if _description(folder) is not None:  # another process has begun it by now
        return
    names = {path.name for path in folder.iterdir() if not path.name.startswith(PREFIX)} - {DESCRIPTION}
    pieces = {name for name in names if re.fullmatch(r"piece-\d{6,}\.npz", name)}
    if names - pieces:
        raise ParameterError("it holds other files: give a folder of its own, or an empty one")
    works = {found[0][0] for name in pieces if (found := _read(folder / name)) is not None}
    if pieces and works != {kept.work} and _description(folder) is None:
        raise ParameterError(
            f"its {DESCRIPTION} is missing or damaged, and its {len(pieces)} pieces are not of this work: give another "
            "folder, or remove this one"
        )
    if file.exists():
        if _description(folder) is None:
            write_whole(file, lambda path: path.write_text(text, encoding="utf-8"))
        return
    with temporary_folder(folder) as hidden:
        (hidden / DESCRIPTION).write_text(text, encoding="utf-8")
        with contextlib.suppress(ParameterError):  # another process was faster: its text is compared as any other
            put_in_place(hidden / DESCRIPTION, file, replace=False)


def _description(folder: Path) -> dict[str, Any] | None:
    """The description of a folder; None if there is none, or none that can be read."""
    try:
        found = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _read(path: Path) -> tuple[tuple[str, int, str], Arrays] | None:
    """What a piece says about itself, and its result; None if it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            result = dict(stored)
        work, index, seal = json.loads(str(result.pop(SEAL)))
    # A damaged file can make its readers stumble anywhere, also over lengths that no memory holds.
    except (
        OSError,
        ValueError,
        EOFError,
        LookupError,
        TypeError,
        NotImplementedError,
        zipfile.BadZipFile,
        MemoryError,
    ):
        return None
    return (work, index, seal), result


def _hash_of(work: str, index: int, result: Mapping[str, np.ndarray]) -> str:
    found = hashlib.sha256(f"{work} {index}".encode())
    for name in sorted(result):
        values = result[name]
        found.update(f"{name} {values.dtype.str} {values.shape}".encode())
        found.update(values.tobytes())
    return found.hexdigest()


def code_of(*things: Callable[..., Any] | type) -> str:
    """Hash of the package's code, and of the modules of functions and classes that come from elsewhere."""
    found = hashlib.sha256(_package().encode())
    modules = {
        base.__module__
        for thing in things
        for base in (thing.__mro__ if isinstance(thing, type) else (thing,))
        if not base.__module__.startswith(f"{__name__.partition('.')[0]}.") and base is not object
    }
    for name in sorted(modules):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and Path(file).is_file():
            found.update(Path(file).read_bytes())
    return found.hexdigest()[:16]


@functools.cache
def _package() -> str:
    root, found = Path(__file__).resolve().parents[1], hashlib.sha256()
    for part in PARTS:
        # Values too: cards of transistors stand in a table beside the code.
        for file in sorted(each for kind in ("*.py", "*.toml") for each in (root / part).rglob(kind)):
            found.update(str(file.relative_to(root)).encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def _plain(value: Any, name: str) -> Any:
    """A value as JSON holds it: named parts where it has some, a hash of its contents where it has none.

    Raises
    ------
    ParameterError
        If its contents cannot be told, such as those of a function that is defined in another one.
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, DeviceModel):
        own = {"device": value.model_name(), "parameters": {**value.options, **value.values}}
        return own | {"code": code_of(type(value))}
    if isinstance(value, Cell):
        return {
            "cell": value.model_name(),
            "parameters": {**value.options, **value.values},
            "devices": {slot: _plain(value.device_in(slot), slot) for slot in value.slots()},
            "chip": value.chip,
            "transistors": _transistors(value.process),
            "simulator": _simulators(),
            "code": code_of(type(value)),
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, name) for each in value]
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _plain(getattr(value, field.name), field.name) for field in fields(value)}
        return {"kind": type(value).__qualname__, **parts}
    try:
        return joblib.hash(value)
    except Exception:  # whatever a value's own way of being pickled raises
        raise ParameterError(f"{name} cannot be described, so that results of it cannot be kept: {value!r}") from None


@functools.cache
def _simulators() -> list[str]:
    """The libraries of ngspice in which cells run here: another release may give other results."""
    found = []
    for find in (find_library, find_osdi_library):
        with contextlib.suppress(MissingDependencyError):
            file = Path(find())
            found.append(hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else str(file))
    return found


def _transistors(process: Technology) -> dict[str, Any]:
    """All of a technology on which results depend: what it declares, and its cards at every corner."""
    declared = {each.name: getattr(process, each.name) for each in fields(process)}
    plain = {name: _plain(each, name) for name, each in declared.items() if not callable(each)}
    try:
        cards = [process.models(corner) for corner in CORNERS]
    except MissingDependencyError as error:
        cards = [str(error)]
    return plain | {"cards": hashlib.sha256("\n".join(cards).encode()).hexdigest()}


def _differences(one: Any, other: Any, name: str = "") -> list[str]:
    """Names of the differences between two descriptions."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [found for key in keys for found in _differences(one.get(key), other.get(key), key)]
    return [] if json.dumps(one) == json.dumps(other) else [name]  # as texts: nan is nan
