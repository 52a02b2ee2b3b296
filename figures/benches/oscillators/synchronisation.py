"""Standard figure of the synchronisation bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...drawing import draws
from ...style import scaled_axis


@draws("synchronisation")
def draw_synchronisation(table: pd.DataFrame, axes: Axes) -> None:
    """Order parameter over the coupling; bars show its change in time. The dashed line is Kuramoto, infinitely many."""
    x = scaled_axis(table, axes, "x", "coupling", r"Coupling $K / 2\pi$")
    y = scaled_axis(table, axes, "y", "order_parameter", "Order parameter")
    count = table.attrs["oscillators"]
    axes.errorbar(
        x * table["coupling"], y * table["order_parameter"], y * table["deviation"], marker="o", markersize=3,
        linestyle="none", elinewidth=0.8, label=f"{count} oscillators",
    )  # fmt: skip
    critical = table.attrs["critical_coupling"]
    coupling = np.linspace(0.0, max(table["coupling"].max(), 1.2 * critical), 400)
    order = np.sqrt(np.maximum(0.0, 1 - critical / np.maximum(coupling, 1e-300)))
    axes.plot(x * coupling, order, linestyle="--", color="C1", label="Kuramoto", zorder=1)
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(left=0.0)
    axes.legend(loc="lower right")
