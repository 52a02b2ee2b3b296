"""Measure how surely all cells decide and store; print the table, and write it for the page on cells."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from machine import measured
from published_table import row

from synaspice.characterization.cells.reliability import figures_in_words, reliability
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.declared import ZERO_CELSIUS

HEADS = ["cell", "decision", "temperature", "error rate", "retention", "disturb by 10⁶ reads", "why a value is missing"]


def lines(table: pd.DataFrame) -> list[str]:
    """The table in Markdown, a line for each cell and temperature; of cells without any figure one line."""
    written = [row(HEADS), "| --- " * len(HEADS) + "|"]
    for name, rows in table.groupby("cell", sort=False):
        silent = rows[["error_rate", "retention", "disturb"]].isna().all(axis=None)
        for k, one in enumerate((rows.iloc[:1] if silent else rows).to_dict("records")):
            celsius = "–" if silent else f"{one['temperature'] - ZERO_CELSIUS:.0f} °C"
            told = [f"`{name}`", one["operation"]] if k == 0 else ["", ""]
            written.append(row([*told, celsius, *figures_in_words(one).values(), one["reason"] if k == 0 else ""]))
    return written


def main(page: Path) -> None:
    """Measure, print and write."""
    table = reliability([cell() for cell in CELLS.own().values()])
    print(table.drop(columns=["technology", "corner"]).to_string(index=False, float_format="{:.3g}".format))
    said = measured("python tools/reliability_table.py docs/accuracy/reliability-table.md")
    page.write_text("\n".join([*lines(table), "", said, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
