"""Native devices in ngspice: every analysis against the subcircuit and the numeric engine, many instances, mistakes."""

from __future__ import annotations

import math
import shutil
import subprocess

import numpy as np
import pytest

from synaspice.characterization import hysteresis, iv, noise
from synaspice.circuits.engine import osdi_library
from synaspice.circuits.engine.native import native_device, why_not_native
from synaspice.circuits.engine.ngspice import (
    ACSweep,
    DCSweep,
    NgspiceError,
    Noise,
    OperatingPoint,
    Transient,
    find_library,
    run,
)
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, MissingDependencyError, ParameterError, Pulse
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.simulation.operating_points.noise import noise_spectrum

TIGHT = {"reltol": 1e-9, "abstol": 1e-18, "vntol": 1e-12}
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
MEMRISTOR = VTEAM.preset("talati2016", initial_state=0.3)
DEVICES = [JUNCTION, MEMRISTOR]

native = pytest.mark.native
ngspice = pytest.mark.ngspice


def both(device, lines, analysis, **arguments):
    """The same circuit with the native device and with the subcircuit; its second and further nodes are the pins'."""
    own, subcircuit = native_device(device, name="card"), device.subcircuit()
    pins = ["a", "0", *own.pins[2:]]
    decks = [f"* native\n{own}\n{lines}\n{own.instance('1', pins)}\n"]
    decks.append(f"* subcircuit\n{subcircuit}\n{lines}\nX1 {' '.join(pins)} {subcircuit.name}\n")
    return run(decks[0], analysis, osdi=[own.file], **arguments), run(decks[1], analysis, **arguments)


@native
@pytest.mark.parametrize("device", DEVICES)
def test_operating_point_and_sweep_read_the_initial_state(device):
    one, other = both(device, "V1 a 0 0.1", OperatingPoint(), options=TIGHT)
    for name in ("i(v1)", *(f"v({x})" for x in device.state_declarations())):
        assert one[name].item() == pytest.approx(other[name].item(), rel=1e-9, abs=1e-15)
    one, other = both(device, "V1 a 0 0", DCSweep("v1", -0.5, 0.5, 0.05), options=TIGHT)
    np.testing.assert_allclose(one["i(v1)"], other["i(v1)"], rtol=1e-9, atol=1e-15)
    exact = device.static(voltage=one["sweep"].to_numpy())["current"]
    np.testing.assert_allclose(-one["i(v1)"], exact, rtol=1e-9, atol=1e-15)


@native
@pytest.mark.parametrize(
    ("device", "drive", "duration", "step"),
    [
        (JUNCTION, Pulse(0, -1.2, 0.2e-9, 5e-11, 5e-11, 8e-9), 3e-9, 2.5e-13),
        (MEMRISTOR, Pulse(0, 1.0, 1e-10, 1e-11, 1e-11, 5e-10), 1e-9, 2.5e-13),
    ],
)
@pytest.mark.parametrize("uic", [False, True])
def test_transients_are_those_of_the_subcircuit_and_of_the_numeric_engine(device, drive, duration, step, uic):
    """Trapezoidal steps of a hundredth of a precession and less: see the documentation of netlists for their error.

    Newton's last correction is missing in the charge that ngspice keeps: its tolerance is what errors add up from.
    """
    analysis = Transient(step, duration, step, use_initial_conditions=uic)
    one, other = both(device, f"V1 a 0 {drive.spice(duration)}", analysis, options=TIGHT)
    times = np.linspace(0, duration, 301)
    exact = device.simulate(drive, duration, times=times)
    moved = 0.0
    for x, state in device.state_declarations().items():
        traces = [np.interp(times, table["time"], table[f"v({x})"]) for table in (one, other)]
        np.testing.assert_allclose(traces[0], traces[1], atol=5e-4)
        np.testing.assert_allclose(traces[0], exact[x] / state.scale, atol=5e-4)
        moved = max(moved, np.ptp(traces[0]))
    assert moved > 0.1


@native
@pytest.mark.parametrize("across", [0.0, 0.1])
@pytest.mark.parametrize(("step", "tolerance"), [(1e-12, 2e-5), (16e-12, 1e-3), (256e-12, 5e-3)])
def test_a_reversal_takes_its_time_at_any_step(across, step, tolerance):
    """Trapezoids of 1 ps were off by 9 % in a field across the axis: Newton's method left errors in the charges."""
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.05)
    device = device.replace(field_x=across * device.anisotropy_field)
    own, duration = native_device(device), 9e-9
    deck = f"* reversal\n{own}\nV1 a 0 -1.5\n{own.instance('1', 'a 0 x y z')}\n"
    table = run(deck, Transient(step, duration, step), osdi=[own.file])
    exact = device.simulate(-1.5, duration, points=20001, rtol=1e-10, atol=1e-10)
    times = []
    for time, trace in ((table["time"], table["v(z)"]), (exact["time"], exact["m_z"])):
        first = int(np.argmax(trace.to_numpy() < 0))
        times.append(np.interp(0.0, trace[first - 1 : first + 1][::-1], time[first - 1 : first + 1][::-1]))
    assert times[0] == pytest.approx(times[1], rel=tolerance)
    assert np.diff(table["time"]).max() > 0.9 * min(step, 3e-11)


@native
def test_an_oscillators_current_is_resolved_whatever_the_step():
    device = MTJ.preset("taniguchi2013-like")
    current = device.protocol(Oscillation).currents[6]
    own = native_device(device)
    found = []
    for step in (1e-12, 1e-10):
        deck = f"* oscillator\n{own}\nI1 0 a {current!r}\n{own.instance('1', 'a 0')}\n"
        table = run(deck, Transient(step, 1.2e-7, step), osdi=[own.file])
        late = table[table["time"] > 1.18e-7]
        even = np.linspace(late["time"].iloc[0], late["time"].iloc[-1], 20001)
        wave = np.interp(even, late["time"], late["v(a)"])
        up = even[1:][np.diff(np.sign(wave - wave.mean())) > 0]
        found.append((np.ptp(wave), (len(up) - 1) / (up[-1] - up[0])))
    assert found[1] == pytest.approx(found[0], rel=1e-2)


@native
@pytest.mark.parametrize(
    "device", [MTJ(field_x=1e5, vcma_coefficient=5e-13, initial_polar_angle=0.3), LinearIonDrift()]
)
def test_small_signals_see_the_dynamics_of_the_held_state(device):
    one, other = both(device, "V1 a 0 dc 0.2 ac 1", ACSweep(1e-2, 1e12, points=5), options=TIGHT)
    np.testing.assert_allclose(one["i(v1)"], other["i(v1)"], rtol=1e-6)
    frozen = device.static(voltage=0.2)["dcurrent/dvoltage"]
    assert np.max(np.abs(-one["i(v1)"] / frozen - 1)) > 1e-3


@native
@pytest.mark.parametrize("parallel", [1, 3])
def test_noise_of_currents_and_states_is_that_of_the_numeric_engine(parallel):
    # at rest in a transverse field: the numeric target's spectrum knows no force back to the sphere
    device = MTJ(field_x=1e5, damping=0.1, vcma_coefficient=5e-13, initial_polar_angle=0.3, hooge_parallel=1e-21)
    rest = device.simulate(0.1, 1e-7, points=2).iloc[-1]
    angles = math.acos(rest["m_z"]), math.atan2(rest["m_y"], rest["m_x"])
    device = device.replace(initial_polar_angle=angles[0], initial_azimuth=angles[1])
    own = native_device(device, noise=True)
    deck = f"* noise\n{own}\nV1 a 0 dc 0.1 ac 1\nV2 a b 0\nH1 read 0 V2 1\n.temp 26.85\n"
    deck += own.instance("1", "b 0", m=parallel)
    table = run(deck, Noise(1e3, 1e11, 4, output="v(read)", source="V1"), options=TIGHT, osdi=[own.file])
    parts = noise_spectrum(device, table["frequency"].to_numpy(), {"voltage": 0.1}, 300.0)
    assert all(np.any(parts[name] > 0) for name in ("white", "flicker", "states"))
    # so many devices in parallel are so many times as noisy
    np.testing.assert_allclose(table["onoise_spectrum"] ** 2, parallel * sum(parts.values()), rtol=1e-6)


@native
def test_two_models_and_parameters_of_instances():
    junction, memristor = native_device(JUNCTION), native_device(MEMRISTOR)
    other = native_device(JUNCTION.replace(tmr=0.5), name="weak")
    lines = ["* two models, three cards", junction, memristor, other, "V1 a 0 0.1"]
    places = [
        (junction, {}),
        (other, {}),
        (junction, {"initial_polar_angle": 1.0}),
        (memristor, {"initial_state": 0.7}),
    ]
    places += [(junction, {"m": 4})]
    for k, (one, values) in enumerate(places):
        lines += [f"V2{k} a b{k} 0", one.instance(str(k), f"b{k} 0", **values)]
    table = run("\n".join(map(str, lines)), OperatingPoint(), options=TIGHT, osdi=[junction.file, memristor.file])
    exact = [JUNCTION, JUNCTION.replace(tmr=0.5), JUNCTION.replace(initial_polar_angle=1.0)]
    exact = [
        float(one.static(voltage=0.1)["current"]) for one in [*exact, MEMRISTOR.replace(initial_state=0.7), JUNCTION]
    ]
    exact[-1] = 4 * exact[-1]
    assert [table[f"i(v2{k})"].item() for k in range(5)] == pytest.approx(exact, rel=1e-9)


@native
def test_a_thousand_instances_with_parameters_of_their_own():
    """Their states after a transient against the numeric engine, a sample of them."""
    duration, count = 1e-10, 1000
    drive = Pulse(0, 1.0, 1e-11, 1e-11, 1e-11, 1e-9)
    starts = np.linspace(0.05, 0.6, count)
    own = native_device(MEMRISTOR)
    lines = [f"* many\n{own}\nV1 a 0 {drive.spice(duration)}"]
    lines += [own.instance(str(k), f"a 0 x{k}", initial_state=start) for k, start in enumerate(starts.tolist())]
    table = run("\n".join(lines), Transient(1e-12, duration, 1e-12), osdi=[own.file])
    ends = np.array([table[f"v(x{k})"].iloc[-1] for k in range(count)])
    assert np.all(np.diff(ends) > 0)
    for k in range(0, count, 111):
        one = MEMRISTOR.replace(initial_state=starts[k]).simulate(drive, duration, points=2)["x"].iloc[-1]
        assert ends[k] == pytest.approx(one / MEMRISTOR.state_declarations()["x"].scale, abs=1e-3)
    assert np.max(ends - starts) > 0.05


@native
def test_operating_point_variables():
    own = native_device(JUNCTION)
    deck = f"* variables\n{own}\nV1 a 0 0.1\n{own.instance('1', 'a 0', diameter=50e-9)}"
    names = ["resistance", "current", "area", "diameter", "damping"]
    table = run(deck, OperatingPoint(), options=TIGHT, osdi=[own.file], save=["all", *(f"@n1[{n}]" for n in names)])
    device = JUNCTION.replace(**{name: JUNCTION.values[name] for name in JUNCTION.values} | {"diameter": 50e-9})
    static = device.static(voltage=0.1)
    exact = [float(static["resistance"]), float(static["current"]), device.area, 50e-9, device.damping]
    assert [table[f"@n1[{n}]"].item() for n in names] == pytest.approx(exact, rel=1e-9)


@native
@pytest.mark.parametrize(
    ("values", "card", "complaint"),
    [
        ("diametre=40n", "", "unknown parameter .diametre."),
        ("", "diametre=40n", "unrecognized parameter .diametre."),
        ("diameter=5", "", "diameter = 5 m is outside its bounds .* .diameter"),
        ("", "damping=-1", "damping = -1 1 is outside its bounds"),
    ],
)
def test_mistakes_are_refused_with_ngspices_words(values, card, complaint):
    own = native_device(JUNCTION)
    model = f".model {own.name} {own.kind} {card}"
    # the mistake in the first of two instances: the second is set up all the same
    deck = f"* mistake\n{model}\nV1 a 0 0.1\n{own.instance('1', 'a 0')} {values}\n{own.instance('2', 'a 0')}\n"
    with pytest.raises(NgspiceError, match=complaint):
        run(deck, OperatingPoint(), osdi=[own.file])


@native
def test_benches_take_native_devices_by_themselves_and_say_so():
    device = VTEAM.preset("talati2016")
    tables = [hysteresis(device, engine="ngspice", points=201, native=choice) for choice in (None, False)]
    assert [table.attrs["native"] for table in tables] == [True, False]
    assert list(tables[0].columns) == list(tables[1].columns)
    for name in tables[0].columns:
        scale = np.max(np.abs(tables[1][name])) or 1.0
        np.testing.assert_allclose(tables[0][name], tables[1][name], atol=1e-2 * scale)
    assert "native" not in iv(device).attrs
    spectra = [noise(JUNCTION, engine="ngspice", frequency=np.logspace(6, 10, 9), native=n) for n in (True, False)]
    np.testing.assert_allclose(spectra[0]["current_noise"], spectra[1]["current_noise"], rtol=1e-6)


@native
def test_an_exported_device_runs_in_the_stand_alone_program(tmp_path):
    try:
        program = osdi_library.find_osdi_program()
    except MissingDependencyError as error:
        pytest.skip(str(error))
    MEMRISTOR.compile_osdi(tmp_path / "mem.osdi")
    deck = "* stand-alone\n.control\npre_osdi mem.osdi\nop\nprint i(v1)\nquit\n.endc\n"
    (tmp_path / "test.cir").write_text(f"{deck}V1 a 0 0.1\nN1 a 0 card initial_state=0.6\n.model card vteam\n.end\n")
    ended = subprocess.run([program, "-b", "test.cir"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    exact = -MEMRISTOR.replace(initial_state=0.6).static(voltage=0.1)["current"]
    found = [float(line.split("=")[1]) for line in ended.stdout.splitlines() if line.startswith("i(v1) =")]
    assert found == pytest.approx([exact], rel=1e-5), ended.stderr


def without_compiler(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_a_missing_compiler_is_named(monkeypatch, tmp_path):
    without_compiler(monkeypatch)
    with pytest.raises(MissingDependencyError, match="no C compiler was found .* apt-get install gcc"):
        VTEAM().compile_osdi(tmp_path / "mem.osdi")
    assert not list(tmp_path.iterdir())


@ngspice
def test_an_ngspice_without_osdi_is_told_apart(monkeypatch, tmp_path):
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    plain = find_library()
    if osdi_library.has_osdi(plain):
        pytest.skip("this system's ngspice loads native devices")
    monkeypatch.setenv("SYNASPICE_NGSPICE_OSDI", str(tmp_path / "nothing"))
    device = VTEAM.preset("talati2016")
    assert "built without OSDI" in why_not_native() and "make ngspice-osdi" in why_not_native()
    with pytest.raises(MissingDependencyError, match="make ngspice-osdi"):
        iv(device, engine="ngspice", native=True)
    assert iv(device, [0.1], engine="ngspice").attrs["native"] is False
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", plain)
    with pytest.raises(MissingDependencyError, match="which NGSPICE_LIBRARY_PATH names, was built without OSDI"):
        iv(device, engine="ngspice", native=True)


def test_native_devices_belong_to_ngspice():
    with pytest.raises(ParameterError, match="belong to the engines 'ngspice' and 'vacask'"):
        iv(MTJ(), native=True)


def test_an_installed_ngspice_that_loads_native_devices_comes_before_the_one_that_was_built(monkeypatch, tmp_path):
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    monkeypatch.setenv("SYNASPICE_NGSPICE_OSDI", str(tmp_path))
    built = tmp_path / "lib" / "libngspice.so"
    built.parent.mkdir()
    built.touch()
    able = {str(built)}
    monkeypatch.setattr(osdi_library, "installed_libraries", lambda: ["/one/libngspice.so", "/two/libngspice.so"])
    monkeypatch.setattr(osdi_library, "has_osdi", able.__contains__)
    assert osdi_library.find_osdi_library() == str(built)
    able.add("/two/libngspice.so")
    assert osdi_library.find_osdi_library() == "/two/libngspice.so"
    able.clear()
    with pytest.raises(MissingDependencyError, match="one/libngspice.so or /two/libngspice.so was built without OSDI"):
        osdi_library.find_osdi_library()


@ngspice
def test_program_and_library_of_one_system_agree_about_osdi(monkeypatch):
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    program = shutil.which("ngspice")
    assert osdi_library._program_has_osdi(program) == osdi_library.has_osdi(find_library())
