"""Published parameter sets: one TOML file per publication and device, each value with its source."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from ..errors import ParameterError
from .preset_file import Declares, Result, read_preset_file
from .provenance import count_grades, share_read, summarise


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
        The device, its publication (the DOI may be empty), and notes for the careful user.
    values : Mapping
        Parameter and option values.
    sources : Mapping
        For each value, where it stands, or why it was chosen.
    grades : Mapping
        For each value its provenance, one of :data:`synaspice.devices.language.presets.provenance.GRADES`.
    drive : Mapping
        How to sweep the device through a loop: ``kind`` (sine or triangle), ``amplitude`` [V] and ``frequency`` [Hz] of
        the published measurement, or the ``quantity`` to sweep; with its ``provenance`` and ``source``. The ``pulse``
        [V] and its ``width`` [s] with which a junction is written by voltage. For an oscillator the ``currents`` [A],
        first and last, with which to measure it.
    benches : tuple of str
        Benches that suit the device beyond those of its model: long ones, worth while for a few devices.
    reproduces : Mapping
        Published results to reproduce, by name; see :mod:`synaspice.characterization.published`.
    """

    name: str
    model: str
    title: str
    reference: str
    doi: str
    notes: str
    values: Mapping[str, Any]
    sources: Mapping[str, str]
    grades: Mapping[str, str]
    drive: Mapping[str, Any] = field(default_factory=dict)
    benches: tuple[str, ...] = ()
    reproduces: Mapping[str, Result] = field(default_factory=dict)

    @property
    def citation(self) -> str:
        """The reference, with its DOI if it has one."""
        return f"{self.reference}, doi:{self.doi}" if self.doi else self.reference

    @functools.cached_property
    def short_citation(self) -> str:
        """The preset's name in words: ``Ikeda 2010``, ``like Emori 2013``, ``Kim 2015, inplane``.

        The author is spelled as in the reference; a name that does not start with an author and a year stays as it is.
        """
        parts = re.fullmatch(r"([a-z]+)(\d{4})(?:-(.*?))??(-like)?", self.name)
        if parts is None:
            return self.name
        author, year, device, like = parts.groups()
        spelled = {
            _letters(word): word for word in re.findall(r"[^\W\d_][^\W\d_'-]*(?:[-'][^\W\d_]+)*", self.reference)
        }
        shown = f"{'like ' if like else ''}{spelled.get(author, author.capitalize())} {year}"
        return f"{shown}, {device.replace('-', ' ')}" if device else shown

    @property
    def counts(self) -> dict[str, int]:
        """Number of values of each grade of provenance."""
        return count_grades(self.grades.values())

    @property
    def share_read(self) -> float:
        """Share of the values that were read in the publication itself, from 0 to 1."""
        return share_read(self.grades.values())

    @property
    def summary(self) -> str:
        """One line on the provenance of the values: the share that was read, and how many have other grades."""
        return summarise(self.grades.values())

    @classmethod
    def from_toml(cls, name: str, text: str, model: Declares | None = None, file: str | None = None) -> Preset:
        """Read a preset file.

        Parameters
        ----------
        name : str
            Name of the preset.
        text : str
            The file, in TOML: see :mod:`synaspice.devices.language.presets.preset_file`.
        model : type of CompactModel, optional
            The model whose parameters the values must be; without it, any names.
        file : str, optional
            Path of the file, for errors; default: the name.

        Raises
        ------
        ParameterError
            If the file lacks a required entry, an entry is of the wrong kind, or the model refuses a value.
        UnknownNameError
            If it has an entry, a parameter or a grade of provenance that does not exist.
        """
        return cls(name=name, **read_preset_file(name if file is None else file, text, model))


def _letters(word: str) -> str:
    """The word's letters in lower case, without accents and hyphens."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalpha())


def read_preset(file: Traversable, model: Declares | None = None) -> Preset:
    """The parameter set in a file, called as the file without its suffix; ``model`` as of :meth:`Preset.from_toml`.

    Raises
    ------
    ParameterError
        If the file cannot be read, is not a preset, or belongs to another model.
    UnknownNameError
        If it has an entry, or sets something, that does not exist.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ParameterError(f"preset file {str(file)!r} cannot be read: {reason}") from None
    return Preset.from_toml(file.name.removesuffix(".toml"), text, model, str(file))


def read_folder(folder: Traversable, model: Declares | None = None) -> dict[str, Preset]:
    """All parameter sets in a folder, by the name of their files."""
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {preset.name: preset for preset in (read_preset(file, model) for file in files)}
