"""Every code block of README and documentation runs, page by page, as a reader would run it."""

from __future__ import annotations

import doctest
import fnmatch
import importlib
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shell import synaspice

from synaspice.characterization import hysteresis
from synaspice.circuits.engine.osdi_library import find_osdi_program
from synaspice.devices import MissingDependencyError, Yakopcic

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
#: Folders whose pages are made by the documentation's build, from declarations and measurements.
GENERATED = ("_build", "api", "cells", "devices", "gallery")
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.relative_to(DOCS).parts[0] not in GENERATED),
]
#: A link of Markdown to a file, or to a heading in one.
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)(?:#[^)]*)?\)")
#: Languages of blocks that are not code, or that the documentation's own build runs.
#: Blocks that are not run; "console" is what takes hours, or needs a machine of its own.
NOT_CODE = {"{eval-rst}", "{toctree}", "{include}", "console"}
#: What a test cannot have, and what stands for it: a cluster, its folder, and its numbers.
IN_PLACE_OF = {
    # once more on the page of the cells
    "synaspice simulate axon-hillock -o rate.parquet --plot rate.png": "synaspice simulate axon-hillock --help "
    "-o rate.parquet --plot rate.png",
    "simulate latch-comparator --technology sky130 --corner slow --temperature 85degC  # extra": "simulate "
    "latch-comparator --help --technology sky130 --corner slow --temperature 85degC  # extra",
    "synaspice costs axon-hillock memristor-neuron  ": "synaspice costs --help  ",
    "synaspice sweep inverter --sweep supply_voltage=0.6:1:3": "synaspice sweep inverter --help "
    "--sweep supply_voltage=0.6:1:3",
    # before the rule of all technologies
    "simulate triplet-stdp-synapse --technology sky130 --corner slow": "simulate triplet-stdp-synapse --help "
    "--technology generic",
    "--temperature 260:400:15 --field=-5e4:5e4:11 --plot hot.png": "--temperature 260:400:2 --field=-5e4:5e4:2",
    '--technology sky130 --vary "memristor.resistance_on=normal 5%" --samples 4': "--samples 2 --vary "
    '"memristor.resistance_on=normal 5%"',
    "--temperatures 27degC,85degC": "--temperatures 27degC",
    # a few points of each sweep
    "--sweep temperature=-40degC:125degC:6 --sweep supply_voltage=0.2:1:9 --jobs 2": "--sweep supply_voltage=0.3,1 "
    "--sweep temperature=27degC,125degC --points 11",
    "inverter --corners": "inverter --corners --sweep temperature=27degC --sweep corner=slow,fast --points 11",
    "mismatch=True, samples=4": "mismatch=True, samples=2",
    'reliability([MTJBitCell(), LatchComparator(corner="slow")]': "reliability([MTJBitCell()]",
    "--samples 100 --seed 1 --sampler lhs": "--samples 10 --seed 1 --sampler lhs",
    "points=64, seed=1)": "points=8, seed=1)",
    "--samples 200 --seed 1 --measure": "--samples 4 --seed 1 --points 11 --measure",
    "--sweep technology=generic,sky130 --sweep corner=slow,fast": "--sweep corner=slow,fast",
    # it would serve until it is ended
    "synaspice explore vteam --no-browser": "synaspice explore --help",
    'Client("scheduler:8786")': "Client(processes=False, dashboard_address=None)",
    "/shared/": "",
    # a few points of maps of 41 by 41, and of their angles; tests of the benches have whole ones
    "switching-map --preset ikeda2010 --plot": "switching-map --preset ikeda2010 --current=-100u:100u:3 "
    "--field=-5e4:5e4:3 --plot",
    "--width 1n:10n:19 --current 0:200u:21": "--width 1n:10n:3 --current 0:200u:5",
    "--preset lee2013-like --width 2n --plot": "--preset lee2013-like --width 2n --field=-5e4:5e4:3 --plot",
    "write-error-map --preset ikeda2010 --plot": "write-error-map --preset ikeda2010 --current 50u:90u:3 --plot",
    # the figure over one temperature has more in it
    "--quantity field_x --temperature 300,400": "--quantity field_x --temperature 300",
    # once more on its page
    "synaspice simulate p-bit --device mtj:ikeda2010 --set junction.diameter=30n  #": "synaspice simulate --help  #",
    "simulate p-bit --device mtj:ikeda2010 --set junction.diameter=30n": "simulate p-bit --device mtj:ikeda2010 "
    "--set junction.diameter=30n --inputs 0.3,0.5,0.7 --duration 10n",
    "synaspice costs axon-hillock memristor-neuron stdp-synapse": "synaspice costs axon-hillock",
    "costs([AxonHillock(), SenseAmplifier()])": "costs([SenseAmplifier()])",
    "temperatures=[233.15, 300.15, 398.15]": "temperatures=[300.15]",
    # SkyWater's transistors take half a minute; tests of the cells run them
    'memristor=memory, technology="sky130-5v", access_width=12, supply_voltage=1.8, word_voltage=5.0': "",
    '"access_width": [1, 2, 4, 8], "supply_voltage": [0.8, 0.9, 1.0, 1.1]': '"access_width": [1, 2]',
    "trajectories=1_000_000": "trajectories=20, width=5e-9",
    "trajectories=10_000": "trajectories=200, width=5e-9",
    "trajectories=100_000": "trajectories=2_000",
    "--trajectories 10000": "--trajectories 200 --width 5n",
    # in this process: tests of resuming have two
    "--seed 1 --checkpoint pulses --jobs 2": "--seed 1 --checkpoint pulses --trajectories 200 --width 5n",
    "--seed 1 --checkpoint points --jobs 2": "--seed 1 --checkpoint points --jobs 1",
    "--methods fokker-planck": "--methods fokker-planck --overdrive 2,3 --width 5n",
    "trials=2000": "trials=200",
    # a part of it: the whole stands in tests of its own
    "overdrive=[1.5, 2.0, 3.0], seed=1)": "overdrive=[3.0], width=3e-9, walkers=16, trajectories=100, seed=1)",
    "--overdrive 2,3 --width 1n,2n,5n,10n": "--help --overdrive 3 --width 5n",
    '[5e-9, 10e-9], "m_z"': '[5e-9], "m_z"',
    "splitting(event)": "splitting(event, walkers=16)",
    "wall_retention(strip)": "wall_retention(strip, trajectories=100)",
    "reads=1e6)": "reads=1e6, trajectories=100)",
    "module(Pulse(0.0, -0.8, width=2e-9), 2e-9)": "module(Pulse(0.0, -0.8, width=2e-10), 2e-10)",
    # its models take two seconds to read in every run; tests of the cells run it in both technologies
    'SpinNeuron(technology="sky130")': "SpinNeuron()",
    "--technology sky130 --corner slow": "--technology generic --corner slow",
    '[*network.letters.values(), *neighbours(network.letters["S"])]': '[network.letters["S"]]',
    # half a minute of SkyWater's transistors: the same cell in the generic ones
    "--technology sky130-5v --set access_width=12 --set supply_voltage=1.8 --set word_voltage=5 --symbol": "--symbol",
    # its own page has it with few pairs; the bench has tests
    "synaspice simulate triplet-stdp-synapse -o triplets.parquet": "synaspice simulate triplet-stdp-synapse "
    "--frequencies 800k --times 500n -o triplets.parquet",
    # the test of exports writes all twice
    "synaspice export --all -o models.lib": "synaspice export vteam -o models.lib",
    # help alone, after which the options are still read; tests of the benches have smaller ones
    "back-switching --preset ikeda2010 --seed 1 -o": "back-switching --help --preset ikeda2010 --seed 1 -o",
    "pulse-shape --preset ikeda2010 --overdrive 2 --plot": "pulse-shape --help --preset ikeda2010 --overdrive 2 --plot",
    "coercivity --preset kim2015-inplane": "coercivity --help --preset kim2015-inplane",
    "telegraph --preset borders2019-like --seed 1": "telegraph --help --preset borders2019-like --seed 1",
    "auto-oscillator mutual-locking --plot": "auto-oscillator mutual-locking --help --plot",
    # a gradient takes ten seconds to compile; tests of it have a smaller device
    'jax.grad(lambda p: f.simulate(p, -0.8, 2e-9, steps=500, points=6)["m_z"][-1])(f.parameters)': "",
    # ten seconds each; tests of reports and of systems have them
    "synaspice report linear-ion-drift -o report.html": "synaspice report --help",
    "synaspice figure waveforms --quick --device auto-oscillator -o systems": "synaspice figure waveforms --help",
    # a minute or two each; they have tests of their own
    "synaspice figure all --quick -o systems": "synaspice figure all --help",
    "synaspice figure waveforms --device auto-oscillator -o systems": "synaspice figure waveforms --help",
    "synaspice figure waveforms --seed 0 -o systems": "synaspice figure waveforms --help",
    "synaspice figure oscillator --seed 0 -o systems": "synaspice figure oscillator --help",
    "synaspice figure hybrid --seed 0 -o systems": "synaspice figure hybrid --help",
    "synaspice figure hybrid --device domain-wall-injector --preset sharad2012-like --set contact_polarization=0.3 "
    "-o systems": "synaspice figure hybrid --help",
    "synaspice figure energy --seed 0 -o systems": "synaspice figure energy --help",
    "synaspice figure energy --device vteam --preset talati2016 -o systems": "synaspice figure energy --help",
    "synaspice figure scale --seed 0 -o systems": "synaspice figure scale --help",
    "synaspice figure p-bits --seed 0 -o systems": "synaspice figure p-bits --help",
    "synaspice figure digits --seed 0 -o systems": "synaspice figure digits --help",
    "synaspice figure vowels --seed 0 -o systems": "synaspice figure vowels --help",
    "synaspice figure quantisation --seed 0 --data DATA -o systems": "synaspice figure quantisation --help",
    "synaspice figure in-the-loop --seed 0 --data DATA -o systems": "synaspice figure in-the-loop --help",
}
#: Libraries that belong to none of the tests' extras, or to one that is not always there.
OPTIONAL = ("torch", "jax", "brian2", "reservoirpy", "aihwkit", "simulator")
#: Methods and functions that import them.
IMPORTING = {"to_torch": "torch", "to_jax": "jax", "to_brian2": "brian2", "to_reservoirpy": "reservoirpy"}
IMPORTING |= {"aihwkit_noise_model": "aihwkit", "crosssim_device": "simulator", "convert_to_noisy": "torch"}
#: Pages that a native ngspice runs in seconds or minutes, and another not at all.
NATIVE = {"native.md", "spin-neuron.md"}
#: Pages that take a second or two.
FAST = {"spin-transport.md"}


@dataclass(frozen=True)
class Block:
    """A code block: its page, line, language and text."""

    page: Path
    line: int
    language: str
    text: str

    def needs(self) -> list[str]:
        """Optional libraries that the block uses and that are not installed."""
        used = {name for name in OPTIONAL if re.search(rf"^(?:import|from) {name}\b", self.text, re.M)}
        used |= {library for name, library in IMPORTING.items() if f"{name}(" in self.text}
        return sorted(name for name in used if importlib.util.find_spec(name) is None)


def blocks(page: Path) -> list[Block]:
    found, opened, start = [], None, 0
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if opened is None:
            opened, start = line.strip("`").strip().split(" ")[0], number
        else:
            found.append(Block(page, start, opened, "\n".join(lines[start : number - 1]) + "\n"))
            opened = None
    assert opened is None, f"{page}: a block is not closed"
    return found


def substituted(text: str) -> str:
    for there, here in IN_PLACE_OF.items():
        text = text.replace(there, here)
    return text


def run_python(block: Block, scope: dict) -> None:
    source = "\n" * block.line + substituted(block.text)
    exec(compile(source, str(block.page), "exec"), scope)


def run_shell(block: Block, folder: Path) -> None:
    for line in substituted(block.text).splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "make":
            assert re.search(rf"^{re.escape(words[1])}:", (ROOT / "Makefile").read_text(), re.M), line
            continue
        assert words[0] == "synaspice", f"{block.page}:{block.line}: {words[0]} is not known to this test"
        # In this process: a program of its own would import everything again, two seconds for each line.
        ended = synaspice(*words[1:], cwd=folder)
        assert ended.returncode == 0, f"{line}\n{ended.stderr}"


def run_netlist(block: Block, folder: Path) -> None:
    program = find_osdi_program() if "pre_osdi" in block.text else "ngspice"
    (folder / "block.cir").write_text(block.text)
    ended = subprocess.run([program, "-b", "block.cir"], cwd=folder, capture_output=True, text=True, timeout=300)
    told = ended.stdout + ended.stderr
    done = ended.returncode == 0 or ".control" in block.text  # which in batch mode is status 1: nothing is printed
    assert done and "No. of Data Rows" in told and "rror" not in told, told


def parameters():
    for page in PAGES:
        if not any(block.language not in NOT_CODE for block in blocks(page)):
            continue
        marks = [] if page.name in FAST else [pytest.mark.slow]
        marks += [pytest.mark.vacask] if page.name == "vacask.md" else []
        marks += [pytest.mark.ngspice, *([pytest.mark.native] if page.name in NATIVE else [])]
        yield pytest.param(page, id=page.relative_to(ROOT).as_posix(), marks=marks)


def measured_files(folder: Path) -> None:
    """Stand-ins for the files of measurements that the page on fits reads."""
    loop = hysteresis(Yakopcic(initial_state=0.01), points=101)
    columns = {"t [s]": loop["time"], "V1 [mV]": 1e3 * loop["voltage"], "I": 1e6 * loop["current"]}
    pd.DataFrame(columns).to_csv(folder / "loop.csv", index=False)
    cells = 4e4 * np.exp(0.3 * np.random.default_rng(1).standard_normal(100))
    np.savetxt(folder / "skywater-reram-retention-60-80k.csv", cells)


@pytest.mark.parametrize("page", list(parameters()))
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "jax" in sys.modules:  # as it is for a reader who has just started
        sys.modules["jax"].config.update("jax_enable_x64", False)
    if page.name == "fitting.md":
        measured_files(tmp_path)
    scope: dict = {"__name__": f"page_{page.stem.replace('-', '_')}"}
    for block in blocks(page):
        if block.language == "python":
            if not block.needs():
                run_python(block, scope)
        elif block.language == "sh":
            run_shell(block, tmp_path)
        elif block.language == "spice":
            if shutil.which("ngspice"):
                run_netlist(block, tmp_path)
        else:
            assert block.language in NOT_CODE, f"{page}:{block.line}: of which language is this block?"


#: Modules whose docstrings have examples.
WITH_EXAMPLES = sorted(
    ".".join(("synaspice", *file.relative_to(ROOT).with_suffix("").parts))
    for part in ("devices", "circuits", "characterization", "figures")
    for file in (ROOT / part).rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings_run(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.attempted and not found.failed


def test_a_page_with_a_mistake_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text\n\n```python\nx = 1\n```\n```sh\nsynaspice nothing\n```\n```spice\n* none\n.end\n```\n")
    python, shell, spice = blocks(page)
    scope: dict = {}
    run_python(python, scope)
    assert scope["x"] == 1 and python.line == 3
    with pytest.raises(AssertionError, match="synaspice nothing"):
        run_shell(shell, tmp_path)
    if shutil.which("ngspice"):
        with pytest.raises(AssertionError):
            run_netlist(spice, tmp_path)


def test_what_stands_in_place_of_something_still_has_something_to_replace():
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [text for text in IN_PLACE_OF if text not in everything] == []


def test_native_netlists_are_told_from_others(monkeypatch, tmp_path):
    def missing():
        raise MissingDependencyError("none here")

    monkeypatch.setattr(sys.modules[__name__], "find_osdi_program", missing)
    with pytest.raises(MissingDependencyError):
        run_netlist(Block(tmp_path, 1, "spice", "pre_osdi x.osdi\n"), tmp_path)


@pytest.mark.slow
def test_the_reference_has_every_module(tmp_path, monkeypatch):
    """The pages that autosummary makes of docs/reference.rst are those of all modules that have something public."""
    generate = pytest.importorskip("sphinx.ext.autosummary.generate")
    written = generate.generate_autosummary_content

    def content(name, there, *further, **settings):
        # What a module's own page lists takes minutes to gather: a package's page lists its modules.
        return written(name, there, *further, **settings) if hasattr(there, "__path__") else f"{name}\n"

    monkeypatch.setattr(generate, "generate_autosummary_content", content)
    templates = ["-t", str(ROOT / "docs" / "_templates")]
    with warnings.catch_warnings():  # of frameworks that are imported
        warnings.simplefilter("ignore")
        generate.main([*templates, "-o", str(tmp_path), str(ROOT / "docs" / "reference.rst")])
    described = {file.stem for file in tmp_path.glob("synaspice.*.rst")}
    there = set()
    for part in ("devices", "circuits", "characterization", "figures"):
        for file in (ROOT / part).rglob("*.py"):
            name = ".".join(("synaspice", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
            if missing_framework(file) is None:
                there.add(name)
    assert len(there) > 200
    assert there <= described, sorted(there - described)


def missing_framework(file: Path) -> str | None:
    """A framework that a module imports at its top and that is not installed: the documentation's build stands in."""
    for name in OPTIONAL:
        if re.search(rf"^(?:import|from) {name}\b", file.read_text(encoding="utf-8"), re.M):
            return name if importlib.util.find_spec(name) is None else None
    return None


def made_by_the_build() -> list[str]:
    """Patterns of the files that the documentation's build writes: those of docs/ that are not kept."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line.removesuffix("/") for line in lines if line.startswith("docs/")]


def broken_links(page: Path) -> list[str]:
    """Links of a page to files that there are not, and that no build makes."""
    broken = []
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in LINK.findall(text):
        there = (page.parent / link).resolve()
        names = [path.relative_to(ROOT).as_posix() for path in (there, *there.parents) if path.is_relative_to(ROOT)]
        made = any(fnmatch.fnmatch(name, pattern) for name in names for pattern in made_by_the_build())
        if not made and not there.exists():
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page):
    assert broken_links(page) == []


def test_a_broken_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / ".gitignore").write_text("docs/devices/\ndocs/licences.md\n")
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "page.md"
    page.write_text(
        "[a](page.md#head) [b](none.md#x) [c](licences.md) [d](devices/mtj.md) [e](https://x.org/y) [f](#g)"
    )
    assert broken_links(page) == ["none.md"]


def test_every_page_is_in_a_list_of_pages():
    """A page that no table of contents names is found by nobody."""
    listed = set()
    for page in DOCS.rglob("*.md"):
        for block in blocks(page) if page.relative_to(DOCS).parts[0] not in GENERATED else []:
            if block.language == "{toctree}":
                names = [line.strip() for line in block.text.splitlines() if line.strip() and line[0] != ":"]
                listed |= {(page.parent / f"{name}.md").resolve() for name in names}
    parts = {DOCS / "accuracy" / name for name in ("cells-table.md", "reliability-table.md")}
    lost = {page for page in PAGES[1:] if not page.name.startswith("checks-")} - listed - parts - {DOCS / "index.md"}
    assert lost == set()


def test_pages_leave_the_index_to_the_reference():
    """What a page shows of the reference is not indexed a second time: the documentation would not build."""
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        shown = [number for number, line in enumerate(lines) if re.match(r"\.\. auto(module|class|function)::", line)]
        assert [lines[number] for number in shown if ":no-index:" not in lines[number + 1]] == [], page.name
