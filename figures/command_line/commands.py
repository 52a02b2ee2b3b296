"""All commands as one: ``synaspice COMMAND``, each command in a module of this package.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from .drawings import drawing, exploring, reporting, schematics
from .exports import export
from .listings import caches, citing, listing
from .measurements import cells, characterize, fitting, reliability, summing_up, sweeping, varying
from .output import Listing, tell

#: The variable by which a shell asks for completions.
COMPLETION = "_SYNASPICE_COMPLETE"

app = typer.Typer(
    name="synaspice",
    cls=Listing,
    help="Compact models of neuromorphic devices: list them, export them to SPICE, characterise and plot them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from ...devices.language.version import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def synaspice(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Everything that the package can do, as commands."""


app.command()(listing.devices)
app.command()(listing.parameters)
app.command()(export.export)
app.add_typer(characterize.app, name="characterize")
app.add_typer(varying.app, name="vary")
app.add_typer(sweeping.app, name="sweep")
app.command()(summing_up.summary)
app.command()(fitting.fit)
app.command()(listing.formats)
app.command()(listing.cells)
app.add_typer(cells.app, name="simulate")
app.command()(cells.costs)
app.command()(reliability.reliability)
app.command()(schematics.schematic)
app.command()(drawing.figure)
app.command()(reporting.report)
app.command()(drawing.gallery)
app.command()(citing.cite)
app.command()(exploring.explore)
app.command()(caches.cache)


@functools.cache
def commands() -> Any:
    """All commands, made once: who runs several in one process waits for that longer than for most of them."""
    return typer.main.get_command(app)


@contextlib.contextmanager
def told_warnings() -> Iterator[None]:
    """The package's warnings become one line of standard error each, without the place in the code, and each once.

    While the shell completes a word there are none: they would be written into the line that the user types.
    """
    from ...devices.language.errors import SynaspiceWarning

    with warnings.catch_warnings():
        usual = warnings.showwarning
        told: set[str] = set()  # Python's own record forgets whenever somebody changes the filters

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, SynaspiceWarning):
                usual(message, category, *place, **more)
            elif str(message) not in told:
                told.add(str(message))
                tell(f"synaspice: {message}")

        warnings.showwarning = show
        warnings.simplefilter("ignore" if COMPLETION in os.environ else "always", SynaspiceWarning)
        yield
