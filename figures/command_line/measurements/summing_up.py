"""The command ``synaspice summary DEVICE ...``."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from ..arguments.options import Assignments, Device, Output, PresetName, make_device
from ..output import check_paths, deliver, show, show_rows

#: Digits that are shown: the models are not known to more.
DIGITS = 4


def summary(
    device: Device,
    preset: PresetName = None,
    set_: Assignments = None,
    temperature: Annotated[
        str | None, typer.Option(metavar="T", help="Temperature [K], or as 85degC; default: the device's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is random.", min=0)] = 1,
    output: Output = None,
) -> None:
    """Tell the figures of merit of a device: what a reviewer asks for, in one table."""
    from ....characterization.cells.errors.arrhenius import TEN_YEARS
    from ....characterization.merit.summary import summary as table_of
    from ....devices.language.quantities.quantity import format_si, parse_quantity

    made = make_device(device, preset, set_)
    check_paths(output, None)
    table = table_of(made, temperature=None if temperature is None else parse_quantity(temperature, "K"), seed=seed)
    show(f"{table['device'].iloc[0]}; values: {made.provenance_summary}")
    rows = []
    for row in table.to_dict("records"):
        value = "-" if math.isnan(row["value"]) else format_si(row["value"], row["unit"], DIGITS)
        if row["unit"] == "s" and TEN_YEARS / 10 <= row["value"] < math.inf:
            value += f" ({10 * row['value'] / TEN_YEARS:.3g} years)"
        rows.append((row["figure"], value, ", ".join(part for part in (row["condition"], row["source"]) if part)))
    show_rows(rows)
    if output is not None:
        deliver(table, output, None)
