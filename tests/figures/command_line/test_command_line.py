"""The command line as a user meets it: results in files, mistakes in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from shell import synaspice

from synaspice.characterization import read_table
from synaspice.devices.language.version import __version__
from synaspice.figures.command_line.output import show_rows

HEAVY = {"pandas", "sympy", "numpy", "scipy", "matplotlib", "llvmlite", "joblib", "synaspice.devices.model"}


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from synaspice.figures.command_line.main import main; sys.argv = ['synaspice', '--help']\n"
        f"try: main()\nfinally: print('loaded:', *{HEAVY} & set(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.stdout.splitlines()[-1] == "loaded:" and "characterize" in ended.stdout


def test_the_script_and_the_module_are_the_same_command():
    script = str(Path(sys.executable).with_name("synaspice"))
    for command in ([script], [sys.executable, "-m", "synaspice"]):
        ended = subprocess.run([*command, "--version"], capture_output=True, text=True)
        assert ended.stdout.strip() == __version__ and ended.returncode == 0
    assert synaspice("-h").stdout == synaspice("--help").stdout


def test_devices_and_parameters_are_listed():
    listed = synaspice("devices").stdout
    assert all(name in listed for name in ("mtj", "vteam", "linear-ion-drift", "ikeda2010", "strukov2008"))
    shown = synaspice("parameters", "mtj", "--preset", "ikeda2010", "--set", "diameter=35n").stdout
    assert "diameter = 35 nm" in shown and "doi:10.1038/nmat2804" in shown


def test_a_bench_leaves_a_table_and_a_figure(tmp_path):
    ended = synaspice(
        *("characterize", "mtj", "iv", "--preset", "ikeda2010", "--voltage", "-500m:0.5:21"),
        *("-o", tmp_path / "iv.csv", "--plot", tmp_path / "iv.png"),
    )
    assert ended.returncode == 0, ended.stderr
    table = read_table(tmp_path / "iv.csv")
    assert len(table) == 42 and table.attrs["preset"] == "ikeda2010" and table["voltage"].min() == -0.5
    assert (tmp_path / "iv.png").read_bytes().startswith(b"\x89PNG")
    again = synaspice("figure", tmp_path / "iv.csv", "-o", tmp_path / "again.svg")
    assert again.returncode == 0 and "<svg" in (tmp_path / "again.svg").read_text()


@pytest.mark.ngspice
def test_engines_agree_on_the_command_line(tmp_path):
    for engine in ("numeric", "ngspice"):
        target = tmp_path / f"{engine}.parquet"
        options = ("--preset", "strukov2008", "--engine", engine, "--points", 201, "-o", target)
        assert synaspice("characterize", "linear-ion-drift", "hysteresis", *options).returncode == 0
    numeric, spice = (read_table(tmp_path / f"{engine}.parquet") for engine in ("numeric", "ngspice"))
    assert list(numeric.columns) == list(spice.columns)
    assert (numeric["x"] - spice["x"]).abs().max() < 1e-2


def test_export_writes_the_subcircuit(tmp_path):
    assert synaspice("export", "vteam", "--name", "mem", "-o", tmp_path / "mem.sub").returncode == 0
    assert ".subckt mem p n x params:" in (tmp_path / "mem.sub").read_text()
    assert synaspice("export", "vteam").stdout.rstrip().endswith(".ends vteam")


MISTAKES = [
    (("parameters", "mtjj"), "did you mean 'mtj'"),
    (("parameters", "mtj", "--preset", "ikeda2011"), "did you mean 'ikeda2010'"),
    (("parameters", "mtj", "--set", "diametr=4n"), "did you mean 'diameter'"),
    (("parameters", "mtj", "--set", "diameter=40V"), "the unit 'm' is expected"),
    (("parameters", "mtj", "--set", "diameter=40"), "outside its bounds [2 nm, 10 µm]"),
    (("parameters", "mtj", "--set", "diameter=nan"), "is not a number"),
    (("parameters", "mtj", "--set", "diameter=1e999999999n"), "beyond the largest number"),
    (("characterize", "mtj", "switching", "--quantity", "nope", "--amplitude", "1"), "unknown quantity of mtj 'nope'"),
    (("characterize", "mtj", "switching", "--seed=-1"), "seed must be at least 0"),
    (("characterize", "mtj", "write-error", "--seed=-1"), "seed must be at least 0"),
    (("characterize", "mtj", "noise", "--voltage", "nan"), "'nan' is not a number"),
    (("characterize", "mtj", "noise", "--voltage", "inf"), "voltage = inf is not finite"),
    (("characterize", "vteam", "iv", "--voltage", "0:inf:3"), "is not finite"),
    (("characterize", "vteam", "iv", "--voltage", "-1e308:1e308:3"), "the length of a range = inf is not finite"),
    (("characterize", "vteam", "iv", "--voltage", "0:1:10000000000000"), "of memory, and a request may take"),
    (("characterize", "vteam", "hysteresis", "--points", "100000000000"), "of memory, and a request may take"),
    (("characterize", "vteam", "hysteresis", "--cycles", "1000000000"), "of memory, and a request may take"),
    (("characterize", "vteam", "hysteresis", "--engine=ngspice", "--max-step=1e-30"), "steps of ngspice take too long"),
    (("characterize", "phase-change-memory", "drift", "--devices", "100000000000"), "of memory, and a request may"),
    (("characterize", "mtj", "switching", "--trajectories", "1000000000000"), "too many"),
    (("parameters", "mtj", "--set", "diameter"), "NAME=VALUE"),
    (("parameters", "vteam", "--set", "window=square"), "choice for window"),
    (("export", "mtj", "--format", "spectra"), "did you mean 'spectre'"),
    (("export", "mtj", "-o", "nowhere/mtj.sub"), "cannot write"),
    (("characterize", "mtj", "vi"), "unknown bench"),
    (("characterize", "mtj", "iv", "--engine", "hspice"), "unknown engine"),
    (("characterize", "mtj", "iv", "--states", "up"), "unknown state"),
    (("characterize", "mtj", "iv", "--voltage", "1:2"), "START:STOP:POINTS"),
    (("characterize", "mtj", "iv", "--cycles", "2"), "unknown option of iv '--cycles'"),
    (("characterize", "mtj", "iv", "-o", "iv.xlsx"), "unknown table format"),
    (("characterize", "mtj", "iv", "--plot", "nowhere/iv.png"), "no folder"),
    (("characterize", "mtj", "hysteresis", "--period=-1"), "must be positive"),
    (("characterize", "vteam", "hysteresis", "--quantity", "field_z"), "quantity to sweep"),
    (("characterize", "mtj", "iv", "more"), "'more' is not understood"),
    (("characterize", "mtj", "iv", "--states", "up", "--native", "--engine", "numeric"), "belong to the engine"),
    (("characterize", "mtj", "hysteresis", "--cycles", "1.5"), "--cycles: expected a whole number"),
    (("characterize", "mtj", "hysteresis", "--cycles", "0"), "cycles must be at least 1"),
    (("characterize", "mtj", "hysteresis", "--quantity", "field", "--amplitude", "1e12"), "turn 4e+09 times"),
    (("characterize", "mtj", "hysteresis", "--amplitude", "1e9"), "(--period)"),
    (
        ("characterize", "mtj", "hysteresis", "--quantity", "field", "--amplitude", "1e306"),
        "more than there are numbers",
    ),
    (
        ("characterize", "mtj", "hysteresis", "--period", "1", "--mode", "trajectory"),
        "too long to follow: ask for an amplitude or a period",
    ),
    (("characterize", "mtj", "hysteresis", "--waveform", "sin"), "did you mean 'sine'"),
    (("characterize", "mtj", "hysteresis", "--quantity", "current", "--amplitude", "1V"), "the unit 'A' is expected"),
    (("characterize", "mtj", "hysteresis", "--quantity", "field", "--amplitude", "1V"), "the unit 'A/m' is expected"),
    (("characterize", "mtj", "switching", "--amplitude", "1V"), "the unit 'A' is expected"),
    (("characterize", "vteam", "amplitude"), "vteam offers no Oscillation"),
    (("characterize", "vteam", "velocity", "--values", "1"), "which velocity needs; benches that suit it: "),
    (("export", "vteam", "--format", "xyce", "--long-steps"), "long_steps is for ngspice"),
    (("export", "vteam", "--format", "verilog-a", "--long-steps"), "a Verilog-A module has no long_steps"),
    (("export", "vteam", "--format", "osdi", "--long-steps", "-o", "v.osdi"), "native devices have no long_steps"),
    (("export", "--all", "--format", "spectre", "--long-steps"), "long_steps is for ngspice"),
    (("characterize", "vteam", "noise", "--points", "100"), "--method transient"),
    (("characterize", "mtj", "switching", "--compliance", "1m"), "the states of mtj are noisy"),
    (
        ("characterize", "vteam", "switching", "--quantity", "current", "--amplitude", "1m", "--compliance", "1m"),
        "--quantity voltage --amplitude",
    ),
    (("characterize", "linear-ion-drift", "switching", "--preset", "joglekar2009-p1"), "nothing drives it out of"),
    (("characterize", "phase-change-memory", "drift", "--times", "0,1e300"), "between 1e-15 s and 1e+12 s"),
    (("figure", "nothing.csv", "-o", "x.png"), "no file"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), MISTAKES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_mistake_costs_one_line_and_status_two(arguments, message, tmp_path):
    ended = synaspice(*arguments, cwd=tmp_path)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr and len(ended.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.ngspice
def test_a_failed_run_has_status_one(tmp_path):
    fake, table = tmp_path / "libngspice.so", tmp_path / "iv.csv"
    fake.write_text("not a library")
    command = ["characterize", "mtj", "iv", "--engine", "ngspice", "-o", table]
    ended = synaspice(*command, NGSPICE_LIBRARY_PATH=str(fake))
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert not table.exists()


def test_columns_are_as_wide_as_what_stands_in_them(monkeypatch, capsys):
    rows = [
        ("resistance", "1 kohm", "1 mV"),
        ("a figure with a long name", "4e-11 ohm*m^2", "word " * 12),
        ("x", "-", ""),
    ]
    monkeypatch.setenv("COLUMNS", "80")
    show_rows(rows)
    wide = capsys.readouterr().out.splitlines()
    assert max(map(len, wide)) <= 80 and len(wide) == 4
    assert {line.index(text) for line, text in zip(wide, ("1 mV", "word"), strict=False)} == {wide[0].index("1 mV")}
    assert wide[2].startswith(" " * wide[0].index("1 mV") + "word")
    monkeypatch.setenv("COLUMNS", "60")
    show_rows(rows)
    narrow = capsys.readouterr().out.splitlines()
    assert narrow[:2] == ["    resistance                 1 kohm", "        1 mV"] and max(map(len, narrow)) <= 60
    assert narrow[-1].split() == ["x", "-"]
