"""Thermal noise in transients of a netlist: its variance, for any step of sampling, and its independence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from synaspice.circuits.engine.native import native_device
from synaspice.circuits.engine.ngspice import NgspiceError, OperatingPoint, Transient, run
from synaspice.circuits.engine.noise import BROUGHT_IN, NoiseSource, NoisyModel, noise_line
from synaspice.devices import MTJ, ParameterError, Yakopcic
from synaspice.devices.language.declarations.declaration import Branch, Derived, Noise, Parameter, State
from synaspice.devices.model import CompactModel
from synaspice.devices.targets.formats import ExportOptions
from synaspice.devices.targets.sampling import EMPHASIS, STEPS_PER_SAMPLE
from synaspice.devices.targets.spice.dialects import NGSPICE
from synaspice.devices.targets.spice.subcircuit import write_subcircuit

DURATION = 4e-9


class _Walker(CompactModel):
    """Brownian motion: dx/dt is white noise, and so the variance of x is its density times the time."""

    time_scale = 1e-9
    voltage = Branch("p", "n", "nothing")
    spread = Parameter(0.5, "1", "standard deviation of x after a nanosecond", bounds=(0.0, 10.0))
    density = Derived("1/s", "density of the noise")
    x = State("1", "position", initial=lambda s: 0)
    kick = Noise("1/s", "noise")

    @classmethod
    def equations(cls, s):
        return {"density": s.spread**2 / 1e-9, "current": 0 * s.voltage, "dx/dt": s.kick, "kick": s.density}


#: Who makes the noise: ngspice by held samples, the engine by joined ones, or the native device.
MAKERS = [
    pytest.param("held", marks=pytest.mark.ngspice),
    pytest.param("joined", marks=pytest.mark.ngspice),
    pytest.param("native", marks=pytest.mark.native),
]


def walks(interval, walkers, seed, maker="held", **arguments):
    """Positions of many walkers in one transient, over time; those of an even number walk half as wide."""
    settings = {"options": {"seed": seed}, **arguments}
    if maker == "native":
        form = native_device(_Walker(), name="walker", transient_noise=interval)
        settings |= {"osdi": [form.file], "noise": [NoisyModel("walker", interval)]}
    else:
        dialect = BROUGHT_IN if maker == "joined" else NGSPICE
        form = write_subcircuit(_Walker(), dialect, ExportOptions("walker", transient_noise=interval))
        if maker == "joined":
            settings["noise"] = [NoiseSource(f"x{k}.V_kick_samples", interval) for k in range(walkers)]
    letter = "N" if maker == "native" else "X"
    lines = ["* walkers", form.text]
    lines += [f"{letter}{k} 0 0 x{k} walker spread={0.5 if k % 2 else 0.25}" for k in range(walkers)]
    saved = [f"v(x{k})" for k in range(walkers)]
    table = run("\n".join(lines), Transient(interval, DURATION, max_step=interval), save=saved, **settings)
    times = np.linspace(0, DURATION, 5)
    return np.array([np.interp(times, table["time"], table[name]) for name in saved])


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("interval", [2e-10, 1e-10])
def test_the_variance_is_the_density_times_the_time_for_any_interval(interval, maker):
    walkers = 100
    x = walks(interval, walkers, 7, maker)
    steps = np.diff(x, axis=1) / np.where(np.arange(walkers) % 2, 0.5, 0.25)[:, None]
    # Increments over a nanosecond, in units of what they should be.
    assert np.mean(steps**2) == pytest.approx(1, abs=4 * np.sqrt(2 / steps.size))
    assert abs(np.mean(steps)) < 4 / np.sqrt(steps.size)
    # Every instance has its own noise, and every nanosecond: no two walkers go together.
    together = np.corrcoef(steps)
    np.fill_diagonal(together, 0)
    assert np.abs(np.mean(together)) < 4 / walkers
    assert len(np.unique(np.round(x[:, -1], 9))) == walkers


@pytest.mark.parametrize("maker", MAKERS)
def test_a_seed_repeats_the_noise_and_another_does_not(maker):
    first, again, other = (walks(2e-10, 2, seed, maker) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[:, 1:] - other[:, 1:]).min() > 1e-6


@pytest.mark.parametrize("maker", MAKERS[1:])
def test_joined_samples_do_not_depend_on_the_steps(maker):
    """The walk is the noise's integral: the same with finer steps, but for trapezoids across the lines' corners.

    A trapezoid of half an interval errs at a corner by an eighth of it times the change of the noise at most, and at
    random: by some hundredths of the walk after twenty samples.
    """
    walk = walks(2e-10, 2, 1, maker)
    finer, finest = (
        walks(2e-10, 2, 1, maker, options={"seed": 1, "trtol": 0.1, "reltol": tolerance}) for tolerance in (1e-4, 1e-6)
    )
    assert np.abs(walk - finest).max() < 0.08 * np.abs(walk).max()
    assert np.abs(finer - finest).max() < 0.01 * np.abs(walk).max()


@pytest.mark.ngspice
def test_joined_samples_take_two_steps_where_held_ones_take_five():
    """So the transients of cells take less than half of the time."""
    interval, lines = 1e-11, ["R1 a 0 1", "C1 a 0 1p"]
    lengths = {}
    for external in (False, True):
        deck = "\n".join(["* noise", noise_line("a", interval, 1.0, external=external), *lines])
        noise = [NoiseSource("V_a", interval)] if external else []
        table = run(deck, Transient(interval, 1e-9, max_step=interval), noise=noise)
        lengths[external] = len(table)
    assert lengths[False] > 400 and lengths[True] < 250


@pytest.mark.ngspice
@pytest.mark.parametrize("frequency", [1e9, 1e10])
def test_joined_samples_have_a_flat_density(frequency):
    r"""At a fifth of the samples' rate it is low by what is left of (omega Delta)^4; lines alone would lack a fifth."""
    interval, duration = 2e-11, 2e-7
    deck = f"* noise\n{noise_line('a', interval, 1.0, external=True)}\nR1 a 0 1\n"
    table = run(deck, Transient(interval, duration), noise=[NoiseSource("V_a", interval)], options={"seed": 3})
    times = np.arange(0, duration, interval / 4)
    values = np.interp(times, table["time"], table["v(a)"])
    found, density = welch(values, 4 / interval, nperseg=1024)
    band = (found > 0.8 * frequency) & (found < 1.2 * frequency)
    mean = density[band].mean() / (2 * interval)  # one-sided
    count = 2 * band.sum() * len(values) / 1024
    expected = _passed(2 * np.pi * frequency * interval)
    assert mean == pytest.approx(expected, abs=4 / np.sqrt(count))


def _passed(angle):
    """Power of white samples at an angle omega Delta, emphasised and joined by lines."""
    return (1 + EMPHASIS * (1 - np.cos(angle))) ** 2 * np.sinc(angle / (2 * np.pi)) ** 4


def test_the_emphasis_takes_back_what_lines_and_trapezoids_lack():
    """With steps of half an interval: to the fourth order in omega Delta."""
    for angle in (0.1, 0.2):
        trapezoids = 1 / (1 + (angle / (2 * STEPS_PER_SAMPLE)) ** 2)
        assert abs(_passed(angle) * trapezoids - 1) < 0.2 * angle**4
        assert abs(np.sinc(angle / (2 * np.pi)) ** 2 - 1) > 0.08 * angle**2, "held samples lack more"


@pytest.mark.ngspice
def test_a_source_without_samples_is_told():
    deck = "* noise\nV_a a 0 EXTERNAL\nR1 a 0 1\n"
    with pytest.raises(NgspiceError, match="no samples are known for the source v_a"):
        run(deck, Transient(1e-11, 1e-9), noise=[NoiseSource("V_b", 1e-11)])


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("interval", [8e-12, 4e-12])
def test_a_junction_spreads_as_its_ensemble(interval):
    """The free layer's transverse magnetisation at room temperature, thermalised from the easy axis."""
    junction, instances, duration = MTJ.preset("ikeda2010", damping=0.5), 8, 1.6e-9
    lines = ["* junctions", str(junction.subcircuit(transient_noise=interval))]
    lines += [f"X{k} 0 0 mx{k} my{k} mz{k} mtj" for k in range(instances)]
    saved = [f"v(m{axis}{k})" for k in range(instances) for axis in "xy"]
    analysis = Transient(interval, duration, max_step=interval)
    table = run("\n".join(lines), analysis, options={"seed": 3}, save=saved)
    # Relaxation takes (1 + alpha^2) / (alpha omega) = 0.07 ns: the first 0.3 ns are left out.
    times = np.arange(0.3e-9, duration, 0.07e-9)
    squares = np.array([np.interp(times, table["time"], table[name]) for name in saved]) ** 2
    means = squares.mean(axis=1)
    error = means.std(ddof=1) / np.sqrt(len(means))
    final = junction.ensemble(0.0, 0.5e-9, temperature=300.15, trajectories=4000, seed=1, time_step=2e-13).final()
    expected = np.mean(np.concatenate([final["m_x"] ** 2, final["m_y"] ** 2]))
    assert error < 0.12 * expected, "no statement otherwise"
    assert means.mean() == pytest.approx(expected, abs=4 * error)


@pytest.mark.ngspice
def test_noise_is_silent_where_nothing_moves():
    """In static analyses the samples are zero: the same operating point with noise as without."""
    for noise in (None, 1e-12):
        subcircuit = MTJ.preset("ikeda2010").subcircuit(transient_noise=noise)
        deck = f"* op\n{subcircuit}\nV1 a 0 0.1\nX1 a 0 x y z mtj initial_polar_angle=0.3\n"
        table = run(deck, OperatingPoint(), options={"seed": 1})
        assert table["v(x)"].item() == pytest.approx(np.sin(0.3), abs=1e-6)
    text = MTJ.preset("ikeda2010").netlist(transient_noise=1e-12)
    assert text.count("DC 0 TRRANDOM(2 {noise_interval} {0.381966*noise_interval} 1 0)") == 3
    assert "noise_interval=1e-12" in text and "sampled every 1e-12 s" in text


@pytest.mark.ngspice
@pytest.mark.parametrize("begin", [2e-10, 5e-10, 1.01e-9])
def test_samples_do_not_change_at_the_round_times_of_other_sources(begin):
    """Events a rounding apart cost ngspice 44 and later steps of next to nothing, or the run."""
    subcircuit = MTJ.preset("ikeda2010").subcircuit(transient_noise=1e-11)
    deck = f"* pulse\n{subcircuit}\nX1 a 0 x y z mtj\nI1 0 a pulse(0 2e-5 {begin} 5e-11 5e-11 3e-10 1)\n"
    time = run(deck, Transient(1e-11, 2e-9, max_step=1e-11), options={"seed": 1})["time"].to_numpy()
    assert np.diff(time).min() > 1e-18


@pytest.mark.parametrize(
    ("device", "dialect", "interval", "message"),
    [
        (MTJ(), "xyce", 1e-12, "Xyce has no noise in transients"),
        (MTJ(), "ngspice", 0.0, "time between samples"),
        (MTJ(), "ngspice", float("nan"), "time between samples"),
        (MTJ(), "verilog-a", 1e-12, "by itself"),
        (Yakopcic(), "ngspice", 1e-12, "no noise of its states"),
    ],
)
def test_noise_that_cannot_be_written_is_refused(device, dialect, interval, message):
    with pytest.raises(ParameterError, match=message):
        device.netlist(dialect, transient_noise=interval)


def test_what_other_dialects_have():
    junction = MTJ.preset("ikeda2010")
    ltspice = junction.netlist("ltspice", transient_noise=2e-12)
    sources = [line for line in ltspice.splitlines() if "white(" in line]
    assert len(sources) == 3 and len(set(sources)) == 3, "one source per noise"
    assert all("V(running)" in line for line in sources), "none in static analyses"
    assert "noise_seed" in ltspice
    for dialect in ("hspice", "spectre"):
        text = junction.netlist(dialect, transient_noise=2e-12)
        assert "thermal_field_x_source" in text and "ask for it with" in text
