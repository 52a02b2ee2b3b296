"""Warnings of results beyond the range in which a model holds."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ..language.errors import ValidityWarning

if TYPE_CHECKING:
    import pandas as pd

#: Observable by which a model tells whether it holds: 1 where it does, 0 where it does not.
VALID = "valid"


def warn_of_invalid(table: pd.DataFrame, device: str) -> None:
    """Warn if a device's model did not hold all along a trajectory.

    Parameters
    ----------
    table : DataFrame
        The trajectory; tables without a column ``valid`` are of models that hold everywhere.
    device : str
        Name of the device.
    """
    if VALID not in table:
        return
    outside = table.loc[table[VALID] < 0.5, "time"]
    if len(outside):
        meaning = table.attrs["descriptions"][VALID]
        warnings.warn(
            f"{device} left the range in which its model holds at {outside.iloc[0]:.4g} s ({VALID}: {meaning})",
            ValidityWarning,
            stacklevel=4,
        )
