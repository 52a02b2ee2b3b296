"""What of a netlist VACASK would load or carry out, and the files that it includes.

Compiled devices are programs, and commands start some; embedded files are written. Such lines are refused where they
were not asked for, but for modules in Verilog-A that a netlist brings and loads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ....devices.language.checks import real
from ....devices.language.errors import ParameterError, shown
from ....devices.targets.spice.statements import check_name, one_line

_BLOCK = re.compile(r"/\*.*?\*/", re.S)
_CONTROL = re.compile(r"^\s*(control|postprocess)\b", re.M)
_FILE = re.compile(r'^(?P<head>\s*(?P<word>include|load|embed)\s+)"(?P<name>[^"\n]*)"(?P<tail>.*)$', re.M)
_WORD = re.compile(r"^\s*(include|load|embed)\b", re.M)
#: A module that a netlist brings along: a plain name.
_MODULE = re.compile(r"[\w-]+\.va", re.ASCII)
_OPTION = re.compile(r"[\w.+-]+", re.ASCII)


def prepared(text: str, folder: Path, control: bool) -> list[str]:
    """The lines of a netlist, with the files that it includes from a folder in their place; the first is the title.

    Parameters
    ----------
    text : str
        The netlist.
    folder : Path
        The folder that relative paths start from.
    control : bool
        Whether it may load and embed any files.

    Raises
    ------
    ParameterError
        If it has a ``control`` section, or names files that it must not.
    """
    title, _, rest = text.partition("\n")
    whole = _included(rest, folder, 0)
    for version in (whole, _BLOCK.sub(" ", whole)):
        if found := _CONTROL.search(version):
            raise ParameterError(f"the netlist has a {found.group(1)!r} section: an analysis is given to run()")
        if not control:
            _check_files(version)
    return [one_line(title), *whole.splitlines()]


def _included(text: str, folder: Path, depth: int) -> str:
    """The text with the included files that are in a folder; others are VACASK's own."""

    def put_in(found: re.Match[str]) -> str:
        file = folder / found["name"]
        if found["word"] != "include" or not file.is_file():
            return found.group(0)
        if depth > 20:
            raise ParameterError(f"the netlist includes {shown(found['name'])} within itself")
        return _included(file.read_text(encoding="utf-8", errors="surrogateescape"), file.parent, depth + 1)

    return _FILE.sub(put_in, text)


def _check_files(text: str) -> None:
    """Refuse names of files other than modules that the netlist brings, and files of VACASK's own."""
    named = list(_FILE.finditer(text))
    if len(named) != len(_WORD.findall(text)):
        raise ParameterError("a file's name stands between quotes, on the line of its include, load or embed")
    brought = {one["name"] for one in named if one["word"] == "embed"}
    for one in named:
        word, name = one["word"], one["name"]
        plain = bool(_MODULE.fullmatch(name))
        inside = not (Path(name).is_absolute() or set(Path(name).parts) & {"..", "~"} or "\\" in name)
        own = inside and not name.endswith(".va")
        if not (plain if word == "embed" else own or (word == "load" and plain and name in brought)):
            raise ParameterError(
                f"the netlist would {word} {shown(name)}: compiled devices are programs, to be given as osdi=[...], "
                "and control=True lets a netlist that you trust load and write files"
            )


def option_line(options: Mapping[str, float | str]) -> list[str]:
    """Simulator options as a line of the ``control`` section; none without options.

    Raises
    ------
    ParameterError
        If a name or value is not one word.
    """
    words = []
    for name, value in options.items():
        check_name(name, "option")
        if isinstance(value, str):
            if not _OPTION.fullmatch(value):
                raise ParameterError(f"{shown(value)} cannot be the value of the option {name}: one word")
            words.append(f'{name}="{value}"')
        else:
            # Some options are whole numbers.
            words.append(f"{name}={value}" if isinstance(value, int) else f"{name}={real(name, value)!r}")
    return [f"  options {' '.join(words)}"] if words else []
