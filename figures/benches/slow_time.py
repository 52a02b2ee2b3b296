"""Standard figures of slow thermal physics: telegraph, coercivity, retention, disturbance by reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from ...characterization.cells.errors.arrhenius import TEN_YEARS
from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import axis_scale, power_of_ten, say, scaled_axis, shows_column

#: Lines of states that lie on each other where they are alike.
LINES = ("-", "--")
#: Smallest probability that is worth an axis.
SMALLEST = 1e-15
#: Most lines in a panel.
MOST_LINES = 5


@draws("telegraph")
def draw_telegraph(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: mean time in each state over the voltage. Right: probability of the first state, and the sigmoid."""
    x = scaled_axis(table, left, "x", "voltage", "Voltage")
    scaled_axis(table, right, "x", "voltage", "Voltage")
    voltage = x * table["voltage"]
    for k, state in enumerate(table.attrs["states"]):
        left.plot(voltage, table[f"dwell_{state}"], color=f"C{k}", label=state)
        left.errorbar(
            voltage,
            table[f"drawn_{state}"],
            table[f"error_{state}"],
            color=f"C{k}",
            linestyle="none",
            marker="o",
            markersize=2.5,
            capsize=1.5,
            elinewidth=0.6,
            capthick=0.6,
        )
    left.plot([], [], "o", color="0.4", markersize=2.5, label="mean of dwell times drawn")
    left.set_yscale("log")
    shows_column(left, "y", f"dwell_{table.attrs['states'][0]}")
    left.set_ylabel("Mean dwell time (s)")
    left.legend()
    right.plot(voltage, table["probability"], color="C0", label="from the dwell times")
    right.plot(voltage, table["drawn_probability"], "o", color="C0", markersize=2.5, label="telegraph traces")
    if table["sigmoid"].notna().all():
        slope, unit = axis_scale([1 / abs(table.attrs["slope"])], "V")
        width = f"{slope / abs(table.attrs['slope']):.3g} {unit}"
        right.plot(voltage, table["sigmoid"], "--", color="C1", label=rf"tanh, $1/\beta$ = {width}")
    shows_column(right, "y", "probability")
    right.set_ylabel(f"Probability of {table.attrs['states'][0]}")
    right.set_ylim(-0.03, 1.03)
    right.legend(loc="best")


@draws("coercivity")
def draw_coercivity(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: drive that switches, over the rate of the sweep. Right: its spread, and the closed form."""
    swept = table.attrs["swept"]
    name = f"Field along {swept[-1]}" if swept.startswith("field_") else swept.capitalize()
    sized = table.assign(mean=table["mean"].abs())
    y = scaled_axis(sized, left, "y", "mean", f"Mean switching {name[0].lower()}{name[1:]}")
    spread = scaled_axis(table, right, "y", "standard_deviation", "Standard deviation")
    states = list(dict.fromkeys(table["state"]))
    several = len(set(table["temperature"])) > 1
    for number, ((kelvin, state), part) in enumerate(table.groupby(["temperature", "state"], sort=True)):
        color, line = f"C{number // len(states) if several else number}", LINES[states.index(str(state)) % len(LINES)]
        label = f"{kelvin:g} K, from {state}" if several else f"from {state}"
        low, high = np.sort(y * part[["lower", "upper"]].abs().to_numpy(), axis=1).T
        left.fill_between(part["rate"], low, high, color=color, alpha=0.15, linewidth=0)
        left.plot(part["rate"], y * part["mean"].abs(), line, color=color, label=label)
        right.plot(part["rate"], spread * part["standard_deviation"], line, color=color, label=label)
        left.plot(part["rate"], y * part["kurkijarvi_mean"].abs(), ":", color="0.2", linewidth=0.8)
        right.plot(part["rate"], spread * part["kurkijarvi_deviation"], ":", color="0.2", linewidth=0.8)
    for axes in (left, right):
        axes.plot([], [], ":", color="0.2", linewidth=0.8, label="closed form (Kurkijärvi)")
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        shows_column(axes, "x", "rate")
        axes.set_xlabel(f"Sweep rate ({table.attrs['units']['rate']})")
        axes.margins(x=0.02)
        axes.set_ylim(bottom=0)
    left.fill_between([], [], [], color="0.4", alpha=0.25, linewidth=0, label="5 to 95 %")
    left.set_ylim(top=(1.5 if several else 1.1) * left.get_ylim()[1])  # for the legend
    left.legend(loc="best" if len(set(table["rate"])) == 1 else "upper left", ncols=2 if several else 1)


@draws("retention")
def draw_retention(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: lifetime over the inverse temperature; the line is ten years. Right: probability of a flip over time."""
    states = list(dict.fromkeys(table["state"]))
    once = table.drop_duplicates(["temperature", "state"])
    for k, state in enumerate(states):
        part = once[once["state"] == state]
        left.semilogy(
            1000 / part["temperature"], part["lifetime"], LINES[k % 2], marker="os"[k % 2], markersize=3.5 - k,
            color=f"C{k}", label=state,
        )  # fmt: skip
    left.axhline(TEN_YEARS, color="0.5", linewidth=0.7, zorder=0)
    left.text(0.98, TEN_YEARS, "10 years", transform=left.get_yaxis_transform(), fontsize=7, ha="right", va="bottom")
    left.set_xlabel("1000 / T (1/K)")
    left.set_ylabel("Mean lifetime (s)")
    found = {state: kelvin for state, kelvin in table.attrs["ten_year_temperature"].items() if kelvin is not None}
    told = sorted({f"{kelvin:.0f} K" for kelvin in found.values()})
    left.legend(title=f"10 years at {' and '.join(told)}" if told else None, title_fontsize=7)
    kelvins = np.sort(table["temperature"].unique())
    chosen = kelvins[np.unique(np.linspace(0, len(kelvins) - 1, MOST_LINES).round().astype(int))]
    named: set[float] = set()
    for number, kelvin in enumerate(chosen):
        for k, state in enumerate(states):
            part = table[(table["temperature"] == kelvin) & (table["state"] == state)]
            shown = part[part["flipped"] > SMALLEST]
            if shown.empty:
                continue
            label = f"{kelvin:g} K" if kelvin not in named else None
            named.add(kelvin)
            right.loglog(shown["time"], shown["flipped"], LINES[k % 2], color=f"C{number}", label=label)
    right.set_xscale("log")
    right.set_yscale("log")
    right.axvline(TEN_YEARS, color="0.5", linewidth=0.7, zorder=0)
    shows_column(right, "x", "time")
    shows_column(right, "y", "flipped")
    right.set_xlabel("Time after write (s)")
    right.set_ylabel("Retention failure probability")
    right.set_ylim(SMALLEST, 3.0)
    if named:
        right.legend(loc="best")
    else:
        longest = format_si(float(table["time"].max()), "s", 3)
        say(right, f"below {power_of_ten(SMALLEST)} up to {longest}")
    for axes in (left, right):
        axes.yaxis.set_minor_formatter(NullFormatter())
    right.yaxis.set_major_locator(LogLocator(numticks=7))


@draws("read-disturb")
def draw_read_disturb(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probability that reads flip the state, over their voltage. One panel for each state, one line for each count."""
    numbers = np.sort(table["reads"].unique())
    chosen = numbers[np.unique(np.linspace(0, len(numbers) - 1, MOST_LINES).round().astype(int))]
    for axes, (state, whole) in zip((left, right), table.groupby("state", sort=False), strict=True):
        x = scaled_axis(table, axes, "x", "voltage", "Read voltage")
        axes.set_yscale("log")
        if not (whole["probability"] > SMALLEST).any():
            most = float(whole["reads"].max())
            say(axes, f"below {power_of_ten(SMALLEST)} after {_count(most)} read{'s' if most > 1 else ''}")
        for k, number in enumerate(chosen):
            part = whole[(whole["reads"] == number) & (whole["probability"] > SMALLEST)]
            if part.empty:
                continue
            axes.plot(x * part["voltage"], part["probability"], color=f"C{k}", label=_count(float(number)))
        shows_column(axes, "y", "probability")
        axes.set_ylabel(f"Read disturb probability, {state}")
        axes.set_ylim(SMALLEST, 3.0)
        axes.yaxis.set_major_locator(LogLocator(numticks=7))
        axes.yaxis.set_minor_formatter(NullFormatter())
        if axes.lines:
            axes.legend(title=f"reads of {format_si(table.attrs['width'], 's', 3)}", title_fontsize=7)


def _count(number: float) -> str:
    """A number of reads: 1, or a power of ten where it is one."""
    return power_of_ten(number) if number > 1 and f"{number:.9e}".startswith("1.000000000") else f"{number:.3g}"
