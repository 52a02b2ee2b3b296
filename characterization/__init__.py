"""synaspice.characterization: benches that measure a device and return tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..devices.lazy import lazy_names

if TYPE_CHECKING:
    from .agreement import agreement
    from .hysteresis import hysteresis
    from .iv import iv
    from .table import read_table, write_table

__all__ = ["agreement", "hysteresis", "iv", "read_table", "write_table"]
__getattr__ = lazy_names(
    __name__,
    {"agreement": "agreement", "hysteresis": "hysteresis", "iv": "iv", "read_table": "table", "write_table": "table"},
)
