"""The explorer's page: sliders, views, downloads; served to this machine alone (extra ``explorer``)."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ...devices.catalog import models
from ...devices.language.errors import SynaspiceError
from ...devices.language.optional import require
from .controls import values_of
from .exploration import Exploration, parsed_columns
from .views import views_of

#: The only address at which the page is served.
LOOPBACK = "127.0.0.1"
#: Width of the column of sliders, of a slider in it, and of a picture. [pixels]
SIDE, SLIDER, PICTURE = 380, 330, 860
#: What stands for no preset.
DEFAULTS = "defaults"


class Page:
    """One visitor's page.

    Parameters
    ----------
    panel : module
        The package Panel.
    exploration : Exploration
        The device to begin with.
    """

    def __init__(self, panel: Any, exploration: Exploration) -> None:
        self.panel, self.exploration = panel, exploration
        widgets, pane = panel.widgets, panel.pane
        self.device = widgets.Select(label="Device", options=list(models()), value=exploration.model, width=SLIDER)
        self.preset = widgets.Select(label="Preset", width=SLIDER)
        self.wanted = widgets.TextInput(label="Show parameters with", placeholder="anisotropy", width=SLIDER)
        self.typed = widgets.TextInput(label="Set", placeholder="diameter=45n", width=SLIDER)
        self.sliders = panel.Column(width=SIDE)
        self.told = pane.Alert("", alert_type="warning", visible=False, width=PICTURE)
        self.position = widgets.FloatSlider(
            label="Drive, from weakest to strongest", start=0, end=1, value=0.7, step=0.02
        )
        self.tabs = panel.Tabs(width=PICTURE, dynamic=True)
        self.file = widgets.FileInput(accept=".csv,.tsv,.txt,.dat,.parquet")
        self.columns = widgets.TextInput(label="Columns of the file", placeholder="voltage=V1 [mV], current=3 [uA]")
        self.read = pane.Markdown("")
        self.forget = widgets.Button(label="Without data")
        self._silent = False
        self._offer_presets()
        self._fill()
        self._connect()

    def _connect(self) -> None:
        self.device.param.watch(lambda event: self._choose(event.new, None), "value")
        self.preset.param.watch(self._on_preset, "value")
        self.wanted.param.watch(lambda event: self._fill_sliders(), "value")
        self.typed.param.watch(self._on_typed, "value")
        self.position.param.watch(lambda event: self._draw(), "value_throttled")
        self.tabs.param.watch(lambda event: self._draw(), "active")
        self.file.param.watch(lambda event: self._read(), "value")
        self.columns.param.watch(lambda event: self._read(), "value")
        self.forget.on_click(lambda event: self._attempt(self.exploration.forget))

    def _on_preset(self, event: Any) -> None:
        if not self._silent:
            self._choose(self.exploration.model, None if event.new == DEFAULTS else event.new)

    def _on_typed(self, event: Any) -> None:
        name, equals, value = event.new.partition("=")
        if equals:
            self._attempt(partial(self.exploration.set, name.strip(), value.strip()))
            self._fill_sliders()

    def _choose(self, model: str, preset: str | None) -> None:
        self.exploration.choose(model, preset)
        self._offer_presets()
        self._fill()

    def _offer_presets(self) -> None:
        self._silent = True  # the page itself changes what is chosen
        self.preset.options = [DEFAULTS, *models()[self.exploration.model].presets()]
        self.preset.value = self.exploration.preset or DEFAULTS
        self._silent = False

    def _fill(self) -> None:
        """Sliders and views of another device."""
        self._fill_sliders()
        views = views_of(self.exploration.device)
        shape = {"format": "png", "dpi": 120, "tight": False, "width": PICTURE, "height": None}
        self.pictures = {
            name: self.panel.pane.Matplotlib(None, alt_text=view.name, **shape) for name, view in views.items()
        }
        self._silent = True
        self.tabs[:] = [(view.name, self.pictures[name]) for name, view in views.items()]
        self.tabs.active = 0
        self._silent = False
        self._draw()

    def _fill_sliders(self) -> None:
        widgets, device = self.panel.widgets, self.exploration.device
        wanted, found = self.wanted.value_input.lower(), list[Any]()
        for name, option in device.option_declarations().items():
            if wanted in f"{name} {option.description}".lower():
                choices, present = list(option.choices), device.options[name]
                chosen = widgets.Select(label=name, options=choices, value=present, width=SLIDER)
                chosen.param.watch(partial(self._on_value, name), "value")
                found.append(chosen)
        for name, item in device.parameter_declarations().items():
            if wanted in f"{name} {item.description}".lower():
                options = values_of(device, name)
                value = float(getattr(device, name))
                slider = widgets.DiscreteSlider(label=name, options=options, value=value, width=SLIDER)
                slider.param.watch(partial(self._on_value, name), "value_throttled")
                found.append(slider)
        self.sliders[:] = found

    def _on_value(self, name: str, event: Any) -> None:
        self._attempt(partial(self.exploration.set, name, event.new))

    def _attempt(self, change: Callable[[], object]) -> None:
        """Change something and draw again; what is refused is told."""
        try:
            change()
        except SynaspiceError as error:
            self._tell(str(error))
        else:
            self._draw()

    def _read(self) -> None:
        if self.file.value:
            self._attempt(self._take_file)

    def _take_file(self) -> None:
        columns = parsed_columns(self.columns.value)
        self.read.object = self.exploration.read(self.file.filename, self.file.value, columns)

    def _tell(self, text: str) -> None:
        self.told.object, self.told.visible = text, bool(text)

    def _draw(self) -> None:
        """Draw the view that is open."""
        if self._silent:
            return
        name = list(self.pictures)[self.tabs.active]
        self.position.visible = views_of(self.exploration.device)[name].driven
        shown = self.exploration.show(name, self.position.value)
        self.pictures[name].object = shown.figure
        self.table = shown.table
        self._tell(shown.said)

    def _downloads(self) -> Any:
        download = self.panel.widgets.FileDownload
        made = {
            "Table": ("table.csv", lambda: self.exploration.table_file(self.table) if self.table is not None else ""),
            "Preset": ("preset.toml", self.exploration.preset_file),
            "Netlist": ("device.sub", self.exploration.netlist),
        }
        return self.panel.Row(
            *(
                download(callback=partial(_text_of, text), filename=file, label=label, width=140)
                for label, (file, text) in made.items()
            )
        )

    def layout(self) -> Any:
        """All of the page."""
        column, row = self.panel.Column, self.panel.Row
        side = column(
            self.device, self.preset, self.typed, self.wanted, self.sliders, width=SIDE, height=900, scroll=True
        )
        data = column("**Measured data over the figure**", row(self.file, self.forget), self.columns, self.read)
        return row(side, column(self.told, self.tabs, self.position, self._downloads(), data))


def _text_of(text: Callable[[], str]) -> io.BytesIO:
    return io.BytesIO(text().encode("utf-8"))


def explore(
    model: str = "mtj",
    preset: str | None = None,
    values: Mapping[str, float | str] | None = None,
    *,
    port: int = 0,
    browser: bool = True,
    threaded: bool = False,
) -> Any:
    """Serve the explorer to this machine, at a loopback address, until it is ended.

    Parameters
    ----------
    model : str
        Name of the device to begin with.
    preset : str, optional
        Name of its preset.
    values : Mapping, optional
        Values to begin with.
    port : int
        Port; 0 for any that is free.
    browser : bool
        Whether to open the page in the browser.
    threaded : bool
        Whether to serve in a thread, and to return.

    Returns
    -------
    object
        Panel's server; of a threaded one the thread.

    Raises
    ------
    MissingDependencyError
        If Panel is not installed.
    UnknownNameError
        If there is no such device, preset or parameter.
    ParameterError
        If a value makes no sense.
    """
    panel = require("panel", "the explorer", "explorer")
    Exploration(model, preset, values)  # what makes no sense is refused before anything is served

    def visit() -> Any:
        return Page(panel, Exploration(model, preset, values)).layout()

    panel.extension()
    if not threaded and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # a program that starts it can read its address
    return panel.serve(
        visit,
        address=LOOPBACK,
        port=port,
        show=browser,
        title="synaspice explorer",
        threaded=threaded,
        verbose=not threaded,
        websocket_origin=None,
    )
