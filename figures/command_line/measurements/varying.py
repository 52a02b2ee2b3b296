"""``synaspice vary DEVICE BENCH`` and ``synaspice vary CELL``: any bench on samples whose parameters are scattered."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..arguments.completion import complete_devices_and_cells, complete_scattered
from ..arguments.measuring import make_command, parsed
from ..arguments.options import (
    Assignments,
    Corner,
    FigureSize,
    FigureTitle,
    Output,
    Plot,
    PresetName,
    Standing,
    Technology,
    Temperature,
    make_device,
    parse_assignments,
    parse_look,
)
from ..output import check_paths, deliver, show
from .cells import make_cell
from .characterize import Benches, Devices, Jobs, check_suits, shared_out

if TYPE_CHECKING:
    import pandas as pd

    from ....characterization.bench import Bench
    from ....characterization.signature import Setting
    from ....characterization.statistics.spreads import Thing

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=DISTRIBUTION",
        help="Scatter a parameter: 'normal 5%', 'normal 2n', 'lognormal 0.1', 'uniform 10%' (half of its width), "
        "'mismatch 1%*nm 40n*40n' (Pelgrom's coefficient and area). Repeatable.",
        autocompletion=complete_scattered,
    ),
]
Samples = Annotated[
    int | None, typer.Option(metavar="INTEGER", help="Samples; default: 100, or 128 of Sobol's sequence.")
]
SeedOption = Annotated[int | None, typer.Option(min=0, metavar="INTEGER", help="Seed; default: a random one.")]
Sampler = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="random, latin-hypercube, sobol, corners or one-at-a-time; lhs is short for latin-hypercube.",
        autocompletion=lambda: ["random", "latin-hypercube", "sobol", "corners", "one-at-a-time"],
    ),
]
Sigmas = Annotated[float, typer.Option(metavar="NUMBER", help="Standard deviations by which corners are away.")]
Correlate = Annotated[
    list[str] | None,
    typer.Option("--correlate", metavar="A,B=NUMBER", help="Correlation of two scattered parameters. Repeatable."),
]
Outside = Annotated[
    str,
    typer.Option(metavar="NAME", help="Of distributions beyond a parameter's bounds: truncate or refuse."),
]
MeritText = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="One number of each sample: 'max current', 'resistance at state=parallel,voltage=0.1', 'attribute NAME'.",
    ),
]
Least = Annotated[str | None, typer.Option(metavar="NUMBER", help="Least of it with which a sample passes.")]
Most = Annotated[str | None, typer.Option(metavar="NUMBER", help="Most of it with which a sample passes.")]
KeepFailures = Annotated[
    bool, typer.Option("--keep-failures", help="Go on when a sample cannot be measured; it does not pass.")
]
Indices = Annotated[
    int | None,
    typer.Option(
        metavar="POINTS",
        help="Sobol's indices instead: from which parameter the spread of the merit comes (needs SALib).",
    ),
]
Kept = Annotated[
    Path | None, typer.Option("--checkpoint", metavar="FOLDER", help="Folder of finished samples, to resume from.")
]
Progress = Annotated[bool, typer.Option("--progress", help="Show a progress bar.")]
Mismatch = Annotated[bool, typer.Option("--mismatch", help="Transistors of its own in each sample of a cell.")]

#: Names by which samplers are called for short.
SHORT = {"lhs": "latin-hypercube", "monte-carlo": "random"}


class VariedBenches(Benches):
    """The benches of a device, each on samples of it."""

    @staticmethod
    def command(*arguments: Any) -> typer.core.TyperCommand:
        """The command of a bench, of the arguments of :func:`_command`."""
        return _command(*arguments)

    def command_of(self, bench: Bench, device: str) -> typer.core.TyperCommand:
        """The command that measures samples of a device on a bench."""

        def make(preset: PresetName = None, set_: Assignments = None) -> Any:
            made = make_device(device, preset, set_)
            check_suits(bench, made)
            return made

        def unit_of(thing: Any, given: Mapping[str, Any]) -> Callable[[str], str]:
            return lambda name: bench.unit_of(name, thing, given.get("quantity"))

        return self.command(bench.name, bench.summary, bench.settings, make, unit_of, bench.name)


class Varied(Devices):
    """A command for each device and cell."""

    title = "Devices and cells"
    benches = VariedBenches

    @staticmethod
    def command(*arguments: Any) -> typer.core.TyperCommand:
        """The command of a cell, of the arguments of :func:`_command`."""
        return _command(*arguments)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the devices and cells."""
        return complete_devices_and_cells()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The benches of a device, or the command of a cell."""
        from ....characterization.cells.bench import bench_of_cell
        from ....circuits.cells.building.cell import CELLS
        from ....devices.language.checks import known

        if cmd_name not in CELLS:
            if not ctx.resilient_parsing:
                known("device or cell", cmd_name, complete_devices_and_cells())
            return super().get_command(ctx, cmd_name)
        bench = bench_of_cell(CELLS.find(cmd_name))

        def make(
            set_: Assignments = None,
            standing: Standing = None,
            technology: Technology = None,
            corner: Corner = None,
            temperature: Temperature = None,
        ) -> Any:
            surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
            return make_cell(cmd_name, parse_assignments(set_), surroundings, standing)

        def unit_of(thing: Any, given: Mapping[str, Any]) -> Callable[[str], str]:
            return lambda name: bench.settings[name].argument.unit

        return self.command(cmd_name, bench.summary, bench.settings, make, unit_of, None)


def _command(
    name: str,
    summary: str,
    settings: Mapping[str, Setting],
    make: Callable[..., Thing],
    unit_of: Callable[[Any, Mapping[str, Any]], Callable[[str], str]],
    bench: str | None,
) -> typer.core.TyperCommand:
    """The command that measures samples; the options of ``make`` say of what."""
    from ....characterization.statistics.measuring import OF_THE_WORK, SEEDS

    own = {key: setting for key, setting in settings.items() if key not in (*OF_THE_WORK, *SEEDS)}

    def run(
        given: dict[str, Any],
        vary: Vary = None,
        samples: Samples = None,
        seed: SeedOption = None,
        sampler: Sampler = "random",
        sigmas: Sigmas = 3.0,
        correlate: Correlate = None,
        outside: Outside = "truncate",
        mismatch: Mismatch = False,
        merit: MeritText = None,
        least: Least = None,
        most: Most = None,
        keep_failures: KeepFailures = False,
        indices: Indices = None,
        checkpoint: Kept = None,
        progress: Progress = False,
        jobs: Jobs = 1,
        output: Output = None,
        plot: Plot = None,
        title: FigureTitle = None,
        size: FigureSize = None,
        **thing: Any,
    ) -> None:
        made = make(**thing)
        check_paths(output, plot)
        look = parse_look(plot, title, size)
        how: dict[str, Any] = {
            "seed": seed,
            "outside": outside,
            "settings": parsed(given, own, unit_of(made, given)),
            "checkpoint": checkpoint,
            "progress": progress,
        }
        if indices is None:
            how |= {"samples": samples, "sampler": SHORT.get(sampler, sampler), "sigmas": sigmas}
            how |= {"correlation": _correlations(correlate), "mismatch": mismatch, "merit": merit}
            how |= {"least": limit_from("--least", least), "most": limit_from("--most", most)}
            how |= {"failures": "keep" if keep_failures else "raise"}
        else:
            others = {"--samples": samples, "--correlate": correlate, "--least": least, "--most": most}
            how |= {"merit": _merit_of_indices(merit, others), "points": indices}
        with shared_out(jobs):
            table = _measured(made, bench, distributions_from(vary), indices is not None, how)
        deliver(table, output, plot, look)
        _report(table)

    offer_options(run, make)
    return make_command(name, f"{summary}, of samples whose parameters are scattered", own, run)


def offer_options(run: Callable[..., None], make: Callable[..., Thing]) -> None:
    """Give a command the options of what makes the thing, in the place of its last parameter, before its own."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    first, *common, _ = inspect.signature(run, eval_str=True).parameters.values()
    making = inspect.signature(make, eval_str=True).parameters.values()
    vars(run)["__signature__"] = inspect.Signature([first, *(one.replace(kind=keyword) for one in (*making, *common))])


def _measured(
    thing: Thing, bench: str | None, distributions: dict[str, Any], indices: bool, how: dict[str, Any]
) -> Any:
    from ....characterization.statistics.sensitivity import sobol_indices
    from ....characterization.statistics.vary import vary

    return (sobol_indices if indices else vary)(thing, bench, distributions, **how)


def _merit_of_indices(merit: str | None, others: Mapping[str, Any]) -> str:
    from ....devices.language.errors import ParameterError

    for option, value in others.items():
        if value:
            raise ParameterError(f"{option} is of samples, not of --indices")
    if merit is None:
        raise ParameterError("--indices are of a figure of merit: name it with --merit")
    return merit


def distributions_from(texts: Iterable[str] | None) -> dict[str, str]:
    """The distributions that a command line names, by the parameter."""
    from ....devices.language.errors import ParameterError

    found = {}
    for text in texts or []:
        name, equals, distribution = text.partition("=")
        if not equals or not name.strip() or not distribution.strip():
            raise ParameterError(f"--vary takes NAME=DISTRIBUTION, as in 'tmr=normal 5%', not {text!r}")
        if name.strip() in found:
            raise ParameterError(f"--vary scatters {name.strip()} twice")
        found[name.strip()] = distribution.strip()
    return found


def _correlations(texts: Iterable[str] | None) -> dict[tuple[str, str], float]:
    from ....devices.language.errors import ParameterError
    from ....devices.language.quantities.quantity import parse_quantity

    found: dict[tuple[str, str], float] = {}
    for text in texts or []:
        names, equals, value = text.partition("=")
        first, comma, second = names.partition(",")
        if not equals or not comma:
            raise ParameterError(f"--correlate takes A,B=NUMBER, not {text!r}")
        pair = first.strip(), second.strip()
        if {pair, pair[::-1]} & set(found):
            raise ParameterError(f"--correlate joins {' and '.join(pair)} twice")
        found[pair] = parse_quantity(value)
    return found


def limit_from(option: str, text: str | None) -> float | None:
    """The limit of a figure of merit that an option gives."""
    from ....devices.language.errors import ParameterError
    from ....devices.language.quantities.quantity import parse_quantity

    try:
        return None if text is None else parse_quantity(text)
    except ParameterError as error:
        raise ParameterError(f"{option}: {error}") from None


def _report(table: pd.DataFrame) -> None:
    """Say what the samples tell: the summary of the figure of merit, or the indices."""
    from ....characterization.statistics.summary import in_words, sample_statistics

    if table.attrs["bench"] == "vary" and table.attrs["merit"] is not None:
        for line in in_words(sample_statistics(table)):
            show(line)
    elif table.attrs["bench"] != "vary":
        for row in table.to_dict("records"):
            alone = f"{row['first_order']:.3f} ± {row['first_order_error']:.3f} alone"
            show(f"{row['parameter']}: {alone}, {row['total']:.3f} ± {row['total_error']:.3f} in all")


app = typer.Typer(
    cls=Varied,
    help="Measure samples of a device or cell whose parameters are scattered: a table, a figure, spread and yield.",
    no_args_is_help=True,
    subcommand_metavar="DEVICE BENCH | CELL [OPTIONS]",
)
