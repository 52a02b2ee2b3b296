"""Raw files, in which VACASK and SPICE write vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def read_raw(file: Path) -> dict[str, Any]:
    """The vectors of the first plot of a binary raw file, by name, real or complex.

    Parameters
    ----------
    file : Path
        The file.

    Raises
    ------
    ValueError
        If it is not such a file, or cut short.
    """
    head, mark, data = file.read_bytes().partition(b"\nBinary:\n")
    if not mark:
        raise ValueError(f"{file.name} is not a binary raw file")
    entries, _, listed = head.decode("utf-8", "replace").partition("\nVariables:")
    about = {key.strip().lower(): text.strip() for key, _, text in (one.partition(":") for one in entries.splitlines())}
    count, points = int(about["no. variables"]), int(about["no. points"])
    # A line is a number, the name, and the kind of the vector, between tabulators.
    names = [line.split("\t")[2].strip() for line in listed.splitlines() if line.strip()]
    kind = np.dtype(complex if "complex" in about["flags"].lower() else float)
    size = count * points * kind.itemsize
    if len(names) != count or len(data) < size:
        raise ValueError(f"{file.name} was cut short")
    values = np.frombuffer(data[:size], dtype=kind).reshape(points, count)
    return {name: values[:, k].copy() for k, name in enumerate(names)}
