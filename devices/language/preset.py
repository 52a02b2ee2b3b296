"""Published parameter sets: one TOML file per publication and device, each value with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from .errors import ParameterError


@dataclass(frozen=True)
class Preset:
    """A published parameter set.

    Attributes
    ----------
    name : str
        First author and year, with the device where a publication has several.
    model : str
        Name of the compact model that it belongs to.
    title, reference, doi, notes : str
        What the device is, where it was published (the DOI may be empty), and what a careful user must know.
    values : Mapping
        Parameter and option values.
    sources : Mapping
        For each value, where in the publication it stands; ``assumed: ...`` if it is nowhere.
    drive : Mapping
        How to sweep the device through a loop: ``kind`` (sine or triangle), ``amplitude`` [V] and ``frequency`` [Hz] of
        the published measurement, or the ``quantity`` to sweep; with its ``source``. For an oscillator the ``currents``
        [A], first and last, with which to measure it.
    benches : tuple of str
        Benches that suit the device beyond those of its model: long ones, worth while for a few devices.
    """

    name: str
    model: str
    title: str
    reference: str
    doi: str
    notes: str
    values: Mapping[str, Any]
    sources: Mapping[str, str]
    drive: Mapping[str, Any] = field(default_factory=dict)
    benches: tuple[str, ...] = ()

    @property
    def citation(self) -> str:
        """The reference, with its DOI if it has one."""
        return f"{self.reference}, doi:{self.doi}" if self.doi else self.reference

    @classmethod
    def from_toml(cls, name: str, text: str) -> Preset:
        """Read a preset file.

        Raises
        ------
        ParameterError
            If the file lacks a required entry or a value lacks its source.
        """
        data = tomllib.loads(text)
        try:
            entries = data["parameters"]
            return cls(
                name=name,
                model=data["model"],
                title=data["title"],
                reference=data["reference"],
                doi=data["doi"],
                notes=data.get("notes", ""),
                values={key: entry["value"] for key, entry in entries.items()},
                sources={key: entry["source"] for key, entry in entries.items()},
                drive=data.get("drive", {}),
                benches=tuple(data.get("benches", ())),
            )
        except KeyError as missing:
            raise ParameterError(f"preset file {name!r} lacks the entry {missing}") from None


def read_preset(file: Traversable) -> Preset:
    """The parameter set in a file, called as the file without its suffix.

    Raises
    ------
    ParameterError
        If the file cannot be read, or is no preset.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"the preset {str(file)!r} cannot be read: {error}") from None
    try:
        return Preset.from_toml(file.name.removesuffix(".toml"), text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"the preset {str(file)!r} is not TOML: {error}") from None


def read_folder(folder: Traversable) -> dict[str, Preset]:
    """All parameter sets in a folder, by the name of their files."""
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {preset.name: preset for preset in map(read_preset, files)}
