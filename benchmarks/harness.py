"""What every benchmark shares: its two options, its table, and its records."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Record:
    """One comparison in one run on one machine; a ratio above 1 means that ours is better.

    ``ours`` and ``peer`` are in ``unit``.
    """

    name: str
    ours: float
    peer: float
    peer_version: str
    ratio: float
    unit: str


def median_seconds(function: Callable[[], object], repeats: int) -> float:
    """Median wall-clock time of some calls, after one that does not count [s]."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def side_by_side(functions: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Median times of several functions that take turns [s]: a machine that changes its pace changes all of them."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats + 1):
        for function, own in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            own.append(time.perf_counter() - start)
    return [statistics.median(own[1:]) for own in times]


def main(description: str | None, measure: Callable[..., list[Record]], peers: str | None = None) -> None:
    """Parse ``--quick`` and ``--json``, measure, print the table.

    With ``peers``, which says what is in it, there is an option ``--peers FOLDER``, and ``measure`` is called with that
    folder, or None, as well.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="under a minute, noisier")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the records there as well")
    if peers:
        parser.add_argument("--peers", type=Path, metavar="FOLDER", help=peers)
    arguments = parser.parse_args()
    records = measure(arguments.quick, *([arguments.peers] if peers else []))
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{'':44} {'ours':>12} {'peer':>12}  {'unit':16} {'ratio':>8}  peer")
    for r in records:
        print(f"{r.name:44} {r.ours:12.4g} {r.peer:12.4g}  {r.unit:16} {r.ratio:8.2f}  {r.peer_version}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(record) for record in records], indent=2), encoding="utf-8")
