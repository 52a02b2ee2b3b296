"""What of a netlist ngspice would carry out as commands, and where the files are that it includes.

ngspice carries out what stands between ``.control`` and ``.endc``, in files that are included too, and every line
that begins with ``*#``; a command can start any program. Such lines are refused where they were not asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ...devices.language.checks import real
from ...devices.language.errors import ParameterError, shown
from ...devices.targets.spice.statements import check_file_name, check_name
from .process import INPUT_VARIABLE

#: Lines that make ngspice carry out commands; of ``*#``, those that are more than an ornament.
_COMMANDS = re.compile(r"^[^\S\n]*(\.control|\*#(?:[#*=\-_+~.]|[^\S\n])*[^#*=\-_+~.\s])", re.I | re.M)
#: A first line that makes commands of all others.
_SCRIPT = re.compile(r"\s*\*ng_script", re.I)
#: Models of ngspice (42 and later) that start a program or load a library.
_PROGRAMS = re.compile(r"^(?!\s*\*).*\b(d_process|d_cosim)\b", re.I | re.M)
_INCLUDE = re.compile(
    r"""^(?P<head>\s*\.(?:inc\w*\s+|lib\s+(?=('[^']*'|"[^"]*"|\S+)\s+\S)))(?P<name>'[^']*'|"[^"]*"|\S+)(?P<tail>.*)$""",
    re.I | re.M,
)
_WORD = re.compile(r"[\w.+-]+", re.ASCII)
#: Commands between the runs of a series: they change values, and do nothing else.
CHANGES = ("alter", "altermod", "setseed")
_CHANGE = re.compile(r"[\w@.:#+/\[\]()=,\s-]+", re.ASCII)


def prepared(lines: Sequence[str], folder: Path, control: bool) -> list[str]:
    """The lines of a netlist, with the paths of included files made absolute.

    Parameters
    ----------
    lines : sequence of str
        The netlist.
    folder : Path
        The folder that relative paths start from.
    control : bool
        Whether it may have commands.

    Raises
    ------
    ParameterError
        If it has commands, or a file that it includes has, and must not.
    """
    if not control:
        refuse_commands("\n".join(lines), "the netlist")
        _look_into(_included("\n".join(lines), folder), folder)
    return [_absolute(line, folder) for line in lines]


def refuse_commands(text: str, where: str) -> None:
    """Refuse a text that ngspice would take commands from."""
    # Model cards are megabytes, in which these words are soon not found, and the patterns take a second.
    words = text.casefold()
    found = _SCRIPT.match(text)
    if not found and (".control" in words or "*#" in words):
        found = _COMMANDS.search(text)
    if not found and ("d_process" in words or "d_cosim" in words):
        found = _PROGRAMS.search(text)
    if found is None:
        return
    number = text.count("\n", 0, found.start()) + 1
    line = text.split("\n")[number - 1].strip()
    raise ParameterError(
        f"{where} has commands for ngspice, which can start any program, in line {number}: {line[:60]!r}; "
        "control=True runs them, if you trust them"
    )


def option_line(options: Mapping[str, float | str]) -> str:
    """The line ``.options name=value ...``.

    Raises
    ------
    ParameterError
        If a name or a value is more than one word, or a value is neither a number nor a text.
    """
    for name, value in options.items():
        check_name(name, "simulator option")
        if not isinstance(value, str):
            real(f"option {name}", value)
        elif not _WORD.fullmatch(value):
            raise ParameterError(f"option {name}: {shown(value)} is neither a number nor one word")
    return ".options " + " ".join(f"{name}={value}" for name, value in options.items())


def check_change(command: str) -> str:
    """Return a command that changes a value between runs.

    Raises
    ------
    ParameterError
        If it is another command, or more than one.
    """
    words = command.split() if isinstance(command, str) and "\n" not in command and "\r" not in command else []
    if not words or words[0].lower() not in CHANGES or not _CHANGE.fullmatch(command):
        raise ParameterError(f"{shown(command)} is no change between runs: {', '.join(CHANGES)} with names and numbers")
    return command


def _included(text: str, *folders: Path) -> Iterator[Path]:
    """Files that a text includes and that are there: in one of some folders, or where ngspice is told to look."""
    named = os.environ.get(INPUT_VARIABLE)
    places = [*folders, Path(named)] if named else folders
    for found in _INCLUDE.finditer(text):
        file = next((file for folder in places if (file := _resolved(found["name"], folder))), None)
        if file:
            yield file


def _look_into(files: Iterable[Path], top: Path) -> None:
    """Refuse commands in files and in those that they include."""
    waiting, seen = [*files], set()
    while waiting:
        here = waiting.pop().resolve()
        if here not in seen:
            seen.add(here)
            text = here.read_text(encoding="latin-1")
            refuse_commands(text, f"{here}, which the netlist includes,")
            waiting += _included(text, here.parent, top)


def _resolved(name: str, folder: Path) -> Path | None:
    try:
        file = folder / Path(name.strip("'\"")).expanduser()
        there, regular = file.exists() and not file.is_dir(), file.is_file()
    except (OSError, RuntimeError, ValueError):  # no such user, too long, a null character
        return None
    if there and not regular:
        raise ParameterError(f"{file}, which the netlist includes, is a pipe or a device, and no file")
    return file if regular else None


def _absolute(line: str, folder: Path) -> str:
    found = _INCLUDE.match(line)
    file = found and _resolved(found["name"], folder)
    if not found or not file:
        return line
    try:
        return f'{found["head"]}"{check_file_name(str(file.absolute()))}"{found["tail"]}'
    except ParameterError:  # ngspice looks for it where NGSPICE_INPUT_DIR says
        return line
