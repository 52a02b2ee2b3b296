"""Standard figures of static curves and of loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...devices.catalog import find_model
from ...devices.language.quantity import format_si
from ..drawing import draws
from ..style import scaled, scaled_axis

#: A relative change below which a resistance is constant, and a range of a state below which it does not move.
CONSTANT, STILL = 0.01, 0.01
#: A ratio of resistances above which only logarithmic axes show both.
DECADE = 10.0


def _ohmic(table: pd.DataFrame) -> str | None:
    """The resistances, if they do not depend on the voltage."""
    ends = table.groupby("state", sort=False)["resistance"].agg(["min", "max"])
    if (ends["max"] > (1 + CONSTANT) * ends["min"]).any():
        return None
    levels = ", ".join(f"{name} {_short(row['max'], 'Ω')}" for name, row in ends.iterrows())
    span = _short(float(table["voltage"].abs().max()), "V")
    return f"Ohmic within {100 * CONSTANT:g} % up to {span}: {levels}."


def _short(value: float, unit: str) -> str:
    return format_si(float(f"{value:.3g}"), unit)


@draws("iv", in_words=_ohmic)
def draw_iv(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Resistances and their ratio over voltage; of states that are decades apart, currents and how resistances fall."""
    x = scaled_axis(table, left, "x", "voltage", "Voltage")
    right.set_xlabel(left.get_xlabel())
    states = table.groupby("state", sort=False)
    ends = states["resistance"].agg(["min", "max"])
    wide = bool(ends["max"].max() > DECADE * ends["min"].min())
    shown = "current" if wide else "resistance"
    y = scaled_axis(table, left, "y", shown, "Size of the current" if wide else "Resistance")
    for state, part in states:
        size = y * part[shown].abs()
        left.plot(x * part["voltage"], size.where(size > 0) if wide else size, label=state)
    if wide:
        left.set_yscale("log")
        right.set_ylabel("Resistance over that at the lowest voltage")
        for state, part in states:
            low = part["resistance"].loc[part["voltage"].abs().idxmin()]
            right.plot(x * part["voltage"], part["resistance"] / low, label=state)
        if (ends["min"] < ends["max"] / DECADE).any():
            right.set_yscale("log")
    else:
        first, *others = ends.index
        right.set_ylabel(f"Change of the resistance from {first} (%)")
        for k, state in enumerate(others, start=1):
            part = states.get_group(state)
            right.plot(x * part["voltage"], 100 * part["resistance_change"], color=f"C{k}", label=state)
        right.set_ylim(bottom=min(0.0, 100 * float(table["resistance_change"].min())))
    for axes in (left, right):
        axes.margins(x=0)
    left.legend(title=_compliance(table), title_fontsize=7)


def _still(table: pd.DataFrame) -> str | None:
    """How little the drive moves the state, if it does not."""
    last, columns = _last_cycle(table), _state_columns(table)
    model = find_model(table.attrs["device"])
    declared = next(iter(model.state_declarations().values()))
    moved = max(float(np.ptp(last[name])) / declared.scale for name in columns)
    if moved >= STILL:
        return None
    swept = table.attrs["swept"]
    size = _short(table.attrs["amplitude"], table.attrs["units"][_swept_column(table)])
    return f"{swept.replace('_', ' ').capitalize()} of ±{size} in {_short(table.attrs['period'], 's')} moves the state by {moved:.1g}."


@draws("hysteresis", in_words=_still)
def draw_hysteresis(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """The loop of the last cycle, and the states over its time, beside the drive in units of its amplitude."""
    swept = _swept_column(table)
    names = {"voltage": "Voltage", "source_voltage": "Voltage of the source", "current": "Current"}
    swept_name = names.get(swept) or (
        f"Field along {swept[-1]}" if swept.startswith("field_") else swept.replace("_", " ").capitalize()
    )
    last = _last_cycle(table)
    columns = _state_columns(table)
    # A junction shows its two levels best as resistance, a memristor its pinched loop as current.
    shown = "resistance" if "cosine" in table or swept not in ("voltage", "source_voltage") else "current"
    if shown not in table or np.ptp(table[shown]) < 1e-6 * np.max(np.abs(table[shown])):
        # A magnet that nothing reads shows its state, along the field.
        shown = next((name for name in columns if name[-2:] == swept[-2:]), columns[0])
    values = last[shown]
    wide = False
    if shown == "current":
        # At one voltage, as a loop shows it: both branches in the lower half of the drive.
        drive = last[swept].abs()
        ratio = values.abs() / drive.where(drive > 0.2 * drive.max())
        wide = bool(ratio.max() > DECADE * ratio.min())
    named = {"current": "Size of the current" if wide else "Current", "resistance": "Resistance"}
    x = scaled_axis(last, left, "x", swept, swept_name)
    y = scaled_axis(last, left, "y", shown, named.get(shown, f"State ${shown}$"))
    values = values.abs() if wide else values
    rising = np.gradient(last[swept].to_numpy()) >= 0
    for up, color, name in ((True, "C0", "rising"), (False, "C1", "falling")):
        left.plot(x * last[swept], y * values.where(rising == up), color=color, label=f"{swept_name.lower()} {name}")
    left.margins(x=0.02, y=0.08)
    if wide:
        left.set_yscale("log")
        # The zero of the drive reaches down without end.
        left.set_ylim(bottom=0.3 * float(y * values[drive > 0.02 * drive.max()].min()))
    lines = [line for line in (_pace(table), _compliance(table)) if line]
    left.legend(loc="best", title="\n".join(lines), title_fontsize=7)

    time = last["time"] - last["time"].iloc[0]
    pace = scaled(right, "x", time, "s", "Time")
    states = ["cosine"] if "cosine" in table and np.ptp(last["cosine"]) > STILL else columns
    if len(columns) > 1 and states == ["cosine"]:
        states = columns
    for k, name in enumerate(states):
        right.plot(pace * time, last[name], color=f"C{k}", linewidth=0.8, label=f"${name}$")
    right.set_ylabel("Magnetisation" if len(states) > 1 else f"State ${states[0]}$")
    right.margins(x=0, y=0.05)
    peak = float(last[swept].abs().max())
    right.plot(pace * time, last[swept] / peak, color="0.6", linewidth=0.8, linestyle="--", label="drive over its peak")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=len(states) + 1)


def _swept_column(table: pd.DataFrame) -> str:
    """With a compliance the source sweeps, and the device's voltage follows from the source."""
    return "source_voltage" if "source_voltage" in table else str(table.attrs["swept"])


def _last_cycle(table: pd.DataFrame) -> pd.DataFrame:
    """The last cycle, from its first point on: the first one depends on the state at the beginning."""
    start = int(np.argmax(table["cycle"].to_numpy() == table["cycle"].max()))
    return table.iloc[start:]


def _pace(table: pd.DataFrame) -> str:
    """Form and period of the drive, and whether thermal agitation helped to switch."""
    attrs = table.attrs
    quiet = "" if attrs.get("temperature") is not None else ", no thermal noise"
    return f"{attrs['waveform']} of {_short(attrs['period'], 's')}{quiet}"


def _compliance(table: pd.DataFrame) -> str | None:
    """At which current the source limited, if it did."""
    limits = [abs(limit) for limit in table.attrs.get("compliance", ()) if np.isfinite(limit)]
    return f"compliance {format_si(max(limits), 'A')}" if limits else None


def _state_columns(table: pd.DataFrame) -> list[str]:
    """Columns of the device's first state, which holds its memory: several if it is a direction."""
    return list(next(iter(find_model(table.attrs["device"]).state_declarations().values())).components)
