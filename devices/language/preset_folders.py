"""Where presets come from: folders of TOML files, of this package and of others, and a user's own files.

A folder has a folder for each model, ``<model>/<preset>.toml``, as ``devices/presets`` has; files that stand in it
directly say by their entry ``model`` what they belong to.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import warnings
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .checks import known
from .declaration import Declarations
from .errors import DuplicateNameError, ParameterError, SynaspiceError
from .preset import Preset, read_folder, read_preset
from .registry import Registry

SUFFIX = ".toml"


class PresetFolder:
    """The presets in a folder; those of a model are read when somebody asks for them, once.

    Parameters
    ----------
    path : str, Path or Traversable
        The folder.
    """

    def __init__(self, path: str | Path | Traversable) -> None:
        self.path: Traversable = Path(path) if isinstance(path, str) else path
        if not self.path.is_dir():
            raise ParameterError(f"{str(self.path)!r} is not a folder of presets")
        self._read: dict[str, dict[str, Preset]] = {}
        #: Models of the files that stand in it directly.
        self._loose = {name: preset.model for name, preset in read_folder(self.path).items()}

    def names(self) -> set[tuple[str, str]]:
        """Model and name of every preset."""
        folders = [item for item in self.path.iterdir() if item.is_dir()]
        inside = {(f.name, i.name.removesuffix(SUFFIX)) for f in folders for i in f.iterdir() if _is_preset(i)}
        return inside | {(model, name) for name, model in self._loose.items()}

    def presets_of(self, model: type[Declarations]) -> dict[str, Preset]:
        """The presets of a model, by name.

        Raises
        ------
        ParameterError
            If a file is not a preset, or one of another model.
        UnknownNameError
            If a file has an entry, or sets something, that does not exist.
        """
        name = model.model_name()
        if name not in self._read:
            folder, loose = self.path / name, [key for key, owner in self._loose.items() if owner == name]
            found = read_folder(folder, model) if folder.is_dir() else {}
            self._read[name] = {key: read_preset(self.path / f"{key}{SUFFIX}", model) for key in loose} | found
        return self._read[name]

    def leave_out(self, model: type[Declarations]) -> None:
        """Have no presets of a model, because there is something wrong with them."""
        self._read[model.model_name()] = {}


class _Folders(Registry[PresetFolder]):
    """Folders of presets, all with different presets; an entry point names a package that is one."""

    def _add(self, name: str, item: PresetFolder, module: str) -> PresetFolder:
        self._check(name, item)
        for other, folder in self._items.items():
            for model, preset in sorted(item.names() & folder.names() if other != name else ()):
                raise DuplicateNameError(f"preset of {model}", preset, str(folder.path), str(item.path))
        return super()._add(name, item, module)

    def _adopt(self, entry: importlib.metadata.EntryPoint, loaded: Any) -> None:
        self._add(entry.name, PresetFolder(resources.files(loaded)), entry.module)


#: The folders of presets, by the names of those who bring them.
PRESETS = _Folders("preset folder", (), "synaspice.presets", lambda item: isinstance(item, PresetFolder))
PRESETS.register("synaspice", PresetFolder(resources.files(__package__.rpartition(".")[0]) / "presets"))


def presets_of(model: type[Declarations]) -> dict[str, Preset]:
    """All presets of a model, by name: those of this package, and of others that are installed.

    A mistake in another package's folder takes away its presets of the model, with a warning, and no others.
    """
    own = PRESETS["synaspice"]
    found = dict(own.presets_of(model))
    for name, folder in PRESETS.items():
        try:
            found |= folder.presets_of(model)
        except SynaspiceError as error:
            folder.leave_out(model)
            message = f"the presets of {model.model_name()} in the {PRESETS.kind} {name!r} are left out: {error}"
            warnings.warn(message, RuntimeWarning, stacklevel=3)
    return found


def find_preset(model: type[Declarations], name: str | os.PathLike[str]) -> Preset:
    """The preset of that name, or in a file of the user's own.

    Raises
    ------
    UnknownNameError
        If the model has no such preset; the message lists those it has. Or if the file has an entry, or sets
        something, that does not exist.
    ParameterError
        If the file is not there, is not a preset, or belongs to another model.
    """
    if isinstance(name, os.PathLike) or str(name).endswith(SUFFIX):
        # called as it is found again
        return dataclasses.replace(read_preset(Path(name), model), name=os.fspath(name))
    presets = presets_of(model)
    return presets[known(f"preset of {model.model_name()}", name, presets)]


def _is_preset(item: Traversable) -> bool:
    return item.name.endswith(SUFFIX)
