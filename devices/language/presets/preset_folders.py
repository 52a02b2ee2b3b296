"""Where presets come from: folders of TOML files, of this package and of others, and a user's own files.

A folder has a folder for each model, ``<model>/<preset>.toml``, as ``devices/presets`` has; files that stand in it
directly say by their entry ``model`` what they belong to. A file with a mistake is left out with a warning, and takes
no other with it.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ..checks import instance, known
from ..declarations.configured import Configured
from ..errors import PACKAGE, DuplicateNameError, ParameterError, SynaspiceError
from ..registry import Registry, warn_left_out
from .preset import Preset, read_preset

SUFFIX = ".toml"
OWN_FILE = f"a preset of your own is a path that ends in {SUFFIX}"
#: Model and name of a preset.
Key = tuple[str, str]


def _is_preset(item: Traversable) -> bool:
    return item.name.endswith(SUFFIX)


def _presets_in(folder: Traversable) -> list[Traversable]:
    return sorted(filter(_is_preset, folder.iterdir()), key=lambda file: file.name)


def _name_of(file: Traversable) -> str:
    return file.name.removesuffix(SUFFIX)


def _same(keys: Iterable[Key], key: Key) -> Key | None:
    """Which of the keys is the same model's, and the same name but for case."""
    return next((there for there in keys if there[0] == key[0] and there[1].casefold() == key[1].casefold()), None)


def _doubled(key: Key, there: Traversable, new: Traversable) -> DuplicateNameError:
    return DuplicateNameError(f"preset of {key[0]}", key[1], str(there), str(new))


class PresetFolder:
    """The presets in a folder; those of a model are read when somebody asks for them, once.

    Parameters
    ----------
    path : str, Path or Traversable
        The folder.

    Attributes
    ----------
    files : dict
        The file of every preset, by its model and name.
    faults : dict
        What is wrong with those that are left out, by their model and name.
    """

    def __init__(self, path: str | Path | Traversable) -> None:
        self.path: Traversable = Path(path) if isinstance(path, str) else path
        if not self.path.is_dir():
            raise ParameterError(f"{str(self.path)!r} is not a folder of presets")
        self.files: dict[Key, Traversable] = {}
        self.faults: dict[Key, SynaspiceError] = {}
        self._read: dict[str, dict[str, Preset]] = {}
        items = sorted(self.path.iterdir(), key=lambda item: item.name)
        for folder in items:
            for file in _presets_in(folder) if folder.is_dir() else ():
                self._take((folder.name, _name_of(file)), file)
        for file in filter(_is_preset, items):
            try:
                self._take((read_preset(file).model, _name_of(file)), file)
            except SynaspiceError as error:
                self._left_out(("", _name_of(file)), error)

    def _take(self, key: Key, file: Traversable) -> None:
        """Take in a file, unless there is one of its name."""
        there = _same(self.files, key)
        if there is None:
            self.files[key] = file
        else:
            self._left_out(key, _doubled(there, self.files[there], file))

    def leave_out(self, key: Key, fault: SynaspiceError) -> None:
        """Have no preset of that model and name, because there is something wrong with it; and warn."""
        del self.files[key]
        self._left_out(key, fault)

    def _left_out(self, key: Key, fault: SynaspiceError) -> None:
        self.faults[key] = fault
        warn_left_out("a preset", fault)

    def presets_of(self, model: type[Configured]) -> dict[str, Preset]:
        """The presets of a model, by name; those with a mistake are left out with a warning, once."""
        name = model.model_name()
        if name not in self._read:
            found = self._read[name] = {}
            for key, file in sorted(self.files.items(), key=lambda item: item[0]):
                if key[0] == name:
                    try:
                        found[key[1]] = read_preset(file, model)
                    except SynaspiceError as error:
                        self.leave_out(key, error)
        return self._read[name]


class _Folders(Registry[PresetFolder]):
    """Folders of presets, all with different presets; an entry point names a package that is one."""

    def _doubles(self, name: str, item: PresetFolder) -> Iterable[tuple[Key, DuplicateNameError]]:
        """The presets of a folder whose names those of another one have."""
        for other, folder in self._items.items():
            for key in sorted(item.files) if other != name else ():
                there = _same(folder.files, key)
                if there is not None:
                    yield key, _doubled(there, folder.files[there], item.files[key])

    def _add(self, name: str, item: PresetFolder, module: str) -> PresetFolder:
        self._check(name, item)
        for _, fault in self._doubles(name, item):
            raise fault
        return super()._add(name, item, module)

    def _adopt(self, entry: importlib.metadata.EntryPoint, loaded: Any) -> None:
        folder = PresetFolder(resources.files(loaded))
        for key, fault in list(self._doubles(entry.name, folder)):
            folder.leave_out(key, fault)
        self._add(entry.name, folder, entry.module)


#: The folders of presets, by the names of those who bring them.
PRESETS = _Folders("preset folder", (), "synaspice.presets", lambda item: isinstance(item, PresetFolder))
PRESETS.register("synaspice", PresetFolder(resources.files(f"{PACKAGE}.devices") / "presets"))


def presets_of(model: type[Configured]) -> dict[str, Preset]:
    """All presets of a model, by name: those of this package, and of others that are installed."""
    folders = [PRESETS["synaspice"], *(folder for name, folder in PRESETS.items() if name != "synaspice")]
    return {name: preset for folder in folders for name, preset in folder.presets_of(model).items()}


def find_preset(model: type[Configured], name: str | os.PathLike[str]) -> Preset:
    """The preset of that name, or in a file of the user's own.

    Raises
    ------
    UnknownNameError
        If the model has no such preset; the message lists those it has. Or if the file has an entry, or sets
        something, that does not exist.
    ParameterError
        If the file is not there, is not a preset, or belongs to another model.
    """
    instance(f"the preset of {model.model_name()}", name, (str, os.PathLike), "a name or a path")
    if isinstance(name, os.PathLike) or str(name).endswith(SUFFIX):
        # called as it is found again
        return dataclasses.replace(read_preset(_users_file(name), model), name=os.fspath(name))
    presets = presets_of(model)
    for folder in PRESETS.values() if name not in presets else ():
        # a file that nobody could read says not to which model it belongs
        if fault := folder.faults.get((model.model_name(), name)) or folder.faults.get(("", name)):
            raise fault.with_traceback(None)
    looks_like_a_path = isinstance(name, str) and (not {"/", "\\", "."}.isdisjoint(name) or name.startswith("~"))
    return presets[known(f"preset of {model.model_name()}", name, presets, OWN_FILE if looks_like_a_path else "")]


def _users_file(path: str | os.PathLike[str]) -> Path:
    """The file that a path names, in which ``~`` is the user's home."""
    if not os.fspath(path).endswith(SUFFIX):
        raise ParameterError(f"{OWN_FILE}, not {os.fspath(path)!r}")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # a user whom the system does not know
        raise ParameterError(f"preset file {os.fspath(path)!r} cannot be read: {error}") from None
