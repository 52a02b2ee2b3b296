"""Metadata of tables: units, descriptions, and the device that was measured."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..language.declarations.declaration import Declarations, Noise, Vectorial
from ..language.errors import ParameterError
from ..language.version import __version__
from .base import DeviceModel
from .citing import used_for

if TYPE_CHECKING:
    import pandas as pd

#: A column of a table that describes itself: its values, unit and description.
Column = tuple[Any, str, str]
#: Description of the column that tells trajectories apart.
TRAJECTORY = "number of the trajectory"
#: Column of the voltage that a source would impose, without its limit of the current; and its description.
SOURCE_VOLTAGE, FROM_SOURCE = "source_voltage", "voltage of the source, before it limits its current"


def column_information(device: Declarations | type[Declarations]) -> Mapping[str, tuple[str, str]]:
    """Unit and description of every quantity that a table of the device may have as a column."""
    model: Any = device if isinstance(device, type) else type(device)
    return _columns_of(model)


@functools.lru_cache(maxsize=256)
def _columns_of(device: Any) -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {"time": ("s", "time")}
    for branch in device.branches().values():
        found[branch.name] = ("V", branch.description)
        found[branch.current] = ("A", f"current from {branch.positive} to {branch.negative}")
    for item in device.declarations().values():
        if isinstance(item, Vectorial) and not isinstance(item, Noise):
            for component in item.components:
                axis = f", component along {component[-1]}" if item.vector else ""
                found[component] = (item.unit, item.description + axis)
    for name, parameter in device.parameter_declarations().items():
        found[name] = (parameter.unit, parameter.description)
    return MappingProxyType(found)


def device_attributes(device: DeviceModel, **more: Any) -> dict[str, Any]:
    """A table's metadata about its device: plain values that JSON can hold.

    Parameters
    ----------
    device : DeviceModel
        The device.
    **more
        Further attributes, such as ``engine`` or ``seed``.
    """
    preset = device.provenance
    return {
        "device": device.model_name(),
        "title": device_title(device),
        "preset": preset.name if preset else None,
        "reference": preset.citation if preset else None,
        "cite": used_for(device),
        "provenance": device.provenance_summary,
        "parameters": {**device.options, **device.values},
        "seed": None,
        **more,
    }


def device_title(device: DeviceModel) -> str:
    """The device in words, with its preset's publication: ``Perpendicular tunnel junction (Ikeda 2010)``."""
    preset = device.provenance
    return f"{device.title} ({preset.short_citation})" if preset else device.title


def described_table(columns: Mapping[str, Column], **attributes: Any) -> pd.DataFrame:
    """A table whose columns have units and descriptions.

    Parameters
    ----------
    columns : Mapping
        Values, unit and description of every column.
    **attributes
        More about the table, as plain values that JSON can hold.

    Returns
    -------
    pandas.DataFrame
        ``attrs`` has ``units`` and ``descriptions`` by column, the package's ``version``, and the attributes.
    """
    table = _frame({name: values for name, (values, _, _) in columns.items()})
    table.attrs |= {
        "units": {name: unit for name, (_, unit, _) in columns.items()},
        "descriptions": {name: description for name, (_, _, description) in columns.items()},
        "version": __version__,
        **{name: value.item() if isinstance(value, np.generic) else value for name, value in attributes.items()},
    }
    return table


def _frame(columns: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """Columns as a table; of numbers alone in one piece, which is some fifty times as fast as one by one."""
    import pandas as pd

    values = list(columns.values())
    shapes = {each.shape for each in values if isinstance(each, np.ndarray) and each.dtype == np.float64}
    numbers = all(isinstance(each, np.ndarray) and each.dtype == np.float64 for each in values)
    if numbers and len(shapes) == 1 and len(next(iter(shapes))) == 1:
        return pd.DataFrame(np.array(values).T, columns=_labels(tuple(columns)).view(), copy=False)
    return pd.DataFrame(columns)


@functools.lru_cache(maxsize=256)
def _labels(names: tuple[str, ...]) -> pd.Index[str]:
    import pandas as pd

    return pd.Index(names)


def device_table(device: DeviceModel, columns: Mapping[str, Column | ArrayLike], **attributes: Any) -> pd.DataFrame:
    """A table of a device: its columns with units and descriptions, and all that is needed to repeat it.

    Parameters
    ----------
    device : DeviceModel
        The device.
    columns : Mapping
        Values of every column; for one that is not a quantity of the device a tuple of values, unit and description.
    **attributes
        More about the table, as plain values that JSON can hold: ``bench``, ``engine``, ``seed``, ...

    Returns
    -------
    pandas.DataFrame
        As of :func:`described_table`, with :func:`device_attributes`.

    Raises
    ------
    ParameterError
        If a column is not a quantity of the device and does not describe itself.
    """
    known = column_information(device)
    unknown = [name for name, column in columns.items() if not isinstance(column, tuple) and name not in known]
    if unknown:
        raise ParameterError(
            f"columns {unknown} are not quantities of {device.model_name()}: give each as (values, unit, description)"
        )
    described = {
        name: column if isinstance(column, tuple) else (column, *known[name]) for name, column in columns.items()
    }
    return described_table(described, **device_attributes(device, **attributes))


def insert_column(table: pd.DataFrame, position: int, name: str, column: Column) -> None:
    """Put one more column, with its unit and description, into a table."""
    values, unit, description = column
    table.insert(position, name, values)
    table.attrs["units"][name], table.attrs["descriptions"][name] = unit, description
