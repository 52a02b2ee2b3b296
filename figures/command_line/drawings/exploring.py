"""The command ``synaspice explore DEVICE``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..arguments.completion import complete_devices
from ..arguments.options import Assignments, PresetName, parse_assignments


def explore(
    device: Annotated[
        str, typer.Argument(metavar="DEVICE", help="Device to begin with.", autocompletion=complete_devices)
    ] = "mtj",
    preset: PresetName = None,
    set_: Assignments = None,
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Whether to open the page in the browser.")] = True,
) -> None:
    """Open a page on this machine with sliders for a device's parameters and live figures."""
    from ...explorer.page import explore as serve

    serve(device, preset, parse_assignments(set_), port=port, browser=browser)
