"""Compare the engines on every device and preset; print the table, and write it as a page of the documentation."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from machine import measured
from tqdm import tqdm

from synaspice.characterization import agreement
from synaspice.characterization.processes import in_processes
from synaspice.devices.model import CompactModel
from synaspice.figures.gallery_entries import DeviceEntry, entries

INTRO = """# Agreement of the engines

Numeric engine against the generated netlist in ngspice, for every device and preset: the largest relative difference
of a static current; the largest difference of a state, in units of its scale, in a transient of the suggested
stimulus, at the simulator's default tolerances and, for one preset of each structure, at tight ones; and the relative
difference of the time at which the state has gone half its way. Where they could be had, the same of native devices,
and of the Verilog-A module and the native device in VACASK.

"""


def main(page: Path) -> None:
    """Compare, print and write."""
    devices = [entry.device for entry in entries() if isinstance(entry, DeviceEntry)]
    # Presets of one structure have the same lines, with other values: tight tolerances are five times the work.
    first = {(type(device), device.structure): device for device in reversed(devices)}
    tasks = [(device, first[type(device), device.structure] is device) for device in devices]
    rows = tqdm(in_processes(_compared, tasks, processes=-1), total=len(tasks), desc="compared", file=sys.stderr)
    found = list(rows)
    table = pd.concat(found, ignore_index=True)
    print(table.to_string(index=False, float_format="{:.1e}".format))
    lines = ["| " + " | ".join(name.replace("_", " ") for name in table.columns) + " |"]
    lines.append("| --- " * len(table.columns) + "|")
    for _, row in table.iterrows():
        cells = [_cell(row[name]) for name in table.columns]
        lines.append("| " + " | ".join(cells) + " |")
    table.to_csv(page.with_suffix(".csv"), index=False, float_format="%.1e")  # for the pages of the devices
    for device, one in zip(devices, found, strict=True):
        for column, reason in one.attrs["not_run"].items():
            lines += ["", f"Not run: {column.replace('_', ' ')} of `{device!r}`. {' '.join(reason.split())}"]
            print(f"{device!r}, {column}: {reason}")
    lines += ["", measured("python tools/agreement_table.py docs/accuracy/agreement.md")]
    page.write_text(INTRO + "\n".join(lines) + "\n", encoding="utf-8")


def _compared(device: CompactModel, tight: bool) -> pd.DataFrame:
    """The row of a device."""
    return agreement(device, tight=tight)


def _cell(value: object) -> str:
    return str(value) if isinstance(value, str) else "not run" if pd.isna(value) else f"{value:.1e}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
