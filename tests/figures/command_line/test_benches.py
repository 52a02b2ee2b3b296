"""What ``characterize`` knows of benches comes from their signatures: help, options, suitable devices, completion."""

from __future__ import annotations

import re
import warnings

import pytest
import typer
from shell import synaspice

from synaspice.characterization import read_table
from synaspice.characterization.arguments import Quantity, Range
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.cells.bench import CELL_BENCHES
from synaspice.devices.catalog import models
from synaspice.devices.language.errors import PlugInWarning, warn_user
from synaspice.figures.command_line.commands import COMPLETION, app, told_warnings

BENCH_HELP = [("characterize", "mtj", bench) for bench in BENCHES]
CELL_HELP = [("simulate", cell) for cell in CELL_BENCHES]
COMMANDS = list(typer.main.get_command(app).commands)


@pytest.mark.parametrize("bench", BENCHES)
def test_every_argument_is_an_option_of_its_bench_and_of_no_other(bench):
    shown = synaspice("characterize", "mtj", bench, "--help", columns=80).stdout
    options = {line.split()[0] for line in shown.splitlines() if line.startswith("  --")}
    own = {setting.option for setting in BENCHES[bench].settings.values()}
    common = {"--preset", "--set", "--plot", "--title", "--size", *(["--jobs"] if BENCHES[bench].resumable else [])}
    assert options == own | common
    assert BENCHES[bench].summary.split()[0] in shown
    kinds = [setting.argument for setting in BENCHES[bench].settings.values()]
    assert ("-1:1:201" in shown) == any(isinstance(kind, Range) for kind in kinds), "the syntax of ranges"
    assert ("'40 nm'" in shown) == any(isinstance(kind, Range | Quantity) for kind in kinds)


def test_the_help_of_a_device_lists_the_benches_that_suit_it():
    shown = synaspice("characterize", "mtj", "--help").stdout
    suitable, _, others = shown.partition("Other benches:")
    named = re.findall(r"^  (\S+)", suitable.partition("Benches that suit it:")[2], re.M)
    own = ["amplitude", "drift", "fmr", "hysteresis", "injection-locking", "iv", "linewidth", "noise", "orbit"]
    slow = ["coercivity", "read-disturb", "retention", "telegraph", "write-error"]
    assert named == sorted([*own, "spin-diode", "switching", *slow])
    assert "by several methods. Worth while for --preset ikeda2010." in " ".join(suitable.split())
    assert others.replace("-\n", "-").split() == [  # lines end at hyphens too
        *("array-disturb,", "astroid,", "back-hopping,", "back-switching,", "creep,", "cycles,", "depinning,"),
        *("effective-bits,", "fault-errors,", "half-select,", "loop-area,", "mutual-locking,", "ndr,"),
        *("potentiation,", "precessional-switching,", "product-cost,", "pulse-shape,", "sneak-paths,"),
        *("state-retention,", "step-programming,", "switching-map,", "synchronisation,", "velocity,"),
        "write-error-map.",
    ]


#: What is known before anything is measured: every page of help, every listing, some mistakes.
SHOWN = [
    ("--help",),
    *((command, "--help") for command in COMMANDS),
    *((*command, "--help") for command in (*BENCH_HELP, *CELL_HELP)),
    *(("characterize", device, "--help") for device in ("mtj", "vteam", "domain-wall-magnet")),
    ("devices",),
    ("cells",),
    ("formats",),
    ("cache",),
    *(("parameters", model) for model in models()),
    *(("parameters", name, "--preset", min(model.presets())) for name, model in models().items() if model.presets()),
    ("characterize", "mtj", "iv", "--voltage", "0,0.1"),
    ("characterize", "mtj", "hysteresis", "--points", "8", "--period", "1n"),
    ("characterize", "mtj", "vi"),
    ("parameters", "mtjj"),
    ("parameters", "mtj", "--set", "diametr=4n"),
    ("characterize", "mtj", "iv", "--cycles", "2"),
]
#: Mistakes of which the parser of the command line tells, which folds nothing.
PARSED = [("charakterize",), ("parameters",)]


@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_is_wider_than_the_terminal(columns):
    for arguments in [*SHOWN, *(PARSED if columns == 80 else [])]:
        ended = synaspice(*arguments, columns=columns)
        lines = [*ended.stdout.splitlines(), *ended.stderr.splitlines()]
        assert lines and "Traceback" not in ended.stderr, arguments
        # what a line cannot be folded at stays whole: the path of the cache
        assert [line for line in lines if len(line) > columns and " " in line.strip()] == [], arguments


@pytest.mark.parametrize("arguments", [("devices",), ("parameters", "mtj"), ("formats",)], ids=" ".join)
def test_what_is_piped_into_another_program_is_not_folded(arguments):
    """One line for a thing: what ``grep`` is to find must not be torn apart."""
    assert len(synaspice(*arguments).stdout.splitlines()) < len(synaspice(*arguments, columns=80).stdout.splitlines())


def test_arguments_that_only_python_had_are_options_now(tmp_path):
    loop = ("characterize", "mtj", "hysteresis", "--quantity", "field_z", "--points", "101", "--period", "10n")
    ended = synaspice(*loop, "--read-voltage", "20m", "--max-step", "1p", "-o", tmp_path / "loop.csv")
    assert ended.returncode == 0, ended.stderr
    assert set(read_table(tmp_path / "loop.csv")["voltage"]) == {0.02}
    pulses = ("characterize", "mtj", "switching", "--preset", "ikeda2010", "--width", "1n", "--amplitude", "100u")
    short = ("--trajectories", "4", "--seed", "1", "--time-step", "1p", "--relaxation", "1n")
    ended = synaspice(*pulses, *short, "-o", tmp_path / "pulses.csv")
    assert ended.returncode == 0, ended.stderr
    drift = ("characterize", "phase-change-memory", "drift", "--quantity", "log_age", "--times", "1,10,100")
    ended = synaspice(*drift, "--devices", "2", "--no-read-noise", "--seed", "1", "-o", tmp_path / "drift.csv")
    assert ended.returncode == 0, ended.stderr
    table = read_table(tmp_path / "drift.csv")
    assert table.attrs["quantity"] == "log_age" and table.attrs["read_noise"] is False


def completed(words: str) -> set[str]:
    """What bash is offered after these words."""
    place = len(words.split(" ")) - 1
    ended = synaspice(COMP_WORDS=words, COMP_CWORD=str(place), _SYNASPICE_COMPLETE="complete_bash")
    assert ended.stderr == ""
    return set(ended.stdout.split())


@pytest.mark.parametrize(
    ("words", "expected", "unexpected"),
    [
        ("synaspice char", {"characterize"}, {"cells"}),
        ("synaspice parameters m", {"mtj"}, {"vteam"}),
        ("synaspice parameters mtj --preset i", {"ikeda2010"}, {"mtj"}),
        ("synaspice characterize vt", {"vteam"}, {"mtj"}),
        ("synaspice characterize vteam ", {"iv", "hysteresis"}, {"amplitude", "velocity"}),
        ("synaspice characterize mtj iv --preset ik", {"ikeda2010"}, set()),
        ("synaspice characterize mtj iv --engine n", {"numeric", "ngspice"}, set()),
        ("synaspice characterize mtj iv --vo", {"--voltage"}, {"--states"}),
        ("synaspice simulate ax", {"axon-hillock"}, {"mtj"}),
        ("synaspice export p", {"p-bit", "phase-change-memory"}, set()),
        ("synaspice export mtj --format v", {"verilog-a"}, {"ngspice"}),
        ("synaspice export mtj --input ", {"field_x", "field_z"}, {"diameter"}),
        ("synaspice export p-bit --technology ", {"generic", "sky130"}, set()),
        ("synaspice simulate p-bit --corner ", {"typical", "slow", "fast"}, set()),
        ("synaspice simulate axon-hillock --set te", {"temperature="}, {"technology"}),
        ("synaspice parameters mtj --set d", {"diameter=", "damping="}, {"shape="}),
        ("synaspice parameters mtj --set shape=", {"shape=ellipse", "shape=prism"}, {"diameter="}),
        ("synaspice characterize mtj iv --states ", {"parallel", "antiparallel"}, set()),
        ("synaspice characterize mtj iv --states parallel,", {"parallel,antiparallel"}, {"parallel,parallel"}),
        ("synaspice characterize mtj hysteresis --quantity ", {"field", "field_z", "current", "voltage"}, {"m_z"}),
        ("synaspice characterize mtj drift --quantity ", {"resistance", "m_z", "current"}, {"field_z"}),
        ("synaspice characterize domain-wall-magnet velocity --quantity ", {"current", "field"}, set()),
        ("synaspice characterize mtj switching --start ", {"parallel", "antiparallel"}, set()),
        ("synaspice characterize phase-change-memory drift --quantity lo", {"log_age"}, set()),
        ("synaspice parameters mtj --preset ", {"ikeda2010", "mine.toml", "inner/"}, {"other.txt"}),
        ("synaspice parameters mtj --preset inner/", {"inner/also.toml"}, {"mine.toml"}),
        ("synaspice parameters mtj --preset ~/m", {"~/mine.toml"}, {"ikeda2010"}),
    ],
)
def test_a_shell_completes_names(words, expected, unexpected, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    for file in ("mine.toml", "other.txt", "inner/also.toml"):
        (tmp_path / file).touch()
    found = completed(words)
    assert expected <= found and not unexpected & found, found


def test_warnings_are_told_once_within_the_width_and_not_amid_completion(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    for completing in (False, True):
        if completing:
            monkeypatch.setenv(COMPLETION, "complete_bash")
        with told_warnings():
            for _ in range(2):
                warn_user("the module 'memory_lab' is left out: ModuleNotFoundError: no 'numpy'", PlugInWarning)
                warnings.filterwarnings("ignore", message="something else")  # as packages do when they are imported
        told = capsys.readouterr().err.splitlines()
        assert told == (
            []
            if completing
            else ["synaspice: the module 'memory_lab' is left out:", "    ModuleNotFoundError: no 'numpy'"]
        )


def test_completion_of_a_name_that_does_not_exist_says_nothing():
    assert completed("synaspice characterize mtjj i") == set()
