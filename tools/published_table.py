"""Measure what the presets' publications report; print the table, and write it as a page of the documentation."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from machine import measured

from synaspice.characterization.published import MEASURES, published_results
from synaspice.devices.catalog import models
from synaspice.devices.language.presets.provenance import GRADES
from synaspice.devices.language.quantities.quantity import format_si

INTRO = """# Presets against their publications

How much of every preset was read, and its publication's results beside those of the device. The tests hold every
row to its tolerance, and a row that says why it differs to being outside it. A preset whose name ends in `-like` is of
the kind of the device in the paper of that name: the values that define it were not found there.

## Where the values come from

"""
RESULTS = """

## Published results

Of a value of 0 the deviation is absolute. `second-hand` is quoted by others; `derived` follows from published values by
the formula that the source names.

"""


def row(cells: list[str]) -> str:
    """A line of a table; a bar in a formula would end its cell."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def provenance_lines() -> list[str]:
    """Number of values of every grade, for every preset."""
    lines = [row(["device", "preset", "read (%)", *GRADES]), "| --- " * (3 + len(GRADES)) + "|"]
    for name, model in models().items():
        for preset in model.presets().values():
            counts = [str(preset.counts[grade]) for grade in GRADES]
            lines.append(row([name, preset.name, f"{100 * preset.share_read:.0f}", *counts]))
    return lines


def result_lines(table: pd.DataFrame) -> list[str]:
    """A row for every published result; merely chosen values were not published."""
    heads = ["device", "preset", "result", "published", "found", "deviation", "tolerance", "provenance", "source"]
    lines = [row(heads), "| --- " * len(heads) + "|"]
    for _, one in table[table["provenance"] != "assumed"].iterrows():
        source = one["source"] + (f". Differs: {one['differs']}" if one["differs"] else "")
        cells = [one["device"], one["preset"], MEASURES[one["measure"]].description]
        cells += [format_si(one["published"], one["unit"]), format_si(float(f"{one['found']:.4g}"), one["unit"])]
        lines.append(row([*cells, f"{one['deviation']:.1%}", f"{one['tolerance']:.1%}", one["provenance"], source]))
    return lines


def main(page: Path) -> None:
    """Measure, print and write."""
    table = published_results()
    print(table.drop(columns=["source", "differs"]).to_string(index=False, float_format="{:.4g}".format))
    text = INTRO + "\n".join(provenance_lines()) + RESULTS + "\n".join(result_lines(table))
    text += f"\n\n{measured('python tools/published_table.py docs/accuracy/published.md')}\n"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
