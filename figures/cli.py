"""The command line: ``synaspice COMMAND``. It stands here because it uses every part of the package.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

    from ..devices.model import CompactModel

app = typer.Typer(
    name="synaspice",
    help="Compact models of neuromorphic devices: list them, export them to SPICE, characterise and plot them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Device = Annotated[str, typer.Argument(help="Name of the device; 'synaspice devices' lists them.")]
PresetName = Annotated[str | None, typer.Option("--preset", help="Published parameter set.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Set a parameter or option; 40n, 1.2k, '40 nm' are understood. Repeatable."
    ),
]


Technology = Annotated[str | None, typer.Option(help="Of a cell: technology of its transistors, generic or sky130.")]
Corner = Annotated[str | None, typer.Option(help="Of a cell: typical, slow or fast.")]
Temperature = Annotated[str | None, typer.Option(help="Of a cell: its temperature [degC].")]


def parse_assignments(assignments: list[str] | None) -> dict[str, float | str]:
    """The parameters that a command line sets."""
    from ..devices.errors import ParameterError

    values: dict[str, float | str] = {}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise ParameterError(f"--set takes NAME=VALUE, not {assignment!r}")
        values[key.strip()] = value.strip()
    return values


def make_device(name: str, preset: str | None, assignments: list[str] | None) -> CompactModel:
    """Make the device that a command line describes."""
    from ..devices.catalog import find_model

    values = parse_assignments(assignments)
    model = find_model(name)
    return model.preset(preset, **values) if preset else model(**values)


@app.command()
def devices() -> None:
    """List every device and its presets."""
    from ..devices.catalog import models

    for name, model in models().items():
        summary = (model.__doc__ or "").strip().splitlines()[0]
        print(f"{name}\n    {summary}")
        for preset in model.presets().values():
            print(f"    {preset.name:24} {100 * preset.share_read:3.0f} % read  {preset.title}")


@app.command()
def parameters(device: Device, preset: PresetName = None, set_: Assignments = None) -> None:
    """Show the parameters of a device: value, unit, meaning and source."""
    from ..devices.quantity import format_si

    made = make_device(device, preset, set_)
    preset_made = made.provenance
    if preset_made:
        print(f"{preset_made.title}\n{preset_made.citation}")
    print(f"values: {made.provenance_summary}")
    if preset_made:
        print(preset_made.notes.strip() + "\n" if preset_made.notes.strip() else "")
    for name, option in made.option_declarations().items():
        choices = ", ".join(option.choices)
        print(f"{name} = {made.options[name]}\n    {option.description}; one of {choices}")
    for row in made.parameters().to_dict("records"):
        print(f"{row['name']} = {format_si(row['value'], row['unit'])}\n    {row['description']}")
        print(f"    {row['provenance']}: {row['source']}")


@app.command()
def export(
    device: Annotated[
        str | None, typer.Argument(help="Name of the device or cell; 'synaspice devices' and 'cells' list them.")
    ] = None,
    preset: PresetName = None,
    set_: Assignments = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    dialect: Annotated[
        str, typer.Option("--format", help="ngspice, xyce, ltspice, hspice, spectre, verilog-a or osdi.")
    ] = "ngspice",
    name: Annotated[str | None, typer.Option(help="Name of the subcircuit.")] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="Input (a field) to make a pin. Repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="A library of every device with every preset.")] = False,
    observables: Annotated[bool, typer.Option("--observables", help="A node for every observable.")] = False,
    noise: Annotated[bool, typer.Option("--noise", help="Sources for noise analyses.")] = False,
    transient_noise: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Thermal noise in transients, sampled at this interval."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; default: standard output.")] = None,
    deck: Annotated[bool, typer.Option("--deck/--no-deck", help="Write a deck that runs it beside the file.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Write a device or a cell as a subcircuit that a netlist can include, and a deck that runs it; or a library."""
    from ..devices.errors import ParameterError
    from .cells import export_cell, is_cell
    from .exporting import Order, deliver

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    if device is not None and is_cell(device):
        if preset or inputs or observables or noise or transient_noise is not None or dialect != "ngspice":
            raise ParameterError(
                f"{device} is a cell: --preset, --input, --observables, --noise, --transient-noise and other formats "
                "than ngspice are for devices"
            )
        export_cell(device, parse_assignments(set_), surroundings, name, output, force)
        return
    if any(value is not None for value in surroundings.values()):
        raise ParameterError("--technology, --corner and --temperature are for cells; 'synaspice cells' lists them")

    if everything == (device is not None):
        raise ParameterError("export takes the name of a device, or --all")
    if everything and (preset or set_ or name or inputs or transient_noise is not None):
        raise ParameterError(
            "--all has no --preset, --set, --name, --input and --transient-noise: those are one device's"
        )
    order = Order(
        make_device(device, preset, set_) if device is not None else None,
        dialect,
        name,
        tuple(inputs or ()),
        {"observables": observables, "noise": noise},
        transient_noise,
    )
    for path in deliver(order, output, deck=deck, force=force):
        print(f"wrote {path}", file=sys.stderr)


@app.command()
def cells() -> None:
    """List every cell with its ports."""
    from .cells import list_cells

    list_cells()


@app.command()
def simulate(
    cell: Annotated[str, typer.Argument(help="Name of the cell; 'synaspice cells' lists them.")],
    set_: Assignments = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Table: .csv or .parquet.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Figure: .png, .svg or .pdf.")] = None,
) -> None:
    """Run the standard bench of a cell in ngspice: a table, and a plot of it; and what its operations cost."""
    from ..characterization.cell_bench import simulate as run_standard_bench
    from .cells import make_cell, report

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    made = make_cell(cell, parse_assignments(set_), surroundings)
    _check_paths(output, plot)
    table = run_standard_bench(made)
    _deliver(table, output, plot)
    report(table)


@app.command()
def costs(
    cells: Annotated[list[str], typer.Argument(help="Names of cells; 'synaspice cells' lists them.")],
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Table: .csv or .parquet.")] = None,
) -> None:
    """Tell what operations of cells cost in time and energy, beside published figures of other systems."""
    from ..characterization.costs import costs as cost_table
    from .cells import make_cell, print_costs

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    made = [make_cell(name, {}, surroundings) for name in cells]
    _check_paths(output, None)
    table = cost_table(made)
    print_costs(table)
    if output is not None:
        _deliver(table, output, None)


def _bench_help() -> str:
    """What every bench is for and can be told."""
    from ..characterization.benches import BENCHES

    lines = ["Measure a device on a bench: a table, and a plot of it.\n\nBenches and what they can be told:"]
    for name, bench in BENCHES.items():
        lines.append("\b\n" + f"{name}: {bench.summary}")
        lines[-1] += "".join(f"\n  --{key} {setting.help}" for key, setting in bench.settings.items())
    return "\n\n".join(lines)


@app.command(
    help=_bench_help(),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    no_args_is_help=True,
)
def characterize(
    context: typer.Context,
    device: Device,
    bench: Annotated[str, typer.Argument(help="Name of the bench.")],
    preset: PresetName = None,
    set_: Assignments = None,
    engine: Annotated[str, typer.Option(help="numeric or ngspice.")] = "numeric",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Table: .csv or .parquet.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Figure: .png, .svg or .pdf.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="Folder to keep finished points in, and resume from.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes, for the benches that have a checkpoint.")] = 1,
    native: Annotated[
        bool | None,
        typer.Option("--native/--no-native", help="Whether ngspice runs native devices; default: if it can."),
    ] = None,
) -> None:
    """Measure a device on a bench."""
    import joblib

    from ..characterization.benches import BENCHES, find_bench, parse_setting
    from ..devices.errors import ParameterError, UnknownNameError

    made = make_device(device, preset, set_)
    known, function = find_bench(bench)
    _check_paths(output, plot)
    texts = _extra_options(context.args)
    for name in texts:
        if name not in known.settings:
            raise UnknownNameError(f"setting of the bench {bench}", f"--{name}", [f"--{key}" for key in known.settings])
    if engine not in known.engines:
        raise UnknownNameError(f"engine of the bench {bench}", engine, known.engines)
    values = {}
    for name, text in texts.items():
        setting = known.settings[name]
        unit = _unit_of_sweep(made, bench, texts.get("quantity")) if setting.unit == "swept" else setting.unit
        values[name] = parse_setting(name, setting, text, unit)
    if len(known.engines) > 1:
        values |= {"engine": engine, "native": native}
    if checkpoint is not None or jobs > 1:
        if not known.resumable:
            able = ", ".join(name for name, other in BENCHES.items() if other.resumable)
            raise ParameterError(f"the bench {bench} has no --checkpoint and --jobs: {able} have")
        values["checkpoint"] = checkpoint
    with joblib.parallel_config(n_jobs=jobs):
        table = function(made, **values)
    if table.attrs.get("native"):
        print("ngspice ran native devices (--no-native: subcircuits)", file=sys.stderr)
    _deliver(table, output, plot)


def _extra_options(arguments: list[str]) -> dict[str, str]:
    """``--name value`` and ``--name=value`` pairs."""
    from ..devices.errors import ParameterError

    found: dict[str, str] = {}
    remaining = list(arguments)
    while remaining:
        word = remaining.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or (not equals and not remaining):
            raise ParameterError(f"{word!r} is not understood: settings of a bench are given as --name value")
        found[name] = value if equals else remaining.pop(0)
    return found


def _unit_of_sweep(device: CompactModel, bench: str, quantity: str | None) -> str:
    """Unit of what a bench sweeps on a device."""
    if bench in ("switching", "write-error"):
        swept = quantity or device.suggested_switching().quantity
    elif bench == "velocity":
        swept = "current" if quantity is None else "field_z" if quantity == "field" else quantity
    else:
        swept = device.suggested_sweep(quantity).quantity
    if swept in ("voltage", *device.branches()):
        return "V"
    if swept in ("current", *(branch.current for branch in device.branches().values())):
        return "A"
    return device.input_declarations()[swept].unit


def _check_paths(output: Path | None, plot: Path | None) -> None:
    """Refuse file names that cannot be written before the work is done rather than after."""
    from ..devices.errors import ParameterError, UnknownNameError
    from .style import FORMATS

    for path, known, kind in ((output, (".csv", ".parquet"), "table"), (plot, FORMATS, "figure")):
        if path is None:
            continue
        if path.suffix.lower() not in known:
            raise UnknownNameError(f"{kind} format", path.suffix or path.name, known)
        if not path.parent.is_dir():
            raise ParameterError(f"cannot write {str(path)!r}: there is no folder {str(path.parent)!r}")


def _deliver(table: pd.DataFrame, output: Path | None, plot: Path | None) -> None:
    if output is not None:
        from ..characterization import write_table

        write_table(table, output)
        print(f"wrote {output}", file=sys.stderr)
    if plot is not None:
        from . import plot as draw
        from . import save

        save(draw(table), plot)
        print(f"wrote {plot}", file=sys.stderr)
    if output is None and plot is None:
        print(table.to_string(max_rows=40))


@app.command()
def figure(
    what: Annotated[
        str, typer.Argument(help="A table of a bench (.csv or .parquet), or 'all': every device and preset.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Figure (.png, .svg, .pdf); for 'all' a folder.")],
) -> None:
    """Draw the standard figure of a table, or the figures of every device and preset."""
    if what == "all":
        from .gallery import make_gallery

        make_gallery(output, tables=False, netlists=False)
        return
    from . import plot, save

    _check_paths(None, output)
    save(plot(Path(what)), output)
    print(f"wrote {output}", file=sys.stderr)


@app.command()
def gallery(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for tables, figures and netlists.")],
) -> None:
    """Characterise every device with every preset: tables, figures, and netlists that were run in ngspice."""
    from .gallery import make_gallery

    make_gallery(output)


def main() -> None:
    """Entry point: errors become one message and an exit status, 2 for a user's mistake, 1 for a failed run."""
    from ..devices.errors import MissingDependencyError, SimulationError, SynaspiceError

    try:
        app()
    except SynaspiceError as error:
        print(f"synaspice: {error}", file=sys.stderr)
        sys.exit(1 if isinstance(error, SimulationError | MissingDependencyError) else 2)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        sys.exit(1)
