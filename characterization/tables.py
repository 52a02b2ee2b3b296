"""The one table format: tidy columns with units and provenance, kept through CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..devices.core.files import write_whole
from ..devices.language.checks import instance, known
from ..devices.language.errors import MOST_SHOWN, ParameterError, shown

#: Endings of the files of tables.
FORMATS = (".csv", ".parquet")
#: What libraries raise on files that are damaged, or none of theirs. Arrow's own errors are kinds of these.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, ArithmeticError, NotImplementedError, MemoryError, EOFError)
_MAGIC = "# synaspice table"
#: First lines of a file, for those who open it with something else.
_HINT = '# read it with synaspice.read_table(path), which keeps these attributes, or pandas.read_csv(path, comment="#")'
_PARQUET_KEY = b"synaspice"
#: Where pandas (2.1 and later) keeps a table's attributes in a Parquet file.
_PANDAS_KEY = b"PANDAS_ATTRS"


def write_table(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table with its attributes; the file appears whole or not at all.

    Parameters
    ----------
    table : pandas.DataFrame
        A bench's table.
    path : str or Path
        File name that ends in ``.csv`` (attributes as comment lines of JSON: ``pandas.read_csv(path, comment="#")``
        reads the columns) or ``.parquet`` (attributes where ``pandas.read_parquet`` finds them).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UnknownNameError
        If the ending is another.
    ParameterError
        If the path cannot be a file: it is a folder or a device, or its folder does not exist or cannot be written to.
    OutputError
        If it cannot be written, as to a full disk.
    """
    instance("the table", table, pd.DataFrame, "a DataFrame")
    target = Path(instance("the path", path, (str, Path), "the name of a file"))
    writer = _for_suffix(target, {".csv": _write_csv, ".parquet": _write_parquet})
    write_whole(target, lambda temporary: writer(table, temporary))
    return target


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table that :func:`write_table` wrote, equal to what was written.

    Parameters
    ----------
    path : str or Path
        File name that ends in ``.csv`` or ``.parquet``.

    Returns
    -------
    pandas.DataFrame
        The table with its attributes.

    Raises
    ------
    ParameterError
        If the file does not exist or cannot be read, or is not a whole table of this package.
    UnknownNameError
        If its ending is neither ``.csv`` nor ``.parquet``.
    """
    given: Any = path
    if not isinstance(given, str | Path):
        held = isinstance(getattr(given, "table", None), pd.DataFrame)
        raise ParameterError(
            f"a table is read from the name of a file, not from {type(given).__name__}"
            + ("; its table is its attribute 'table'" if held else "")
        )
    source = Path(path)
    reader = _for_suffix(source, {".csv": _read_csv, ".parquet": _read_parquet})
    try:
        there = source.is_file()
        result: pd.DataFrame | None = reader(source) if there else None
    except ParameterError:
        raise
    except UNREADABLE as error:
        raise ParameterError(f"{shown(str(source))} cannot be read as a table: {_in_a_line(error)}") from None
    if result is None:
        raise ParameterError(f"there is no file {shown(str(source))}")
    return result


def is_own_table(path: Path) -> bool:
    """Whether a text file is a table of this package."""
    try:
        with path.open("rb") as file:
            return file.readline(len(_MAGIC) + 2).decode(errors="replace").rstrip() == _MAGIC
    except OSError:
        return False


def _in_a_line(error: BaseException) -> str:
    """What another library says of a file, in one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def _attributes(text: str | bytes, where: Path) -> Any:
    """Attributes of a table, or one of them, from JSON."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ParameterError(f"{shown(str(where))} has attributes in more layers than can be read") from None


def _for_suffix(path: Path, choices: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    return choices[known("table format", path.suffix.lower() or path.name, choices)]


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{_MAGIC}\n{_HINT}\n")
        for key, value in table.attrs.items():
            file.write(f"# {key}: {json.dumps(value, ensure_ascii=False)}\n")
        # In a quoted text a "#" does not begin a comment.
        texts = table.select_dtypes(exclude="number")
        marked = any("#" in str(value) for name in texts for value in texts[name])
        quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if marked else csv.QUOTE_MINIMAL
        table.to_csv(file, index=False, lineterminator="\n", quoting=quoting)


def _read_csv(path: Path) -> pd.DataFrame:
    attrs: dict[str, Any] = {}
    with path.open("rb") as file:
        if file.readline().decode().rstrip() != _MAGIC:
            raise ParameterError(f"{str(path)!r} does not start with {_MAGIC!r}: it is not a table of this package")
        file.readline()
        while (line := file.readline().decode()).startswith("# "):
            key, colon, value = line[2:].rstrip("\n").partition(": ")
            if not colon:
                raise ParameterError(f"{shown(str(path))}: {shown(line.strip())} is no attribute of a table")
            attrs[key] = _attributes(value, path)
        if not line:
            raise ParameterError(f"{shown(str(path))} ends before its columns begin")
        # The names of the columns and what follows: pandas 2 with Arrow's parser knows no rows to skip before them.
        file.seek(-len(line.encode()), io.SEEK_CUR)
        # Arrow parses decimal numbers to the nearest float, as Python does; pandas' own parser may miss the last digit.
        table = pd.read_csv(file, engine="pyarrow", keep_default_na=False, na_values=[""])
    said = attrs.get("units")
    units = said if isinstance(said, dict) else {}
    for name in table:
        # An empty text is written as a missing number is; of a column of nothing else the unit tells which it is.
        empty = units.get(name) == "" and table[name].isna().all()
        if empty or not is_numeric_dtype(table[name]):
            table[name] = [""] * len(table) if empty else table[name].fillna("")
    table.attrs |= attrs
    return table


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    bare = table.copy(deep=False)
    bare.attrs = {}
    arrow = pa.Table.from_pandas(bare, preserve_index=False)
    own = {_PARQUET_KEY: b"table", _PANDAS_KEY: json.dumps(table.attrs).encode()}
    metadata = {**(arrow.schema.metadata or {}), **own}
    with path.open("wb") as file:  # Arrow itself knows names in UTF-8 alone
        pq.write_table(arrow.replace_schema_metadata(metadata), file)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        arrow = pq.read_table(file)
    metadata = arrow.schema.metadata or {}
    if _PARQUET_KEY not in metadata:
        raise ParameterError(f"{str(path)!r} has no synaspice metadata: it is not a table of this package")
    table: pd.DataFrame = arrow.to_pandas()
    attrs = _attributes(metadata[_PANDAS_KEY], path)
    if not isinstance(attrs, dict):
        raise ParameterError(f"{shown(str(path))} has no attributes: {shown(attrs)} stands where they should")
    table.attrs |= attrs
    return table
