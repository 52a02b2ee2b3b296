"""Figure of the association network: the drawings that it was shown, and its names for them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure


def draw_association(table: pd.DataFrame, columns: int = 3, per_row: int = 16) -> Figure:
    """Draw what :func:`~synaspice.characterization.cells.spin.association.classify` was shown, titled by its names.

    Parameters
    ----------
    table : DataFrame
        The table.
    columns : int
        Pixels in a row of a drawing.
    per_row : int
        Drawings in a row of the figure.
    """
    rows = -(-len(table) // per_row)
    figure, grid = plt.subplots(rows, per_row, figsize=(0.5 * per_row, 1.05 * rows), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, (_, row) in zip(grid.flat, table.iterrows(), strict=False):
        pixels = np.array([int(bit) for bit in row["drawing"]]).reshape(-1, columns)
        axes.imshow(1 - pixels, cmap="gray", vmin=-0.2, vmax=1.1)
        axes.set_title(row["named"] or "none")
    return figure
