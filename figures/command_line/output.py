"""Output of the command line: text folded to the terminal, tables, and files whose names are checked beforehand."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

if TYPE_CHECKING:
    import pandas as pd


#: Indent of rows.
ROW = "    "


class Listing(typer.core.TyperGroup):
    """A group of commands whose help tells of each all that its first sentence says."""

    title = "Commands"

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names of the commands and their purposes."""
        there = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        rows = [(name, command.get_short_help_str(1000)) for name, command in there.items() if command is not None]
        write_rows(formatter, self.title, rows)


def write_rows(formatter: Any, title: str, rows: list[tuple[str, str]]) -> None:
    """Write names and what they mean under a title into a help text."""
    with formatter.section(title):
        formatter.write_dl(rows)


def width_of(stream: TextIO) -> int | None:
    """Columns of a stream's display: of the variable ``COLUMNS``, or of the terminal; None if it has no end."""
    if os.environ.get("COLUMNS", "").isdigit() or stream.isatty():
        return shutil.get_terminal_size().columns
    return None


def show(text: str, indent: str = "", hanging: str | None = None) -> None:
    """Print a line, folded where it is too long: the first part after an indent, the others after a hanging one.

    On a display so narrow that the hanging indent leaves less than half of it, the others are indented by four more.
    """
    print(folded(text, width_of(sys.stdout), indent, indent if hanging is None else hanging))


def tell(text: str) -> None:
    """Print a line to standard error, folded where it is too long."""
    print(folded(text, width_of(sys.stderr), "", "    "), file=sys.stderr)


def show_rows(rows: Sequence[tuple[str, str, str]]) -> None:
    """Print names, their values, and what is said of each, in columns as wide as their longest entries.

    Where less than a third of the display would be left for what is said, it stands below the name and value.
    """
    names, values = (max((len(row[k]) for row in rows), default=0) for k in (0, 1))
    start, width = len(ROW) + names + values + 4, width_of(sys.stdout)
    beside = width is None or width - start >= width // 3
    for name, value, told in rows:
        if beside:
            print(folded(f"{name:{names}}  {value:{values}}  {told}".rstrip(), width, ROW, " " * start, least=False))
        else:
            show(f"{name:{names}}  {value}".rstrip(), ROW)
            if told:
                show(told, 2 * ROW)


def folded(text: str, width: int | None, indent: str = "", hanging: str = "", *, least: bool = True) -> str:
    """Text in lines of a width; a hanging indent that leaves less than half of it is none, unless ``least`` is not."""
    if width is None:
        return indent + text
    if least and len(hanging) > max(width // 2, len(indent) + 4):
        hanging = f"{indent}    "
    return textwrap.fill(
        text, width, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def check_paths(output: Path | None, plot: Path | None) -> None:
    """Refuse file names that cannot be written before the work is done rather than after."""
    from ...characterization.tables import FORMATS as TABLE_FORMATS
    from ...devices.core.files import check_outputs
    from ...devices.language.checks import known
    from ..style import FORMATS

    for path, formats, kind in ((output, TABLE_FORMATS, "table"), (plot, FORMATS, "figure")):
        if path is None:
            continue
        known(f"{kind} format", path.suffix.lower() or path.name, formats)
        check_outputs([path])


def deliver(table: pd.DataFrame, output: Path | None, plot: Path | None, look: Mapping[str, Any] | None = None) -> None:
    """Write a table and its figure, and what that says better in words; print the table if neither is asked for."""
    if output is not None:
        from ...characterization.tables import write_table

        write_table(table, output)
        tell(f"wrote {output}")
    if plot is not None:
        from ..drawing import drawing_of
        from ..drawing import plot as draw
        from ..style import save

        save(draw(table, **(look or {})), plot)
        tell(f"wrote {plot}")
        if (words := drawing_of(table).in_words(table)) is not None:
            tell(words)
    if output is None and plot is None:
        print(table.to_string(max_rows=40, line_width=width_of(sys.stdout)))
