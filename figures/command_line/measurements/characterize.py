"""``synaspice characterize DEVICE BENCH``: a command for each bench, listed for each device that it suits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from ..arguments.completion import complete_devices
from ..arguments.measuring import make_command, parsed
from ..arguments.options import Assignments, FigureSize, FigureTitle, Output, Plot, PresetName, make_device, parse_look
from ..output import Listing, check_paths, deliver, folded, tell, write_rows

if TYPE_CHECKING:
    from ....characterization.bench import Bench
    from ....devices.model import CompactModel

Jobs = Annotated[
    int, typer.Option(min=1, metavar="INTEGER", help="Processes that share the points, at most one per core.")
]


@contextlib.contextmanager
def shared_out(jobs: int) -> Iterator[None]:
    """Within it, work in pieces goes to so many processes, and shows its progress on a terminal."""
    import joblib

    from ....characterization.resumable import shown_on_terminals

    with joblib.parallel_config(n_jobs=min(jobs, joblib.cpu_count())), shown_on_terminals():
        yield


class Benches(Listing):
    """The benches that suit a device, each with the presets for which it does; others are still commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the benches that suit the device."""
        from ....devices.catalog import find_model

        return list(presets_by_bench(find_model(str(self.name))))

    def get_command(self, ctx: Any, cmd_name: str) -> typer.core.TyperCommand | None:
        """The command of a bench."""
        from ....characterization.bench import BENCHES

        if ctx.resilient_parsing and cmd_name not in BENCHES:
            return None
        return self.command_of(BENCHES.find(cmd_name), str(self.name))

    def command_of(self, bench: Bench, device: str) -> typer.core.TyperCommand:
        """The command that measures a device on a bench."""
        return _bench_command(bench, device)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each bench measures."""
        from ....characterization.bench import BENCHES
        from ....devices.catalog import find_model

        suitable = presets_by_bench(find_model(str(self.name)))
        rows = []
        for name, presets in suitable.items():
            *others, last = presets or [""]
            only = f" Worth while for --preset {', '.join(others)}{' or ' * bool(others)}{last}." if presets else ""
            rows.append((name, f"{BENCHES[name].summary}.{only}"))
        write_rows(formatter, "Benches that suit it", rows)
        if others := [name for name in BENCHES if name not in suitable]:
            formatter.write_paragraph()
            # The formatter would break names at their hyphens.
            formatter.write(folded(f"Other benches: {', '.join(others)}.", formatter.width) + "\n")


class Devices(Listing):
    """A command for each device: what can be measured on it."""

    title = "Devices"
    benches: ClassVar[type[Benches]] = Benches

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the devices."""
        return complete_devices()

    def get_command(self, ctx: Any, cmd_name: str) -> typer.core.TyperGroup | None:
        """The benches of a device."""
        from ....devices.catalog import find_model, models

        if ctx.resilient_parsing and cmd_name not in models():
            return None
        model = find_model(cmd_name)
        title = (model.__doc__ or "").strip().partition("\n")[0]
        group = self.benches(name=cmd_name, help=title, rich_markup_mode=None, no_args_is_help=True)
        group.subcommand_metavar = "BENCH [OPTIONS]"
        return group


def presets_by_bench(model: type[CompactModel]) -> dict[str, list[str]]:
    """The benches that suit a model, each with the presets for which it does; none if it does for the model itself."""
    from ....characterization.bench import BENCHES

    made = [(name, model.preset(name)) for name in model.presets()]
    found: dict[str, list[str]] = {}
    for name, bench in BENCHES.items():
        if bench.suits(model()):
            found[name] = []
        elif presets := [preset for preset, device in made if bench.suits(device)]:
            found[name] = presets
    return found


def check_suits(bench: Bench, device: CompactModel) -> None:
    """Refuse a device that lacks what a bench needs, and name the benches that suit it."""
    from ....characterization.bench import suitable_benches
    from ....devices.language.errors import ParameterError

    for kind in bench.needs:
        if kind not in device.offered():
            raise ParameterError(
                f"{device.model_name()} offers no {kind.__name__}, which {bench.name} needs; benches that suit it: "
                f"{', '.join(suitable_benches(device))}"
            )


def _bench_command(bench: Bench, device: str) -> typer.core.TyperCommand:
    """The command that measures a device on a bench."""

    def run(
        given: dict[str, Any],
        preset: PresetName = None,
        set_: Assignments = None,
        output: Output = None,
        plot: Plot = None,
        title: FigureTitle = None,
        size: FigureSize = None,
        jobs: Jobs = 1,
    ) -> None:
        made = make_device(device, preset, set_)
        check_suits(bench, made)
        check_paths(output, plot)
        look = parse_look(plot, title, size)
        quantity = given.get("quantity")
        values = parsed(given, bench.settings, lambda name: bench.unit_of(name, made, quantity))
        with shared_out(jobs):
            table = bench(made, **values)
        if table.attrs.get("native"):
            tell("ngspice ran native devices (--no-native: subcircuits)")
        deliver(table, output, plot, look)

    def run_at_once(
        given: dict[str, Any],
        preset: PresetName = None,
        set_: Assignments = None,
        output: Output = None,
        plot: Plot = None,
        title: FigureTitle = None,
        size: FigureSize = None,
    ) -> None:
        run(given, preset, set_, output, plot, title, size)

    return make_command(bench.name, bench.summary, bench.settings, run if bench.resumable else run_at_once)


app = typer.Typer(
    cls=Devices,
    help="Measure a device on a bench: a table, and a plot of it.",
    no_args_is_help=True,
    subcommand_metavar="DEVICE BENCH [OPTIONS]",
)
