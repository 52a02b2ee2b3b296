"""Standard figure of half-select disturbance: how far cells have moved over the number of pulses, and the margins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...drawing import draws
from ...style import power_of_ten, say, shows_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Parts of the write voltage, by the scheme's name.
PARTS = {"half": "V/2", "third": "V/3"}
#: Smallest share of the way that is worth an axis.
SMALLEST = 1e-9


@draws("half-select")
def draw_half_select(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Share of the way over the number of half-select pulses, and what part of the write voltage is borne."""
    share = table.attrs["share"]
    moved = table["moved"][table["moved"] > SMALLEST]
    left.set_xscale("log")
    left.set_yscale("log")
    if table["pulses"].max() > table["pulses"].min():
        left.set_xlim(table["pulses"].min(), table["pulses"].max())
    left.set_ylim(max(min(float(moved.min()) if len(moved) else 1.0, share) / 3, SMALLEST), 3.0)
    for k, ((scheme, state), part) in enumerate(table.groupby(["scheme", "state"], sort=False)):
        shown = part[part["moved"] > SMALLEST]
        name = f"{PARTS.get(str(scheme), scheme)}, {state} conductance"
        left.plot(shown["pulses"], shown["moved"], color=f"C{k}", label=name if len(shown) else f"{name}: at rest")
    left.axhline(share, color="0.6", linewidth=0.7, linestyle="--")
    left.set_xlabel("Half-select pulses")
    left.set_ylabel("Disturb (fraction of the state range)")
    if len(moved):
        left.legend(loc="best")
    else:
        say(left, f"no cell moves by more than {power_of_ten(SMALLEST)} of its range")
    shows_column(left, "x", "pulses")
    shows_column(left, "y", "moved")
    found = pd.DataFrame(table.attrs["disturbed"])
    up, down = table.attrs["amplitudes"]
    schemes = list(dict.fromkeys(found["scheme"]))
    # The state of low conductance is disturbed by writes that raise it.
    writes = {"low": up, "high": down}
    names = list(dict.fromkeys(found["state"]))
    for k, state in enumerate(names):
        part = found[found["state"] == state]
        borne = (part["largest_voltage"].abs() / abs(writes[state])).iloc[0]
        right.bar(k, borne, width=0.5, color="0.8")
    for j, scheme in enumerate(schemes):
        part = found[found["scheme"] == scheme]
        height = float(part["voltage"].abs().iloc[0] / abs(writes[part["state"].iloc[0]]))
        right.axhline(height, color=f"C{j}", linestyle="--", label=PARTS.get(scheme, scheme))
    right.set_xticks(np.arange(len(names)), [f"{name} conductance" for name in names])
    right.set_ylim(0, 1.05)
    right.set_ylabel("Voltage / write voltage")
    right.set_title(f"bars: tolerated for {table.attrs['required']:.0e} pulses".replace("e+0", "e"), fontsize=7)
    right.legend(loc="best")
