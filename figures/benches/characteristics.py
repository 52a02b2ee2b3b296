"""Standard figures of static curves and of loops."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...devices.catalog import find_model
from ...devices.core.protocols import NegativeResistance
from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import axis_scale, label, scaled, scaled_axis, symbol

#: A relative change below which a resistance is constant, and a range of a state below which it does not move.
CONSTANT, STILL = 0.01, 0.01
#: The line of the second of two curves that may lie on each other: the first one is seen between its dashes.
DASHED = (0, (4, 2))
#: The shares of a cycle between which a quantity must move to be shown.
SPIKES = (0.02, 0.98)
#: A relative change below which a quantity is flat, and a step over the range above which a loop has not settled.
FLAT, JUMP = 1e-4, 0.01
#: A ratio of resistances above which only logarithmic axes show both.
DECADE = 10.0


def _ohmic(table: pd.DataFrame) -> str | None:
    """The resistances, if they do not depend on the voltage."""
    ends = table.groupby("state", sort=False)["resistance"].agg(["min", "max"])
    if (ends["max"] > (1 + CONSTANT) * ends["min"]).any():
        return None
    levels = ", ".join(f"{name} {format_si(row['max'], 'Ω', 3)}" for name, row in ends.iterrows())
    span = format_si(float(table["voltage"].abs().max()), "V", 3)
    return f"Ohmic within {100 * CONSTANT:g} % up to {span}: {levels}."


def _is_decades(table: pd.DataFrame) -> bool:
    """Whether the resistances are so far apart that a linear axis shows only some of them."""
    return bool(table["resistance"].max() > DECADE * table["resistance"].min())


def _panels(table: pd.DataFrame) -> int:
    """Currents; resistances where they depend on the voltage; and, where a state has another one, their change."""
    if _ohmic(table) is not None:
        return 1
    return 3 if not _is_decades(table) and _changes(table) else 2


def _changes(table: pd.DataFrame) -> list[str]:
    """States whose resistance differs from that of the first state."""
    change = table.groupby("state", sort=False)["resistance_change"].agg(lambda values: values.abs().max())
    return [str(state) for state, largest in change.items() if largest > CONSTANT]


@draws("iv", panels=_panels, in_words=_ohmic)
def draw_iv(table: pd.DataFrame, left: Axes, middle: Axes | None = None, right: Axes | None = None) -> None:
    """Current over voltage in each state, resistance, and magnetoresistance; of states decades apart, on logarithms."""
    x, wide = scaled_axis(table, left, "x", "voltage", "Voltage"), _is_decades(table)
    y = scaled_axis(table, left, "y", "current", "|I|" if wide else "Current")
    for state, part in table.groupby("state", sort=False):
        current = y * part["current"]
        # Of a constant resistance no panel has more to say than a number.
        value = "" if middle is not None else f", {format_si(float(part['resistance'].max()), 'Ω', 3)}"
        shown = current.abs().where(current != 0) if wide else current
        left.plot(x * part["voltage"], shown, label=f"{state}{value}")
    if wide:
        left.set_yscale("log")
    left.margins(x=0)
    left.legend(loc="best", title=_compliance(table), title_fontsize=7)
    _density_axis(table, left, y)
    if middle is not None:
        _draw_resistance(table, middle, wide)
    if right is not None:
        _draw_magnetoresistance(table, right)


def _draw_resistance(table: pd.DataFrame, axes: Axes, wide: bool) -> None:
    """Resistance of each state over the voltage; of states decades apart, over that at no voltage."""
    x = scaled_axis(table, axes, "x", "voltage", "Voltage")
    y = 1.0 if wide else scaled_axis(table, axes, "y", "resistance", "Resistance")
    for k, (state, part) in enumerate(table.groupby("state", sort=False)):
        low = part["resistance"].iloc[int(np.argmin(part["voltage"].abs()))] if wide else 1.0
        axes.plot(
            x * part["voltage"], y * part["resistance"] / low, label=state, linestyle=DASHED if wide and k else "-"
        )
    if wide:
        axes.set_ylabel("$R(V)\\,/\\,R(0)$")
        ends = table.groupby("state")["resistance"].agg(["min", "max"])
        if (ends["min"] < ends["max"] / DECADE).any():
            axes.set_yscale("log")
    axes.margins(x=0)


def _draw_magnetoresistance(table: pd.DataFrame, axes: Axes) -> None:
    """Resistance of the other states less that of the first one, over that."""
    x, changes = scaled_axis(table, axes, "x", "voltage", "Voltage"), _changes(table)
    first, *others = dict.fromkeys(table["state"])
    axes.set_ylabel(_magnetoresistance(table, str(first)))
    for k, state in enumerate(others, start=1):
        part = table[table["state"] == state]
        if state in changes:
            # One curve is that of both states; of several, each has the colour of its state.
            color = f"C{k}" if len(others) > 1 else "0.15"
            axes.plot(x * part["voltage"], 100 * part["resistance_change"], color=color, label=state)
    axes.margins(x=0)
    axes.set_ylim(bottom=min(0.0, 100 * float(table["resistance_change"].min())))
    if len(others) > 1:
        axes.legend(loc="best")


def _magnetoresistance(table: pd.DataFrame, first: str) -> str:
    """Name of the relative change of the resistance: TMR of a tunnel junction, magnetoresistance of other layers."""
    if first != "parallel":
        return f"$\\Delta R\\,/\\,R$ from {first} (%)"
    return "TMR (%)" if "tmr" in table.attrs.get("parameters", {}) else "Magnetoresistance (%)"


def _density_axis(table: pd.DataFrame, axes: Axes, factor: float) -> None:
    """Show the current density on the right of a panel of currents, where the cross-section is known.

    In ampere per square centimetre, as it is published. What is drawn into the same axes later need not have the same
    cross-section: it gets no second axis.
    """
    if "current_density" not in table or len(set(axes.lines)) > table["state"].nunique():
        return
    per_area, unit = axis_scale(1e-4 * table["current_density"], "A/cm²")
    largest = int(np.argmax(table["current"].abs()))
    ratio = float(1e-4 * per_area * table["current_density"].iloc[largest] / (factor * table["current"].iloc[largest]))
    both = (functools.partial(np.multiply, ratio), functools.partial(np.multiply, 1 / ratio))
    second = axes.secondary_yaxis("right", functions=both)
    second.set_ylabel(label("|J|" if axes.get_yscale() == "log" else "Current density", unit))


def _still(table: pd.DataFrame) -> str | None:
    """How little the drive moves the state, if it does not."""
    last = _last_cycle(table)
    state = next(iter(find_model(table.attrs["device"]).state_declarations().values()))
    moved = max(float(np.ptp(last[name])) / state.scale for name in state.components)
    if moved >= STILL:
        return None
    swept = table.attrs["swept"]
    size = format_si(table.attrs["amplitude"], table.attrs["units"][_swept_column(table)], 3)
    drive = f"A {swept.replace('_', ' ')} of ±{size} in {format_si(table.attrs['period'], 's', 3)}"
    return f"{drive} moves the state by no more than {moved:.1g} of its range."


def _shown(table: pd.DataFrame) -> str:
    """What is drawn over the drive: a junction's resistance, a memristor's current, the state of a magnet or a wall.

    Of a memristor with a negative resistance that is driven by a current, its voltage.
    """
    swept, columns = _swept_column(table), _state_columns(table)
    if swept == "current" and NegativeResistance in find_model(table.attrs["device"]).offered():
        return "voltage"
    shown = "resistance" if "cosine" in table or swept not in ("voltage", "source_voltage") else "current"
    if shown in table:
        # The last cycle without its first moments, in which a state that is given may settle, and without spikes.
        values = _last_cycle(table)[shown].to_numpy()
        if np.ptp(np.quantile(values, SPIKES)) > FLAT * np.max(np.abs(values)):
            return shown
    # A magnet that nothing reads shows its state along the field, a stack of layers their moment.
    if (moment := f"moment{swept[-2:]}") in table:
        return moment
    return next((name for name in columns if name[-2:] == swept[-2:]), columns[0])


@draws("hysteresis", panels=lambda table: 2 if _shown(table) == "current" else 1, in_words=_still)
def draw_hysteresis(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """The last cycle of the loop. For a memristor, the right panel shows the state during that cycle."""
    swept, shown, last = _swept_column(table), _shown(table), _last_cycle(table)
    names = {"voltage": "Voltage", "source_voltage": "Source voltage", "current": "Current"}
    swept_name = names.get(swept) or (
        f"Field along {swept[-1]}" if swept.startswith("field_") else swept.replace("_", " ").capitalize()
    )
    left_out = _settling(last[shown]) if last["cycle"].iloc[0] == 0 else 0
    drive, values = last[swept].iloc[left_out:], last[shown].iloc[left_out:]
    wide = shown == "current" and _is_wide(values, drive)
    named = {"current": "|I|" if wide else "Current", "resistance": "Resistance", "voltage": "Voltage"}
    x = scaled_axis(last, left, "x", swept, swept_name)
    y = scaled_axis(last, left, "y", shown, named.get(shown, _heading(shown)))
    values = values.abs() if wide else values
    for up, color, name, line in ((True, "C0", "rising", "-"), (False, "C1", "falling", DASHED)):
        left.plot(x * drive, y * values.where(_branch(drive, up=up)), color=color, label=name, linestyle=line)
    left.margins(x=0.02, y=0.08)
    if wide:
        left.set_yscale("log")
        # The zero of the drive reaches down without end.
        seen = y * values[drive.abs() > 0.02 * drive.abs().max()]
        left.set_ylim(0.3 * float(seen.min()), 3 * float(seen.max()))
    left.set_title("; ".join(line for line in (_pace(table), _compliance(table)) if line), fontsize=7)
    left.legend(loc="best")
    if right is None:
        return
    time, drive = last["time"] - last["time"].iloc[0], last[swept]
    at = time * scaled(right, "x", time, "s", "Time")
    states = _state_columns(table)
    units = table.attrs["units"]
    for k, name in enumerate(states):
        # A state with a unit, such as a temperature, is told in words and over its peak, as the drive is.
        peak = 1.0 if units[name] == "1" else float(last[name].abs().max()) or 1.0
        named_state = f"${name}$" if units[name] == "1" else f"normalised {name.replace('_', ' ')}"
        right.plot(at, last[name] / peak, color=f"C{k}", label=named_state)
    right.set_ylabel(f"State ${', '.join(states)}$" if units[states[0]] == "1" else "Normalised state")
    right.margins(x=0, y=0.05)
    right.plot(at, drive / drive.abs().max(), color="0.6", linestyle="--", label="normalised drive")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=len(states) + 1)


def _settling(values: pd.Series[float]) -> int:
    """Points at the beginning of a first cycle in which a state that was given jumps to where the drive holds it."""
    steps = np.abs(np.diff(values.to_numpy(dtype=float)))
    most = int(SPIKES[0] * len(values))
    still = np.flatnonzero(steps[: most + 1] < JUMP * np.ptp(values))
    return int(still[0]) if len(still) else 0


def _heading(column: str) -> str:
    """A state as an axis is labelled, or the moment of a stack."""
    return f"Mean magnetisation along {column[-1]}" if column.startswith("moment_") else f"State {symbol(column)}"


def _branch(drive: pd.Series[float], *, up: bool) -> np.ndarray:
    """The points of a branch of a loop: the ends of its steps, so that both branches have the turning points."""
    steps = np.diff(drive.to_numpy())
    along = steps >= 0 if up else steps < 0
    return np.append(along, False) | np.insert(along, 0, False)


def _is_wide(current: pd.Series[float], drive: pd.Series[float]) -> bool:
    """Whether the branches of a loop are so far apart that a linear axis shows only one of them."""
    size = drive.abs()
    conductance = (current / drive)[size > 0.2 * size.max()]
    return bool(conductance.max() > DECADE * conductance.min())


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
    jumps = ", jumps between two states" if attrs.get("mode") == "two-state" else quiet
    return f"{attrs['waveform']} of {format_si(attrs['period'], 's', 3)}{jumps}"


def _compliance(table: pd.DataFrame) -> str | None:
    """At which current the source limited, if it did."""
    limits = [abs(limit) for limit in table.attrs.get("compliance", ()) if np.isfinite(limit)]
    return f"compliance {format_si(max(limits), 'A')}" if limits else None


def _state_columns(table: pd.DataFrame) -> list[str]:
    """Columns of the device's first state, which holds its memory: several if it is a direction."""
    return list(next(iter(find_model(table.attrs["device"]).state_declarations().values())).components)
