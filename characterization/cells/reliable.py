"""How surely a cell does what it should, as its bench tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Number of reads after which a disturbed state is counted.
READS = 10**6
#: The columns of a table of reliabilities that may have no value.
FIGURES = ("error_rate", "retention", "disturb")
#: Why a cell that stores nothing has neither retention nor disturb.
STATELESS: Mapping[str, str] = dict.fromkeys(("retention", "disturb"), "stores nothing")


@dataclass(frozen=True)
class Reliability:
    """How surely a cell decides and stores at its temperature.

    Attributes
    ----------
    operation : str
        What is counted as a decision.
    error_rate : float
        Probability that one is wrong. [1]
    retention : float
        Mean time until an undisturbed state is lost. [s]
    disturb : float
        Probability that :data:`READS` reads change a state. [1]
    without : Mapping
        Why there is no value, by the name of each that is NaN.
    """

    operation: str
    error_rate: float = math.nan
    retention: float = math.nan
    disturb: float = math.nan
    without: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A value, or the reason why there is none."""
        for name in FIGURES:
            if math.isnan(getattr(self, name)) != (name in self.without):
                raise ValueError(f"{self.operation}: {name} is either a number or has a reason for being none")
