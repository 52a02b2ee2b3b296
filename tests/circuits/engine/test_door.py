"""The door to ngspice: analyses with known answers, and decks that make ngspice fail, hang or end."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.circuits.engine import library, ngspice
from synaspice.circuits.engine.ngspice import ACSweep, DCSweep, NgspiceError, Noise, OperatingPoint, Transient, run
from synaspice.devices import MTJ, LinearIonDrift, MissingDependencyError, ParameterError
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector

GOOD = "* divider\nV1 in 0 2\nR1 in out 1k\nR2 out 0 3k\n"
LOW_PASS = "* low-pass\nV1 in 0 dc 0 ac 1 PULSE(0 1 0 1p 1p 1 2)\nR1 in out 1k\nC1 out 0 1n\n"

pytestmark = pytest.mark.ngspice


def test_operating_point_of_a_divider():
    table = run(GOOD, OperatingPoint())
    assert table["v(out)"].item() == pytest.approx(1.5)
    assert table["i(v1)"].item() == pytest.approx(-0.5e-3)


@pytest.mark.parametrize(("start", "stop", "step"), [(-1.0, 1.0, 0.5), (1.0, -1.0, -0.5)])
def test_dc_sweep_runs_both_ways(start, stop, step):
    table = run(GOOD, DCSweep("V1", start, stop, step))
    np.testing.assert_allclose(table["sweep"], np.arange(start, stop + step / 2, step), atol=1e-12)
    np.testing.assert_allclose(table["v(out)"], 0.75 * table["sweep"], atol=1e-12)


def test_transient_of_a_low_pass_charges_exponentially():
    table = run(LOW_PASS, Transient(1e-8, 5e-6, max_step=1e-8))
    # trapezoidal steps of a hundredth of the time constant
    np.testing.assert_allclose(table["v(out)"], 1 - np.exp(-table["time"] / 1e-6), atol=1e-4)


def test_ac_and_noise_of_a_low_pass():
    ac = run(LOW_PASS, ACSweep(1e3, 1e7))
    np.testing.assert_allclose(ac["v(out)"], 1 / (1 + 2j * math.pi * ac["frequency"] * 1e-6), rtol=1e-6)
    noise = run(LOW_PASS, Noise(1.0, 1e3, output="v(out)", source="V1"))
    johnson = math.sqrt(4 * codata.k * 300.15 * 1e3)  # ngspice's default temperature is 27 degrees Celsius
    assert noise["onoise_spectrum"].iloc[0] == pytest.approx(johnson, rel=1e-4)
    assert noise.attrs["totals"]["onoise_total"] > 0


BAD = {
    "unknown subcircuit": ("* t\nV1 a 0 1\n\nX1 a 0 nosuch\n", "unknown subckt", "4: X1 a 0 nosuch"),
    "syntax": ("* t\nV1 a 0 1\nB1 b 0 V=foo(V(a)\n", "syntax error", "3: B1 b 0 V=foo(V(a)"),
    "unknown model": ("* t\nV1 a 0 1\nD1 a 0 nomodel\n", "modelname", "3: D1 a 0 nomodel"),
    "contradiction": ("* t\nV1 a 0 1\nV2 a 0 2\n", "aborted", None),
    "exit": ("* t\nV1 a 0 1\nR1 a 0 1k\n.control\nquit 1\n.endc\n", "ended its process", None),
    "hang": ("* t\nV1 a 0 1\nR1 a 0 1k\n.control\nwhile 1\nlet k=1\nend\n.endc\n", "did not finish", None),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_deck_costs_an_exception_and_python_goes_on(kind):
    deck, text, line = BAD[kind]
    # what ends by itself has the default's time: a busy machine may take long over it
    limit = {"time_limit": 3.0} if kind == "hang" else {}
    with pytest.raises(NgspiceError, match=text) as caught:
        run(deck, OperatingPoint(), control=".control" in deck, **limit)
    assert caught.value.netlist_line == line
    assert run(GOOD, OperatingPoint())["v(out)"].item() == pytest.approx(1.5)


def test_a_missing_library_says_what_to_install(monkeypatch):
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "/nowhere/libngspice.so")
    with pytest.raises(MissingDependencyError, match="apt-get install libngspice0"):
        ngspice.find_library()
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH")
    monkeypatch.setattr(library, "_PLACES", ())
    monkeypatch.setattr(library.ctypes.util, "find_library", lambda name: None)
    with pytest.raises(MissingDependencyError, match="brew install libngspice"):
        ngspice.find_library()


def test_a_file_that_is_no_library_is_a_clean_error(monkeypatch, tmp_path):
    fake = tmp_path / "libngspice.so"
    fake.write_text("not a library")
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", str(fake))
    with pytest.raises(NgspiceError, match="ended with status 1"):
        run(GOOD, OperatingPoint())


@pytest.mark.parametrize(
    "make",
    [
        lambda: DCSweep("v1", 0, 1, -0.1),
        lambda: Transient(0.0, 1.0),
        lambda: Transient(1e-9, math.nan),
        lambda: Transient(1e-9, 1e12, max_step=1e-9),
        lambda: DCSweep("v1", 0, 1e300, 1e-9),
        lambda: ACSweep(0.0, 1.0),
        lambda: ACSweep(1.0, 2.0, variation="cubic"),
        lambda: Noise(1.0, 2.0),
    ],
)
def test_an_analysis_that_makes_no_sense_is_refused(make):
    with pytest.raises(ParameterError):
        make()


BIAS = 0.2


def tilted_junction():
    """A junction at rest in a transverse field, so that a voltage moves its magnetisation on the sphere."""
    junction = MTJ(field_x=1e5, damping=0.1, vcma_coefficient=5e-13, initial_polar_angle=0.3)
    rest = junction.simulate(BIAS, 1e-7, points=2).iloc[-1]
    angles = {"initial_polar_angle": math.acos(rest["m_z"]), "initial_azimuth": math.atan2(rest["m_y"], rest["m_x"])}
    return junction.replace(**angles)


@pytest.mark.parametrize(
    ("make", "lowest"),
    [(lambda: LinearIonDrift(initial_state=0.4, window="joglekar"), 1e-2), (tilted_junction, 1e3)],
    ids=["memristor", "mtj"],
)
def test_small_signals_see_the_dynamics_of_the_states(make, lowest):
    """Y = g_v + g_x (j w - f_x)^-1 f_v around the initial state: what .ac must give though .op holds the state."""
    device, bias = make(), BIAS
    functions = compiled(device)
    x, p = initial_state(device), parameter_vector(device)
    n = len(x)
    f = np.array(functions.jacobian([bias], x, p))
    g = np.array(functions.currents([bias], x, p))
    subcircuit = device.subcircuit()
    pins = " ".join(["a", "0", *subcircuit.pins[2:]])
    deck = f"* ac\n{subcircuit}\nV1 a 0 dc {bias} ac 1\nX1 {pins} {subcircuit.name}\n"
    table = run(deck, ACSweep(lowest, 1e12, points=5), options={"reltol": 1e-9, "vntol": 1e-12, "abstol": 1e-18})
    by_state, by_voltage = f[: n * n].reshape(n, n), f[n * n :]
    exact = np.array(
        [
            g[1] + g[2:] @ np.linalg.solve(2j * np.pi * nu * np.eye(n) - by_state, by_voltage)
            for nu in table["frequency"]
        ]
    )
    # The junction from 1 kHz on: along the sphere's radius the reference has no restoring rate, and what the rest lacks
    # in precision grows there as one over the frequency.
    np.testing.assert_allclose(-table["i(v1)"], exact, rtol=1e-4)
    # and the dynamics are seen: the response is not that of the frozen state
    assert np.max(np.abs(-table["i(v1)"] / g[1] - 1)) > 1e-3


@pytest.mark.parametrize("stop", [1e9, 1.2e9])
def test_a_frequency_sweep_without_a_step_is_refused(stop):
    """ngspice never ended, or gave an empty table."""
    with pytest.raises(ParameterError, match=r"between 1e\+09 and .* there is no step of 10 in a decade"):
        ACSweep(1e9, stop, 10)
    assert ACSweep(1e9, stop, 1, "lin").command()
