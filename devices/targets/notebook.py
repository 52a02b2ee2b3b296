"""How a device shows itself in a notebook: its name, its publication, and its parameters with their provenance."""

from __future__ import annotations

import html
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.metadata import device_title
from ..language.presets.provenance import COMPUTED, DEFAULT, GIVEN
from ..language.quantities.quantity import format_si

if TYPE_CHECKING:
    from ..core.base import DeviceModel

#: Columns of the table.
HEADS = ("parameter", "value", "meaning", "provenance")


def page_of(device: DeviceModel) -> str:
    """A device in HTML; parameters that keep their defaults, or follow from others, are folded away.

    Parameters
    ----------
    device : DeviceModel
        The device.
    """
    preset = device.provenance
    lines = [f"<b>{html.escape(device_title(device))}</b> <code>{html.escape(repr(device))}</code>"]
    if preset:
        doi = html.escape(preset.doi, quote=True)
        link = f', <a href="https://doi.org/{doi}">doi:{doi}</a>' if doi else ""
        lines.append(f"{html.escape(preset.reference)}{link}")
    lines.append(f"Values: {html.escape(device.provenance_summary)}.")
    if device.options:
        lines.append(html.escape(", ".join(f"{name} = {value}" for name, value in device.options.items())))
    rows = device.parameters().to_dict("records")
    chosen = [row for row in rows if row["provenance"] not in (COMPUTED, DEFAULT)]
    others = [row for row in rows if row["provenance"] in (COMPUTED, DEFAULT)]
    table = _table(chosen) if chosen else ""
    told = f"{len(others)} parameters and quantities that keep their defaults or follow from others"
    folded = f"<details><summary>{told}</summary>{_table(others)}</details>" if others else ""
    return "<div>" + "<br>".join(lines) + table + folded + "</div>"


def _table(rows: Sequence[Mapping[Hashable, Any]]) -> str:
    """Parameters as a table."""
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    return f"<table><tr>{heads}</tr>{''.join(map(_row, rows))}</table>"


def _row(row: Mapping[Hashable, Any]) -> str:
    grade, source = str(row["provenance"]), str(row["source"])
    about = grade if source in (grade, GIVEN) else f"{grade}: {source}"
    value = format_si(float(str(row["value"])), str(row["unit"]))
    cells = (str(row["name"]), value, str(row["description"]), about)
    return "<tr>" + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in cells) + "</tr>"
