"""Standard figures of static curves and of loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...devices.catalog import find_model
from ...devices.language.quantity import format_si
from ..drawing import draws
from ..style import scaled_axis


@draws("iv")
def draw_iv(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Current over voltage; resistance, or its change from the first state, over voltage."""
    x = scaled_axis(table, left, "x", "voltage", "Voltage")
    right.set_xlabel(left.get_xlabel())
    y = scaled_axis(table, left, "y", "current", "Current")
    changes = table["resistance_change"]
    bias_dependent = any(np.ptp(part) > 1e-6 for _, part in changes.groupby(table["state"]))
    # A change of decades, as of a filament, is no percentage: then the resistances themselves.
    wide = table["resistance"].max() > 10 * table["resistance"].min()
    if bias_dependent and not wide:
        first = table["state"].iloc[0]
        factor, shown = 100.0, "resistance_change"
        right.set_ylabel(f"Resistance change from {first} (%)")
    else:
        factor, shown = scaled_axis(table, right, "y", "resistance", "Resistance"), "resistance"
    for state, part in table.groupby("state", sort=False):
        left.plot(x * part["voltage"], y * part["current"], label=state)
        right.plot(x * part["voltage"], factor * part[shown], label=state)
    for axes in (left, right):
        axes.margins(x=0)
    if wide:
        right.set_yscale("log")
        right.margins(y=0.15)
    left.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    left.axvline(0, color="0.7", linewidth=0.5, zorder=0)
    left.legend(title=_compliance(table), title_fontsize=7)


@draws("hysteresis")
def draw_hysteresis(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """The loop, and the states with the drive over time."""
    # With a compliance the source sweeps, and the device's voltage follows from the source.
    swept = "source_voltage" if "source_voltage" in table else table.attrs["swept"]
    names = {"voltage": "Voltage", "source_voltage": "Voltage of the source", "current": "Current"}
    swept_name = names.get(swept) or (
        f"Field along {swept[-1]}" if swept.startswith("field_") else swept.replace("_", " ").capitalize()
    )
    # A junction shows its two levels best as resistance, a memristor its pinched loop as current.
    shown = "resistance" if "cosine" in table or swept not in ("voltage", "source_voltage") else "current"
    columns = _state_columns(table)
    if shown not in table or np.ptp(table[shown]) < 1e-6 * np.max(np.abs(table[shown])):
        # A magnet that nothing reads shows its state, along the field.
        shown = next((name for name in columns if name[-2:] == swept[-2:]), columns[0])
    x = scaled_axis(table, left, "x", swept, swept_name)
    y = scaled_axis(table, left, "y", shown, f"State ${shown}$" if shown in columns else shown.capitalize())
    rising = np.gradient(table[swept].to_numpy()) >= 0
    for up, color, name in ((True, "C0", "rising"), (False, "C1", "falling")):
        part = table[shown].where(rising == up)
        left.plot(x * table[swept], y * part, color=color, label=f"{swept_name.lower()} {name}")
    left.margins(x=0.02, y=0.08)
    left.legend(loc="best", title=_compliance(table), title_fontsize=7)

    time = scaled_axis(table, right, "x", "time", "Time")
    states = ["cosine"] if "cosine" in table else columns
    for k, name in enumerate(states):
        right.plot(time * table["time"], table[name], color=f"C{k}", linewidth=0.8, label=f"${name}$")
    right.set_ylabel("Cosine to the reference layer" if states == ["cosine"] else f"State ${', '.join(states)}$")
    right.margins(x=0, y=0.05)
    drive = right.twinx()
    drive.spines["right"].set_visible(True)
    factor = scaled_axis(table, drive, "y", swept, f"{swept_name}, dashed")
    drive.plot(time * table["time"], factor * table[swept], color="0.6", linewidth=0.8, linestyle="--")
    if len(states) > 1:
        right.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=len(states))


def _compliance(table: pd.DataFrame) -> str | None:
    """At which current the source limited, if it did."""
    limits = [abs(limit) for limit in table.attrs.get("compliance", ()) if np.isfinite(limit)]
    return f"compliance {format_si(max(limits), 'A')}" if limits else None


def _state_columns(table: pd.DataFrame) -> list[str]:
    """Columns of the device's first state, which holds its memory: several if it is a direction."""
    return list(next(iter(find_model(table.attrs["device"]).state_declarations().values())).components)
