"""Measure what pages of devices and cells show: a gallery of the presets whose pictures stand there, without netlists.

    python tools/pictures.py FOLDER

Of each device it takes the preset on which most benches run, and others for the benches that it has not.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from synaspice.figures.gallery import make_gallery
from synaspice.figures.gallery_entries import CellEntry, DeviceEntry, entries


def chosen() -> Iterator[str]:
    """Names of the entries that pages show, as the gallery takes them."""
    every = entries()
    yield from (entry.model for entry in every if isinstance(entry, CellEntry))
    devices = [entry for entry in every if isinstance(entry, DeviceEntry)]
    for _, group in itertools.groupby(devices, key=lambda entry: entry.model):
        seen = set[str]()
        for entry in sorted(group, key=lambda entry: -len(entry.runs())):
            if not seen.issuperset(entry.runs()):
                seen.update(entry.runs())
                yield f"{entry.model}:{entry.preset}" if entry.preset else entry.model


if __name__ == "__main__":
    make_gallery(Path(sys.argv[1]), only=list(chosen()), netlists=False)
