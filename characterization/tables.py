"""The one table format: tidy columns with units and provenance, kept through CSV and Parquet."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from ..devices.language.checks import known
from ..devices.language.errors import ParameterError

#: Endings of the files of tables.
FORMATS = (".csv", ".parquet")
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
    """
    target = Path(path)
    writer = _for_suffix(target, {".csv": _write_csv, ".parquet": _write_parquet})
    write_whole(target, lambda temporary: writer(table, temporary))
    return target


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table that :func:`write_table` wrote, equal to what was written.

    Raises
    ------
    ParameterError
        If the file does not exist or is not a table of this package.
    UnknownNameError
        If its ending is neither ``.csv`` nor ``.parquet``.
    """
    source = Path(path)
    reader = _for_suffix(source, {".csv": _read_csv, ".parquet": _read_parquet})
    if not source.is_file():
        raise ParameterError(f"there is no file {str(source)!r}")
    result: pd.DataFrame = reader(source)
    return result


def write_whole(target: Path, write: Callable[[Path], Any]) -> None:
    """Let ``write`` fill a temporary file beside the target, and put it in place only when it is complete.

    Raises
    ------
    ParameterError
        If the folder does not exist or cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    except OSError as error:
        raise ParameterError(f"cannot write {str(target)!r}: {error.strerror}") from None
    os.close(handle)
    try:
        write(Path(name))
        mask = os.umask(0)  # the only way to read it: give the file the mode that open() would have given
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise


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
    count = 2
    with path.open(encoding="utf-8") as file:
        if file.readline().rstrip() != _MAGIC:
            raise ParameterError(f"{str(path)!r} does not start with {_MAGIC!r}: it is not a table of this package")
        file.readline()
        for line in file:
            if not line.startswith("# "):
                break
            key, _, value = line[2:].partition(": ")
            attrs[key] = json.loads(value)
            count += 1
    # Arrow parses decimal numbers to the nearest float, as Python does; pandas' own parser may miss the last digit.
    table = pd.read_csv(path, skiprows=count, engine="pyarrow")
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
    pq.write_table(arrow.replace_schema_metadata(metadata), path)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    arrow = pq.read_table(path)
    metadata = arrow.schema.metadata or {}
    if _PARQUET_KEY not in metadata:
        raise ParameterError(f"{str(path)!r} has no synaspice metadata: it is not a table of this package")
    table: pd.DataFrame = arrow.to_pandas()
    table.attrs |= json.loads(metadata[_PANDAS_KEY])
    return table
