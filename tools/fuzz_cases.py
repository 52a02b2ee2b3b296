"""What ``tools/fuzz.py`` tries: each kind makes a case from a generator of random numbers."""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz_commands import device_words, other_words, output_words, setting_words
from fuzz_inputs import HUGE, ODD, SLY, anything, damaged, misspelt, quantity_text
from fuzz_netlists import run_words, use_ngspice


@dataclass
class Case:
    """One input: what is run, in a folder with some files.

    Attributes
    ----------
    kind : str
        Its kind.
    words : list
        Arguments of the command, or of the function.
    files : dict
        Contents of the files in its folder, by name.
    call : callable, optional
        Function of the words; default: the command line.
    forks : bool
        Whether to run the function in a process of its own.
    """

    kind: str
    words: list[Any]
    files: dict[str, bytes] = field(default_factory=dict)
    call: Callable[..., Any] | None = None
    forks: bool = True

    def run(self) -> None:
        """Run it in this process; errors of the package are as they should be."""
        from synaspice.devices.language.errors import SynaspiceError
        from synaspice.figures.command_line.main import main

        if self.call is None:
            sys.argv = ["synaspice", *self.words]
            main()
            return
        with contextlib.suppress(SynaspiceError):
            self.call(*self.words)

    def reproduction(self) -> str:
        """A line that does it again."""
        if self.call is None:
            return f"synaspice {shlex.join(self.words)}"
        words = ", ".join(map(repr, self.words))
        return f"{self.call.__module__}.{self.call.__qualname__}({words})"


class Samples:
    """Real tables and checkpoints, made once, to be damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, dict[str, bytes]] = {}

    def tables(self) -> dict[str, bytes]:
        """Tables of several benches in both formats, by the name of the file."""
        return self._once("tables", _make_tables)

    def checkpoint(self) -> dict[str, bytes]:
        """The files of a finished checkpoint, by their names in the folder ``kept``."""
        return self._once("checkpoint", _make_checkpoint)

    def _once(self, name: str, make: Callable[[Path], None]) -> dict[str, bytes]:
        if name not in self._made:
            folder = self.folder / name
            folder.mkdir(parents=True)
            make(folder)
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            self._made[name] = {str(path.relative_to(folder)): path.read_bytes() for path in files}
        return self._made[name]


#: The command whose checkpoint is damaged; a device without noise is quick.
PULSES = ("characterize", "vteam", "switching", "--preset", "talati2016", "--amplitude=1:2:2", "--width=1n,2n")


def _make_tables(folder: Path) -> None:
    from synaspice.characterization import drift, hysteresis, iv, lookup, noise, write_table
    from synaspice.devices.catalog import models

    there = models()
    tables = {
        "iv": iv(there["vteam"](), [-1.0, 0.0, 1.0]),
        "hysteresis": hysteresis(there["vteam"].preset("talati2016"), points=20),
        "noise": noise(there["vteam"](), frequency=[1e6, 1e7, 1e8]),
        "drift": drift(there["phase-change-memory"](), times=[1.0, 10.0, 100.0], devices=2, seed=1),
        "lookup": lookup(there["vteam"](), {"voltage": [0.0, 1.0]}),
    }
    for name, table in tables.items():
        for ending in (".csv", ".parquet"):
            write_table(table, folder / f"{name}{ending}")


def _make_checkpoint(folder: Path) -> None:
    from synaspice.characterization import switching
    from synaspice.devices.catalog import models

    device = models()["vteam"].preset("talati2016")
    switching(device, amplitude=[1.0, 2.0], width=[1e-9, 2e-9], seed=1, checkpoint=folder / "kept")


# --- the kinds ------------------------------------------------------------------------------------


def quantity_case(random: Random, samples: Samples) -> Case:
    """A text read as a quantity."""
    from synaspice.devices.language.quantities.quantity import parse_quantity

    unit = random.choice(("1", "V", "m", "K", "ohm", "A/m", "s", "deg", "1/(V*s)"))
    return Case("quantities", [quantity_text(random), unit], call=parse_quantity, forks=False)


def table_case(random: Random, samples: Samples) -> Case:
    """A damaged table that is drawn."""
    tables = samples.tables()
    name = random.choice(sorted(tables))
    content = damaged(random, tables[name])
    if random.random() < 0.1:
        content = tables[random.choice(sorted(tables))]  # perhaps of another format
    return Case("tables", ["figure", name, "-o", "x.png"], {name: content})


def piece_case(random: Random, samples: Samples) -> Case:
    """A checkpoint with a damaged file that is resumed."""
    files = dict(samples.checkpoint())
    name = random.choice(sorted(files))
    if random.random() < 0.1:
        del files[name]
    else:
        files[name] = damaged(random, files[name])
    return Case("pieces", [*PULSES, "--seed=1", "--checkpoint=kept", "-o", "x.csv"], files)


def declaration_case(random: Random, samples: Samples) -> Case:
    """A malformed preset, netlist or waveform."""
    return random.choice((_preset_case, _preset_case, _netlist_case, _waveform_case))(random)


def _preset_case(random: Random) -> Case:
    from synaspice.devices.catalog import models

    model = random.choice([model for name, model in sorted(models().items()) if model.presets()])
    folder = Path(sys.modules["synaspice.devices"].__path__[0]) / "presets" / model.model_name()
    files = sorted(folder.glob("*.toml"))
    content = random.choice(files).read_bytes() if files else b""
    if random.random() < 0.5:
        content = damaged(random, content)
    else:  # entries of another kind
        lines = content.decode().split("\n")
        at = random.randrange(len(lines))
        wrong = random.choice(("nan", "inf", "-1", "true", "[]", "{}", '""', "1979-05-27", "1e400", "[[1]]", "9" * 400))
        lines[at] = f"{lines[at].partition('=')[0]}= {wrong}"
        content = "\n".join(lines).encode()
    command = random.choice((["parameters", model.model_name()], ["export", model.model_name()]))
    return Case("declarations", [*command, "--preset", "own.toml"], {"own.toml": content})


def _netlist_case(random: Random) -> Case:
    from synaspice.circuits.cells.building.cell import CELLS
    from synaspice.devices.catalog import models

    name = random.choice([*sorted(models()), *sorted(CELLS)])
    words = ["export", misspelt(random, name)]
    words += ["--name", random.choice((*ODD, *SLY, "x\n.control\nshell touch ~/pwned\n.endc", "a b", "1a", "a" * 300))]
    if random.random() < 0.5:
        words += ["--format", misspelt(random, random.choice(("xyce", "ltspice", "hspice", "spectre", "verilog-a")))]
    if random.random() < 0.3:
        words += ["--input", misspelt(random, "field_z")]
    if random.random() < 0.3:
        words += ["--transient-noise", random.choice(ODD)]
    if random.random() < 0.5:
        words += ["-o", random.choice(("x.sub", "x", "no/x.sub", "x" * 300 + ".sub", "\udcff.sub", "", "."))]
    return Case("declarations", words)


def _waveform_case(random: Random) -> Case:
    kinds = ("DC", "Pulse", "Sine", "Triangle", "PiecewiseLinear")
    return Case("declarations", [random.choice(kinds), *(anything(random) for _ in range(random.randrange(1, 8)))],
                call=use_waveform)  # fmt: skip


def use_waveform(kind: str, *values: Any) -> None:
    """Make a waveform and use it as drives are used."""
    import synaspice.devices as devices

    try:
        made = getattr(devices, kind)(*values)
    except TypeError as error:  # Python's own, of too few or too many arguments
        if "argument" not in str(error):
            raise
        return
    made([0.0, 1e-9])
    made.scalar()(1e-9)
    made.spice(1e-9)
    made.breakpoints(1e-9)


def run_case(random: Random, samples: Samples) -> Case:
    """A damaged netlist, or an analysis that makes no sense, for ngspice."""
    return Case("runs", run_words(random), call=use_ngspice)


def command_case(random: Random, samples: Samples) -> Case:
    """A command line: mostly of known words."""
    from synaspice.characterization.bench import BENCHES
    from synaspice.characterization.cells.bench import CELL_BENCHES
    from synaspice.devices.catalog import find_model, models

    device = random.choice(sorted(models()))
    match random.choices(("characterize", "simulate", "other"), (70, 15, 15))[0]:
        case "characterize":
            there = find_model(device)()
            suitable = [name for name in sorted(BENCHES) if BENCHES[name].suits(there)]
            bench = random.choice(suitable if suitable and random.random() < 0.7 else sorted(BENCHES))
            words = ["characterize", misspelt(random, device), misspelt(random, bench)]
            words += setting_words(random, BENCHES[bench].settings, quick=True) + device_words(random, device)
            if random.random() < 0.2:
                words += ["--jobs", random.choice(("0", "-1", "1", "x", *HUGE))]
        case "simulate":
            cell = random.choice(sorted(CELL_BENCHES))
            words = [
                "simulate",
                misspelt(random, cell),
                *setting_words(random, CELL_BENCHES[cell].settings, quick=False),
            ]
            # What is right would run for long: something is not.
            words += random.choice((["--temperature", random.choice(ODD)], ["--corner", "x"], ["--set", "x=1"]))
        case _:
            words = other_words(random, device)
    words += output_words(random)
    return Case("commands", [word.replace("\0", "") for word in words])


#: Commands that load what others need as well, in a folder of their own.
WARM = (
    ("characterize", "vteam", "iv", "--voltage=0:1:3", "-o", "t.parquet", "--plot", "x.png"),
    ("characterize", "vteam", "hysteresis", "--points=20", "-o", "t.csv"),
    ("figure", "t.csv", "-o", "y.png"),
    (*PULSES, "--seed=1", "--checkpoint=kept", "-o", "p.csv"),
    ("characterize", "mtj", "switching", "--preset=ikeda2010", "--trajectories=2", "--amplitude=-1:1:2", "--seed=1"),
    ("export", "vteam", "-o", "t.sub"),
    ("parameters", "vteam"),
    ("simulate", "p-bit", "--corner=x"),
    ("costs", "p-bit", "--temperature=x"),
    ("reliability", "p-bit", "--temperatures=x"),
    ("summary", "vteam"),
    ("vary", "vteam", "iv", "--vary", "resistance_on=normal 5%", "--samples=2", "--seed=1", "--voltage=0:1:3"),
    ("sweep", "vteam", "iv", "--sweep", "resistance_on=50,100", "--voltage=0:1:3", "--measure=max current"),
    ("report", "vteam", "-o", "x.html", "--fit", "t.csv"),
    ("devices",), ("cells",), ("formats",), ("gallery", "-o", "out", "--only", "x"),
)  # fmt: skip


def warm_up(folder: Path) -> None:
    """Import and build what cases share, before they fork: most of the time of a case would be imports.

    Parameters
    ----------
    folder : Path
        A new folder for what the commands write that load it.
    """
    from synaspice.characterization.bench import BENCHES
    from synaspice.characterization.cells.bench import CELL_BENCHES
    from synaspice.circuits.cells.building.cell import CELLS
    from synaspice.devices.catalog import models
    from synaspice.figures.drawing import FIGURES

    for registry in (BENCHES, CELL_BENCHES, CELLS, FIGURES):
        list(registry)
    for model in models().values():
        model.presets()
        model().derived  # noqa: B018
    folder.mkdir()
    before = sys.argv
    nowhere = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        for words in WARM:
            with contextlib.suppress(SystemExit):
                Case("commands", [*words]).run()
    sys.argv = before


#: The kinds of cases, by name.
KINDS: dict[str, Callable[[Random, Samples], Case]] = {
    "commands": command_case,
    "quantities": quantity_case,
    "tables": table_case,
    "pieces": piece_case,
    "declarations": declaration_case,
    "runs": run_case,
}
