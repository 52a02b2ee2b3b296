"""The command line: ``synaspice COMMAND``. It stands here because it uses every part of the package.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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


def make_device(name: str, preset: str | None, assignments: list[str] | None) -> CompactModel:
    """Make the device that a command line describes."""
    from ..devices.catalog import find_model
    from ..devices.errors import ParameterError

    values: dict[str, float | str] = {}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise ParameterError(f"--set takes NAME=VALUE, not {assignment!r}")
        values[key.strip()] = value.strip()
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
            print(f"    {preset.name:24} {preset.title}")


@app.command()
def parameters(device: Device, preset: PresetName = None, set_: Assignments = None) -> None:
    """Show the parameters of a device: value, unit, meaning and source."""
    from ..devices.quantity import format_si

    made = make_device(device, preset, set_)
    if made.provenance:
        print(f"{made.provenance.title}\n{made.provenance.citation}")
        print(made.provenance.notes.strip() + "\n" if made.provenance.notes.strip() else "")
    for name, option in made.option_declarations().items():
        choices = ", ".join(option.choices)
        print(f"{name} = {made.options[name]}\n    {option.description}; one of {choices}")
    for row in made.parameters().to_dict("records"):
        print(f"{row['name']} = {format_si(row['value'], row['unit'])}\n    {row['description']}; {row['source']}")


@app.command()
def export(
    device: Device,
    preset: PresetName = None,
    set_: Assignments = None,
    dialect: Annotated[str, typer.Option("--format", help="Simulator: ngspice.")] = "ngspice",
    name: Annotated[str | None, typer.Option(help="Name of the subcircuit.")] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="Input (a field) to make a pin. Repeatable.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; default: standard output.")] = None,
) -> None:
    """Write a device as a subcircuit that a netlist can include."""
    from ..characterization.table import write_whole

    text = make_device(device, preset, set_).netlist(dialect, name=name, inputs=tuple(inputs or ()))
    if output is None:
        print(text, end="")
    else:
        write_whole(output, lambda path: path.write_text(text, encoding="utf-8"))
        print(f"wrote {output}", file=sys.stderr)


@app.command()
def characterize(
    device: Device,
    bench: Annotated[str, typer.Argument(help="iv or hysteresis.")],
    preset: PresetName = None,
    set_: Assignments = None,
    engine: Annotated[str, typer.Option(help="numeric or ngspice.")] = "numeric",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Table: .csv or .parquet.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Figure: .png, .svg or .pdf.")] = None,
    voltage: Annotated[str | None, typer.Option(help="iv: START:STOP:POINTS, for example -1:1:201.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="iv: state to hold the device in. Repeatable.")] = None,
    quantity: Annotated[str | None, typer.Option(help="hysteresis: voltage, current, field, ...")] = None,
    amplitude: Annotated[str | None, typer.Option(help="hysteresis: amplitude of the sweep.")] = None,
    period: Annotated[str | None, typer.Option(help="hysteresis: length of a cycle [s].")] = None,
    waveform: Annotated[str | None, typer.Option(help="hysteresis: sine or triangle.")] = None,
    cycles: Annotated[int | None, typer.Option(help="hysteresis: number of cycles.")] = None,
    points: Annotated[int | None, typer.Option(help="hysteresis: reported points per cycle.")] = None,
    temperature: Annotated[str | None, typer.Option(help="hysteresis: temperature of the noise [K].")] = None,
    seed: Annotated[int | None, typer.Option(help="hysteresis: seed of the noise.")] = None,
) -> None:
    """Measure a device on a bench: a table, and a plot of it."""
    from ..devices.errors import ParameterError, UnknownNameError
    from ..devices.quantity import parse_quantity

    made = make_device(device, preset, set_)
    only_iv = {"voltage": voltage, "state": state or None}
    only_hysteresis: dict[str, Any] = {"quantity": quantity, "amplitude": amplitude, "period": period}
    only_hysteresis |= {"waveform": waveform, "cycles": cycles, "points": points}
    only_hysteresis |= {"temperature": temperature, "seed": seed}
    benches = {"iv": only_iv, "hysteresis": only_hysteresis}
    if bench not in benches:
        raise UnknownNameError("bench", bench, benches)
    _check_paths(output, plot)
    for other, settings in benches.items():
        wrong = [f"--{name}" for name, value in settings.items() if value is not None and other != bench]
        if wrong:
            raise ParameterError(f"{', '.join(wrong)} belong to the bench {other!r}, not to {bench!r}")
    given = {name: value for name, value in benches[bench].items() if value is not None}
    from .. import characterization

    if bench == "iv":
        table = characterization.iv(made, _range(voltage), states=state or None, engine=engine)
    else:
        units = {"period": "s", "temperature": "K"}
        if amplitude is not None:
            units["amplitude"] = _unit_of_sweep(made, quantity)
        for name, unit in units.items():
            if name in given:
                given[name] = parse_quantity(given[name], unit)
        table = characterization.hysteresis(made, engine=engine, **given)
    _deliver(table, output, plot)


def _range(text: str | None) -> Any:
    """Voltages of START:STOP:POINTS."""
    import numpy as np

    from ..devices.errors import ParameterError
    from ..devices.quantity import parse_quantity

    if text is None:
        return None
    parts = text.split(":")
    if len(parts) != 3 or not parts[2].isdigit() or int(parts[2]) < 1:
        raise ParameterError(f"--voltage takes START:STOP:POINTS, for example -1:1:201, not {text!r}")
    return np.linspace(parse_quantity(parts[0], "V"), parse_quantity(parts[1], "V"), int(parts[2]))


def _unit_of_sweep(device: CompactModel, quantity: str | None) -> str:
    swept = device.suggested_sweep(quantity).quantity
    return {"voltage": "V", "current": "A"}.get(swept) or device.input_declarations()[swept].unit


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
