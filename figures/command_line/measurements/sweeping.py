"""``synaspice sweep CELL`` and ``synaspice sweep DEVICE BENCH``: a bench over a grid, and at all corners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..arguments.completion import complete_scattered
from ..arguments.measuring import make_command, parsed
from ..arguments.options import FigureSize, FigureTitle, Output, Plot, parse_look
from ..output import check_paths, deliver, show
from .characterize import Jobs, shared_out
from .varying import (
    Kept,
    Least,
    Mismatch,
    Most,
    Outside,
    Progress,
    SeedOption,
    Varied,
    VariedBenches,
    Vary,
    distributions_from,
    limit_from,
    offer_options,
)

if TYPE_CHECKING:
    import pandas as pd

    from ....characterization.signature import Setting
    from ....characterization.statistics.spreads import Thing

Swept = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="NAME=VALUES",
        help="Sweep a parameter, an option, a device of a cell or a setting of its bench: 0.8:1.2:5, 1n:1u:7:log, "
        "'slow,fast', -40degC,27degC, or relative -10%,0%,10%. Repeatable: every combination is a point.",
        autocompletion=complete_scattered,
    ),
]
Corners = Annotated[
    bool,
    typer.Option("--corners", help="Of a cell: all corners, at -40, 27 and 125 degC, with the supply 10 % off."),
]
Measures = Annotated[
    list[str] | None,
    typer.Option(
        "--measure",
        metavar="TEXT",
        help="A further number of each point: 'max gain', 'output at input=0.4', 'attribute NAME'; limits are of the "
        "first, and the figure shows the first two. Repeatable.",
    ),
]
SweptSamples = Annotated[
    int | None,
    typer.Option(
        "--samples", metavar="INTEGER", help="Samples of each point, with --mismatch or --vary; default: 100."
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Three values at most of every numeric axis, eight samples.")]


class SweptBenches(VariedBenches):
    """The benches of a device, each over a grid."""

    @staticmethod
    def command(*arguments: Any) -> typer.core.TyperCommand:
        """The command of a bench."""
        return _command(*arguments)


class SweptThings(Varied):
    """A command for each device and cell."""

    benches = SweptBenches

    @staticmethod
    def command(*arguments: Any) -> typer.core.TyperCommand:
        """The command of a cell."""
        return _command(*arguments)


def _command(
    name: str,
    summary: str,
    settings: Mapping[str, Setting],
    make: Callable[..., Thing],
    unit_of: Callable[[Any, Mapping[str, Any]], Callable[[str], str]],
    bench: str | None,
) -> typer.core.TyperCommand:
    """The command that sweeps a thing on a bench; the options of ``make`` say which."""
    from ....characterization.statistics.measuring import OF_THE_WORK, SEEDS

    own = {key: setting for key, setting in settings.items() if key not in (*OF_THE_WORK, *SEEDS)}

    def run(
        given: dict[str, Any],
        sweep: Swept = None,
        corners: Corners = False,
        measure: Measures = None,
        least: Least = None,
        most: Most = None,
        samples: SweptSamples = None,
        mismatch: Mismatch = False,
        vary: Vary = None,
        outside: Outside = "truncate",
        seed: SeedOption = None,
        quick: Quick = False,
        checkpoint: Kept = None,
        progress: Progress = False,
        jobs: Jobs = 1,
        output: Output = None,
        plot: Plot = None,
        title: FigureTitle = None,
        size: FigureSize = None,
        **thing: Any,
    ) -> None:
        from ....characterization.sweeps.sweep import sweep as table_of
        from ....devices.language.errors import ParameterError

        made = make(**thing)
        check_paths(output, plot)
        look = parse_look(plot, title, size)
        if bench is not None and not (measure or corners or mismatch):
            raise ParameterError('say which numbers of each point are meant: --measure "max current", for example')
        how: dict[str, Any] = {"least": limit_from("--least", least), "most": limit_from("--most", most)}
        how |= {"samples": samples, "mismatch": mismatch, "distributions": distributions_from(vary), "outside": outside}
        how |= {"seed": seed, "settings": parsed(given, own, unit_of(made, given)), "quick": quick}
        how |= {"checkpoint": checkpoint, "progress": progress, "corners": corners, "measures": measure or ()}
        with shared_out(jobs):
            table = table_of(made, _axes(sweep), bench, **how)
        deliver(table, output, plot, look)
        _report(table)

    offer_options(run, make)
    return make_command(name, f"{summary}, at every point of a grid", own, run)


def _axes(texts: Iterable[str] | None) -> dict[str, str]:
    from ....devices.language.errors import ParameterError

    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not name or not values:
            raise ParameterError(f"--sweep takes NAME=VALUES, as in 'supply_voltage=0.8:1.2:5', not {text!r}")
        if name in found:
            raise ParameterError(f"--sweep has {name} twice")
        found[name] = values
    return found


def _report(table: pd.DataFrame) -> None:
    """Say what became of the points, and the yield of samples."""
    from ....characterization.sweeps.yields import yields

    counts = table["status"].value_counts()
    told = ", ".join(f"{status} {count}" for status, count in counts.items())
    what = "samples" if table.attrs["samples"] is not None else "points"
    show(f"{table.attrs['swept']}: {len(table)} {what}: {told}")
    if table.attrs["criterion"]:
        show(f"what works means: {table.attrs['criterion']}")
    if table.attrs["samples"] is not None:
        found = yields(table)
        for row in found.to_dict("records"):
            where = ", ".join(f"{name} {_short(row[name])}" for name in table.attrs["axes"])
            share = f"yield {row['yield']:.4g}, 95 % within {row['yield_low']:.4g} to {row['yield_high']:.4g}"
            show(f"{where}: {share}" if where else share)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


app = typer.Typer(
    cls=SweptThings,
    help="Run a cell's bench, or a device's, at every point of a grid, at all corners, and on many chips: a table.",
    no_args_is_help=True,
    subcommand_metavar="CELL | DEVICE BENCH [OPTIONS]",
)
