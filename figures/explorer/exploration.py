"""What the explorer knows: the device with the values that were chosen, measured data, and what came of them."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...characterization.fitting.preset_writing import preset_text
from ...characterization.measured.reading import read_measured
from ...characterization.tables import write_table
from ...devices.catalog import find_model
from ...devices.language.checks import known
from ...devices.language.errors import ParameterError, SynaspiceError, SynaspiceWarning
from ...devices.model import CompactModel
from .views import views_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass
class Shown:
    """What there is to see: a figure with its table, and what there is to say."""

    figure: Figure | None = None
    table: pd.DataFrame | None = None
    said: str = ""


class Exploration:
    """A device whose values are moved.

    Parameters
    ----------
    model : str
        Name of the device.
    preset : str, optional
        Name of a preset.
    values : Mapping, optional
        Values that were set.

    Raises
    ------
    UnknownNameError
        If there is no such device, preset or parameter.
    ParameterError
        If a value makes no sense.
    """

    def __init__(self, model: str, preset: str | None = None, values: Mapping[str, float | str] | None = None) -> None:
        self.choose(model, preset)
        self.data: pd.DataFrame | None = None
        for name, value in (values or {}).items():
            self.set(name, value)

    def choose(self, model: str, preset: str | None = None) -> None:
        """Begin with another device, or another preset."""
        kind = find_model(model)
        device: CompactModel = kind.preset(preset) if preset else kind()
        self.model, self.preset, self.device = model, preset, device
        self._values: dict[str, float | str] = {}

    def set(self, name: str, value: float | str) -> None:
        """Set a parameter or an option; what makes no sense leaves all as it was, and is refused."""
        kind, values = find_model(self.model), self._values | {name: value}
        # From the beginning, so that what follows from other values does.
        self.device = kind.preset(self.preset, **values) if self.preset else kind(**values)
        self._values = values

    @property
    def changed(self) -> dict[str, float | str]:
        """Values that were set, by name."""
        return dict(self._values)

    def show(self, view: str, position: float = 0.7) -> Shown:
        """Draw one of the device's views; what cannot be drawn is told."""
        views = views_of(self.device)
        chosen = views[known("view", view, views)]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", SynaspiceWarning)
            try:
                figure, table = chosen.draw(self.device, self.data, position)
            except SynaspiceError as error:
                return Shown(said=str(error))
        told = [str(each.message) for each in caught if issubclass(each.category, SynaspiceWarning)]
        return Shown(figure, table, "; ".join(dict.fromkeys(told)))

    def read(self, name: str, content: bytes, columns: Mapping[str, str] | None = None) -> str:
        """Take measured data from the bytes of a file, to be drawn over the views; tell what was read.

        Raises
        ------
        ParameterError
            If they cannot be read.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(content)
            self.data = read_measured(path, **(columns or {}))  # type: ignore[arg-type]
        found = ", ".join(f"{column} from {self.data.attrs['descriptions'][column]!r}" for column in self.data)
        return f"{len(self.data)} rows: {found}"

    def forget(self) -> None:
        """Draw no measured data any more."""
        self.data = None

    def netlist(self) -> str:
        """The device as a subcircuit."""
        return str(self.device.subcircuit())

    def preset_file(self) -> str:
        """The device as a preset file; values that were set are assumed."""
        changed = ", ".join(self._values) or "nothing"
        start = self.preset or "the defaults"
        return preset_text(
            self.device,
            f"{self.model} set by hand",
            given="set by hand",
            notes=f"From {start}; set by hand: {changed}.",
        )

    def table_file(self, table: pd.DataFrame) -> str:
        """A table as CSV, with its attributes."""
        with tempfile.TemporaryDirectory() as folder:
            return write_table(table, Path(folder) / "table.csv").read_text(encoding="utf-8")


def parsed_columns(text: str) -> dict[str, str]:
    """Columns of a file as they are typed: ``voltage=V1 [mV], current=3 [uA]``.

    Raises
    ------
    ParameterError
        If a part has no equals sign.
    """
    found: dict[str, Any] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, head = part.partition("=")
        if not equals:
            raise ParameterError(f"columns are given as quantity=head, such as voltage=V1 [mV], not {part!r}")
        found[name.strip()] = head.strip()
    return found
