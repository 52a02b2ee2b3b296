"""The command ``synaspice fit DEVICE FILE``, and how measured files are named on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..arguments.options import Assignments, Device, Output, Plot, PresetName, make_device
from ..output import check_paths, deliver, show, tell

if TYPE_CHECKING:
    import pandas as pd

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=HEAD",
        help="Which column is what, by head or number, with its unit: 'voltage=V1 [mV]', 'current=3 [uA]'. Repeatable.",
    ),
]
Separator = Annotated[
    str | None, typer.Option(metavar="SIGN", help="What separates columns, 'tab' or ' ' for any space; default: found.")
]
Decimal = Annotated[str | None, typer.Option(metavar="SIGN", help="Decimal sign, . or ,; default: found.")]
Skip = Annotated[int, typer.Option(min=0, metavar="INTEGER", help="Lines to leave out at the beginning of the file.")]
DropMissing = Annotated[bool, typer.Option("--drop-missing", help="Leave out rows in which a number is missing.")]


def measured_file(
    path: Path, columns: Iterable[str] | None, separator: str | None, decimal: str | None, skip: int, drop: bool
) -> pd.DataFrame:
    """Read the measured data that a command line describes, and tell what was assumed of them."""
    from ....characterization.measured.reading import read_measured
    from ....devices.language.errors import ParameterError

    chosen: dict[str, Any] = {}
    for text in columns or []:
        name, equals, head = text.partition("=")
        if not equals or not name.strip() or not head.strip():
            raise ParameterError(f"--column takes NAME=HEAD, not {text!r}")
        chosen[name.strip()] = head.strip()
    if reserved := {"separator", "decimal", "skip", "missing", "path", "pairs", "curves"} & set(chosen):
        raise ParameterError(f"a column cannot be called {reserved.pop()!r}")
    sign = "\t" if separator == "tab" else separator
    missing = "drop" if drop else "refuse"
    table = read_measured(path, separator=sign, decimal=decimal, skip=skip, missing=missing, **chosen)
    for name, said in table.attrs["conversions"].items():
        tell(f"{name}: {said}")
    if table.attrs["assumed_units"]:
        tell(f"no unit is said of {', '.join(table.attrs['assumed_units'])}: SI units are taken")
    if table.attrs["dropped_rows"]:
        tell(f"{table.attrs['dropped_rows']} rows were left out, in which a number is missing")
    return table


def fit(
    device: Device,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Measured data: text, or .parquet.")],
    free: Annotated[str, typer.Option(metavar="NAME,...", help="Parameters to find.")],
    column: Columns = None,
    preset: PresetName = None,
    set_: Assignments = None,
    bench: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the data were measured on; default: what the columns say.")
    ] = None,
    observed: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="Columns to compare; default: all that were not set.")
    ] = None,
    compare: Annotated[str, typer.Option(metavar="linear|log", help="Compare values, or their logarithms.")] = "linear",
    loss: Annotated[
        str, typer.Option(metavar="linear|soft_l1", help="Least squares, or a robust loss for data with outliers.")
    ] = "linear",
    bounds: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LOW:HIGH", help="Bounds narrower than the declared ones. Repeatable."),
    ] = None,
    starts: Annotated[int, typer.Option(min=1, metavar="INTEGER", help="Starts of the search.")] = 1,
    seed: Annotated[int, typer.Option(min=0, metavar="INTEGER", help="Seed of the starts.")] = 0,
    separator: Separator = None,
    decimal: Decimal = None,
    skip: Skip = 0,
    drop_missing: DropMissing = False,
    posterior: Annotated[
        int, typer.Option(min=0, metavar="STEPS", help="Sample the posterior by so many steps (needs emcee).")
    ] = 0,
    write_preset: Annotated[
        Path | None, typer.Option("--write-preset", metavar="FILE", help="The fitted device as a preset (.toml).")
    ] = None,
    output: Output = None,
    plot: Plot = None,
) -> None:
    """Fit parameters of a device to measured data: values with standard errors, a figure, a preset.

    Without --preset and --set the search starts at the model's default values, which then also hold for all else.
    """
    from ....characterization.fitting.fit import fit as find
    from ....devices.core.files import check_outputs

    made = make_device(device, preset, set_)
    check_paths(output, plot)
    if write_preset is not None:
        check_outputs([write_preset])
    narrower = _bounds(bounds, made)
    data = measured_file(file, column, separator, decimal, skip, drop_missing)
    names = [name.strip() for name in free.split(",")]
    watched = None if observed is None else [name.strip() for name in observed.split(",")]
    how: dict[str, Any] = {"compare": compare, "loss": loss, "starts": starts, "seed": seed}
    found = find(made, data, names, bench=bench, observed=watched, bounds=narrower, **how)
    for line in str(found).splitlines():
        show(line.strip(), "" if not line.startswith(" ") else "    ")
    if posterior:
        sample = found.posterior(steps=posterior, seed=seed)
        for name, (low, median, high) in sample.attrs["quantiles"].items():
            show(f"posterior of {name}: {median:.6g}, 95 % within {low:.6g} and {high:.6g}", "    ")
        show(f"posterior: {sample.attrs['effective_samples']:.0f} independent samples", "    ")
    if write_preset is not None:
        found.write_preset(write_preset)
        tell(f"wrote {write_preset}")
    if output is not None or plot is not None:
        deliver(found.table, output, plot)


def _bounds(texts: Iterable[str] | None, device: Any) -> dict[str, tuple[float, float]]:
    from ....devices.language.checks import known
    from ....devices.language.errors import ParameterError
    from ....devices.language.quantities.quantity import parse_quantity

    found = {}
    for text in texts or []:
        name, equals, values = text.partition("=")
        low, colon, high = values.partition(":")
        if not equals or not colon:
            raise ParameterError(f"--bounds takes NAME=LOW:HIGH, not {text!r}")
        declared = device.parameter_declarations()
        unit = declared[known(f"parameter of {device.model_name()}", name, declared)].unit
        found[name] = parse_quantity(low, unit), parse_quantity(high, unit)
    return found
