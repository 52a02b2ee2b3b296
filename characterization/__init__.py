"""synaspice.characterization: benches that measure a device and return tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..devices.lazy import lazy_names

if TYPE_CHECKING:
    from .agreement import agreement
    from .amplitude import amplitude
    from .cell_bench import simulate
    from .costs import costs
    from .drift import drift
    from .ensembles import ensemble_statistics
    from .hysteresis import hysteresis
    from .iv import iv
    from .lookup import lookup
    from .noise import noise
    from .splitting import splitting
    from .switching import switching
    from .table import read_table, write_table
    from .velocity import velocity
    from .wire_resistance import wire_resistance
    from .write_error import write_error

__all__ = [
    "agreement",
    "amplitude",
    "costs",
    "drift",
    "ensemble_statistics",
    "hysteresis",
    "iv",
    "lookup",
    "noise",
    "read_table",
    "simulate",
    "splitting",
    "switching",
    "velocity",
    "wire_resistance",
    "write_error",
    "write_table",
]
_FUNCTIONS = (
    "agreement",
    "amplitude",
    "costs",
    "drift",
    "hysteresis",
    "iv",
    "lookup",
    "noise",
    "splitting",
    "switching",
    "velocity",
    "wire_resistance",
    "write_error",
)
__getattr__ = lazy_names(
    __name__,
    {name: name for name in _FUNCTIONS} | {"read_table": "table", "write_table": "table", "simulate": "cell_bench"},
)
