"""A device as a preset file: every value with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...devices.core.files import write_whole
from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError, shown
from ...devices.language.presets.preset import Preset
from ...devices.language.presets.preset_folders import SUFFIX
from ...devices.language.presets.provenance import COMPUTED, DEFAULT, GRADES
from ...devices.model import CompactModel


def write_preset(
    device: CompactModel, path: str | Path, title: str, described: str, fitted: Mapping[str, str], notes: str
) -> Path:
    """Write a fitted device as a preset file.

    Parameters
    ----------
    device : CompactModel
        The device.
    path : str or Path
        File that ends in ``.toml``.
    title : str
        The device in words.
    described : str
        The fit, in words: to which data, by which comparison.
    fitted : Mapping
        What is said of each fitted value beside that, such as its standard error.
    notes : str
        Notes for the careful user.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        If the path is no such file, or the device cannot be read back from what would be written.
    """
    target = Path(instance("the path", path, (str, Path), "the name of a file"))
    if target.suffix != SUFFIX:
        raise ParameterError(f"a preset is a file that ends in {SUFFIX}, not {shown(str(target))}")
    held = "held in the fit at a value that was given without a source"
    sources = {name: f"{described} {about}" for name, about in fitted.items()}
    text = preset_text(device, title, derived=sources, given=held, notes=notes)
    Preset.from_toml(target.stem, text, type(device), str(target))
    write_whole(target, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return target


def preset_text(
    device: CompactModel, title: str, *, given: str, notes: str, derived: Mapping[str, str] | None = None
) -> str:
    """A device as the text of a preset file.

    Parameters
    ----------
    device : CompactModel
        The device.
    title : str
        The device in words.
    given : str
        Source of the values that were given without one: they are assumed.
    notes : str
        Notes for the careful user.
    derived : Mapping, optional
        Source of each value that is derived, by its name.
    """
    base = device.provenance
    everything: dict[str, Any] = {**device.options, **device.values}
    # What follows from other values stays free to do so.
    values = {name: value for name, value in everything.items() if device.grade_of(name) not in (COMPUTED, DEFAULT)}
    reference = base.reference if base is not None else "no publication"
    lines = [f"model = {_quoted(device.model_name())}", f"title = {_quoted(title)}"]
    lines += [f"reference = {_quoted(reference)}", f"doi = {_quoted(base.doi if base is not None else '')}"]
    braces = str.maketrans({"{": "(", "}": ")"})  # which stand for values in notes
    lines += [f"notes = {_quoted(notes.translate(braces))}", "", "[parameters]"]
    for name, value in values.items():
        if name in (derived or {}):
            grade, source = "derived", (derived or {})[name]
        else:
            grade, source = device.grade_of(name), device.source_of(name)
        if grade not in GRADES:
            grade, source = "assumed", given
        shown_value = _quoted(value) if isinstance(value, str) else repr(float(value))
        lines.append(f"{name} = {{ value = {shown_value}, provenance = {_quoted(grade)}, source = {_quoted(source)} }}")
    if base is not None and base.drive:
        lines += ["", "[drive]", *(f"{name} = {_toml(value)}" for name, value in base.drive.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return _quoted(value) if isinstance(value, str) else repr(value)
