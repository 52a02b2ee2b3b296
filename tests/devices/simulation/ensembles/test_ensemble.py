"""Ensembles: the same whatever the blocks and threads, and the same numbers however they are recorded."""

from __future__ import annotations

import dataclasses
import types

import numpy as np
import pytest

from synaspice.devices import MTJ, DomainWallMagnet, ParameterError, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.core.variability import Normal, sample
from synaspice.devices.language.waveforms.shapes import Sine
from synaspice.devices.simulation.ensembles import plan as targets
from synaspice.devices.simulation.ensembles.kernel_cache import load_kernel
from synaspice.devices.simulation.ensembles.kernel_source import write_kernel
from synaspice.devices.simulation.ensembles.kernel_structure import Structure
from synaspice.devices.simulation.expressions.folding import fold

DEVICE = MTJ.preset("ikeda2010", initial_polar_angle=0.5)
STEP = 1e-12


def ensemble(drive=-0.6, duration=3e-10, trajectories=300, **arguments):
    return DEVICE.ensemble(drive, duration, trajectories=trajectories, **({"seed": 4, "time_step": STEP} | arguments))


def numbers(table):
    return table.drop(columns=["time"]).to_numpy()


@pytest.mark.parametrize("source", ["voltage", "current"])
def test_results_do_not_depend_on_blocks_and_threads(source):
    drive = {"voltage": -0.6, "current": -4e-5}[source]
    table = ensemble(drive, source=source).final()
    for block, threads in [(16, 2), (64, 1)]:
        other = dataclasses.replace(ensemble(drive, source=source), block=block, threads=threads)
        np.testing.assert_array_equal(numbers(other.final()), numbers(table))
    alone = dataclasses.replace(ensemble(drive, source=source), block=1).part(290, 3)
    np.testing.assert_array_equal(numbers(alone.final()), numbers(table)[290:293])


@pytest.mark.parametrize("source", ["voltage", "current"])
def test_all_places_in_a_block_see_the_drive_at_both_ends_of_a_step(source, monkeypatch):
    """A drive, and a field, that change with time: the same for a trajectory alone, in a block, and with much work."""
    size = {"voltage": 0.6, "current": 4e-5}[source]
    field = {"field_x": Sine(0.0, 5e4, 2e9)}
    run = ensemble(Sine(0.0, size, 3e9), trajectories=20, source=source, inputs=field)
    together, alone = (numbers(dataclasses.replace(run, block=block).final()) for block in (16, 1))
    np.testing.assert_array_equal(together, alone)
    monkeypatch.setattr(targets, "LARGE", 0)
    np.testing.assert_array_equal(numbers(dataclasses.replace(run, block=16).final()), alone)


@pytest.mark.parametrize("source", ["voltage", "current"])
def test_results_do_not_depend_on_the_pauses_of_a_kernel(source, monkeypatch):
    """In which Ctrl-C is heard: one run of the kernel, and three."""
    run = ensemble({"voltage": -0.6, "current": -4e-5}[source], 1.1e-9, trajectories=20, source=source)
    taken: list[int] = []
    load = load_kernel

    def counted(structure):
        kernel = load(structure)
        advance = lambda *arguments: (taken.append(1), kernel.advance(*arguments))  # noqa: E731
        return types.SimpleNamespace(prepare=kernel.prepare, advance=advance)

    monkeypatch.setattr(targets, "load_kernel", counted)
    whole = numbers(run.traces(11))
    assert len(taken) == 1
    monkeypatch.setattr(targets, "PAUSE", targets.LOOK)
    np.testing.assert_array_equal(numbers(run.traces(11)), whole)
    assert len(taken) == 1 + 3


def test_blocks_do_not_change_jumps_either():
    device = next(model for model in models().values() if model.telegraph_declarations())()
    assert device.system.jumps
    runs = [
        dataclasses.replace(device.ensemble(0.1, 100 * device.settling_time / 1000, trajectories=40, seed=2), block=b)
        for b in (1, 16)
    ]
    alone, together = (numbers(run.traces(11)) for run in runs)
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    ("device", "drive", "source", "block"),
    [
        (DEVICE, -0.6, "voltage", 64),
        (DEVICE, -0.6, "voltage", 1),
        (DEVICE, -4e-5, "current", 64),
        (DomainWallMagnet.preset("thiaville2005-like"), 2e-4, "current", 64),
    ],
)
def test_a_kernel_for_much_work_computes_the_same_bits(device, drive, source, block, monkeypatch):
    duration, step = 0.2 * device.settling_time, device.settling_time / 1000
    run = device.ensemble(drive, duration, source=source, trajectories=20, seed=4, time_step=step)
    run = dataclasses.replace(run, block=block).part(0, 20 if block > 1 else 3)
    general = numbers(run.final())
    loaded = []
    monkeypatch.setattr(targets, "load_kernel", lambda structure: loaded.append(structure) or load_kernel(structure))
    monkeypatch.setattr(targets, "LARGE", 0)
    monkeypatch.setattr(targets, "LARGE_ALONE", 0)
    np.testing.assert_array_equal(numbers(run.final()), general)
    zeros = dict(loaded[-1].known)
    assert zeros and set(zeros.values()) <= {0.0, 1.0, -1.0}
    assert len(write_kernel(loaded[-1]).source) < len(write_kernel(dataclasses.replace(loaded[-1], known=())).source)


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("t_0 = fma(h_0, x, y)", "t_0 = y"),
        ("t_0 = fma(x, h_1, y)", "t_0 = x + y"),
        ("t_0 = fma(h_2, x, y)", "t_0 = -x + y"),
        ("t_0 = fma(x, y, h_0*z)", "t_0 = x * y"),
        ("t_0 = h_0*x\nz = t_0 + square(h_1)*y", "z = y"),
        ("t_0 = h_1*2.5*h_3", "t_0 = 2.5 * h_3"),
        ("h_0 = s[3 + j]\nz = (h_0 - x)/h_1", "z = -x"),
        ("t_0 = h_1 - 1\nt_0 = x\nz = t_0", "t_0 = x\nz = t_0"),
        ("z = x/h_0", "z = x / 0.0"),
    ],
)
def test_operations_with_zero_and_one_are_left_out(source, folded):
    assert fold(source, {"h_0": 0.0, "h_1": 1.0, "h_2": -1.0}) == folded


def test_trajectories_are_those_of_simulate():
    arguments = {"temperature": 300.0, "seed": 4, "time_step": STEP, "trajectories": 300}
    np.testing.assert_array_equal(ensemble().final(), DEVICE.simulate(-0.6, 3e-10, **arguments))
    np.testing.assert_array_equal(ensemble().traces(4), DEVICE.simulate(-0.6, 3e-10, points=4, **arguments))


def test_statistics_are_those_of_the_traces():
    edges = np.linspace(-1, 1, 9)
    found = ensemble().statistics(["m_z", "resistance", "current"], points=4, edges={"m_z": edges})
    traces = ensemble().traces(4)
    table = found.table()
    for name in ("m_z", "resistance", "current"):
        expected = traces.groupby("time")[name].agg(["count", "mean", "var", "min", "max"])
        got = table[table["quantity"] == name][["count", "mean", "variance", "minimum", "maximum"]]
        # Sums in another order: rounding of 300 numbers, and where all are alike a variance of rounding.
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-20 if name == "resistance" else 1e-25)
    histogram = found.histogram("m_z")
    last = traces[traces["time"] == traces["time"].max()]["m_z"]
    np.testing.assert_array_equal(histogram["count"].to_numpy()[-8:], np.histogram(last, edges)[0])
    assert histogram["count"].sum() == 4 * 300


def test_parts_add_up_to_the_whole():
    whole = ensemble(trajectories=2500).statistics("m_z", points=3)
    parts = [ensemble(trajectories=2500).part(*p).statistics("m_z", points=3) for p in [(0, 700), (700, 1800)]]
    total = parts[0] + parts[1]
    got, expected = (numbers(s.table())[:, 1:].astype(float) for s in (total, whole))
    # At the start all are alike, and the variance is rounding.
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-25)
    finals = [ensemble(trajectories=200).part(*p).final() for p in [(0, 50), (50, 150)]]
    np.testing.assert_array_equal(np.concatenate(finals), ensemble(trajectories=200).final())


def test_first_passages_are_those_of_the_traces():
    run = ensemble(-1.2, 3e-9, trajectories=200)
    traces = run.traces(3001)  # every step
    m_z = traces["m_z"].to_numpy().reshape(200, 3001)
    beyond = m_z < 0.2
    expected = np.where(beyond.any(axis=1), beyond.argmax(axis=1) * STEP, np.nan)
    assert np.isfinite(expected).sum() > 20
    passages = run.first_passage("m_z", 0.2, rising=False)
    np.testing.assert_allclose(passages["time"], expected, rtol=1e-9)
    times = [0.5e-9, 1e-9, 3e-9]
    survivors = run.survival("m_z", 0.2, times, rising=False)["survivors"]
    assert list(survivors) == [200 - np.count_nonzero(expected <= t + STEP / 2) for t in times]


def test_a_passage_at_the_last_moment_counts():
    run = DEVICE.ensemble(0.0, 10 * STEP, trajectories=20, seed=1, time_step=STEP)
    final = run.final()["cosine"].to_numpy()
    level = float(np.median(final))
    traces = run.traces(11)["cosine"].to_numpy().reshape(20, 11)
    passed = run.first_passage("cosine", level)["time"].notna().to_numpy()
    np.testing.assert_array_equal(passed, (traces > level).any(axis=1))


def test_variability_makes_each_trajectory_a_device_of_its_own():
    scatter = {"diameter": Normal(0.1, relative=True), "damping": Normal(1e-3)}
    run = ensemble(trajectories=40, variability=scatter)
    table = run.final()
    devices = sample(DEVICE, scatter, 40, 4)
    for k in (0, 17, 39):
        alone = devices[k].ensemble(-0.6, 3e-10, trajectories=40, seed=4, time_step=STEP).final()
        # Derived quantities come from NumPy for many devices and from the C library for one.
        np.testing.assert_allclose(numbers(table)[k], numbers(alone)[k], rtol=1e-9)
    assert table["resistance"].std() > 0.05 * table["resistance"].mean()
    split = dataclasses.replace(run, block=16, threads=1).part(10, 20).final()
    np.testing.assert_array_equal(numbers(split), numbers(table)[10:30])
    resistance = run.statistics("resistance").table()
    assert resistance["mean"].iloc[0] == pytest.approx(table["resistance"].mean(), rel=1e-12)


def test_the_kernel_of_one_structure_serves_all_presets():
    structures = {MTJ.preset(name).structure for name in ("ikeda2010",)} | {MTJ().structure}
    assert len({write_kernel(Structure(*s, 0, False, (), (), None, 64)) for s in structures}) == len(structures)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: ensemble(trajectories=0), "trajectories must be at least 1"),
        (lambda: ensemble(threads=0), "threads must be at least 1"),
        (lambda: ensemble(temperature=-1.0), "temperature"),
        (lambda: ensemble(seed=-1), "seed"),
        (lambda: ensemble(time_step=0.0).final(), "time_step"),
        (lambda: ensemble().part(200, 101), "has 300 trajectories, not 301"),
        (lambda: ensemble().statistics("m_z", edges={"m_z": [1.0, 0.0]}), "increasing"),
        (lambda: ensemble().traces(0), "points"),
    ],
)
def test_requests_that_make_no_sense_are_refused(call, complaint):
    with pytest.raises(ParameterError, match=complaint):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: ensemble().statistics("m_w"),
        lambda: ensemble().statistics("m_z", edges={"m_x": [0.0, 1.0]}),
        lambda: ensemble().first_passage("m_w", 0.0),
        lambda: ensemble(variability={"weight": Normal(1.0)}),
        lambda: ensemble().statistics("m_z").histogram("m_z"),
    ],
)
def test_unknown_names_are_refused(call):
    with pytest.raises(UnknownNameError):
        call()
