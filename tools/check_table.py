"""Run every check of the benches; print the table, and write it as pages and parts of pages of the documentation.

``checks.md`` has all of them, by bench, and ``checks-PAGE.md`` those that stand on a page of their own kind. Ends with
status 1 if a bench has not found what is expected.

    python tools/check_table.py docs [BENCH ...]
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

from machine import measured
from published_table import row
from tqdm import tqdm

from synaspice.characterization.checks.check import CHECKS, Check, Outcome, checks_of, row_of, shown

INTRO = """# What each bench recovers

Every bench measures devices whose answer is known, by a formula or a publication that does not come from the package's
equations, and must find it within the stated error. Of several compared values the row shows that which uses up most
of it. The tests run the same checks; a bench without one fails them. Rows with "ngspice" compare a bench's table with
that of the numeric engine.

"""
HEADS = ["bench", "quantity", "expected by", "expected", "found", "deviation", "stated error"]


def lines(rows: Iterable[dict[str, object]]) -> list[str]:
    """The table in Markdown."""
    written = [row(HEADS), "| --- " * len(HEADS) + "|"]
    last = None
    for one in rows:
        values = [shown(float(str(one[name])), str(one["unit"])) for name in ("expected", "found")]
        off = float(str(one["deviation"]))
        deviation = f"{off:.0e}" if off and off < 1e-3 else f"{100 * off:.2g} %"
        told = "" if one["bench"] == last else f"`{one['bench']}`"
        last = one["bench"]
        failed = "" if one["passed"] else " **not met**"
        written.append(
            row([told, str(one["quantity"]), str(one["by"]), *values, deviation, str(one["stated"]) + failed])
        )
    return written


def main(folder: Path, benches: list[str]) -> int:
    """Run, print and write."""
    chosen = list(CHECKS.values()) if not benches else [there for name in benches for there in checks_of(name)]
    outcomes: list[tuple[Check, Outcome]] = []
    for there in tqdm(chosen, desc="checked", file=sys.stderr, disable=None):
        outcomes.append((there, there.run()))
    by_bench = [row_of(*one) for one in sorted(outcomes, key=lambda one: (one[0].bench, one[0].place))]
    text = lines(by_bench)
    print("\n".join(text))
    if not benches:
        folder.mkdir(parents=True, exist_ok=True)
        said = f"\n\n{measured('python tools/check_table.py docs/accuracy')}\n"
        (folder / "checks.md").write_text(INTRO + "\n".join(text) + said, encoding="utf-8")
        by_page = sorted(outcomes, key=lambda one: (one[0].page, one[0].bench, one[0].place))
        for page, group in itertools.groupby(by_page, key=lambda one: one[0].page):
            part = lines(row_of(*one) for one in group)
            (folder / f"checks-{page}.md").write_text("\n".join(part) + said, encoding="utf-8")
    return int(not all(one["passed"] for one in by_bench))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
