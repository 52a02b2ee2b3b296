"""Devices for aihwkit and CrossSim: the files, against bench and statistics; and in both programs where they are."""

from __future__ import annotations

import ast
import sys
import types

import numpy as np
import pytest
from frameworks import framework
from peers import peer

from synaspice.characterization.architects.aihwkit import aihwkit_device, linear_steps
from synaspice.characterization.architects.crosssim import crosssim_device
from synaspice.characterization.architects.pulse_steps import _step_scale, pulse_steps
from synaspice.characterization.benches.memristors.potentiation import potentiation
from synaspice.devices import (
    MTJ,
    VTEAM,
    LinearIonDrift,
    ParameterError,
    PhaseChangeMemory,
    Yakopcic,
)
from synaspice.devices.core.variability import Normal

JOSHI = PhaseChangeMemory.preset("joshi2020")
#: A memristor whose states have cycle-to-cycle noise.
NOISY = VTEAM(
    resistance_on=1e4, resistance_off=3e4, rate_on=-1.0, rate_off=1.0, exponent_on=1.0, exponent_off=1.0,
    cycle_to_cycle=0.02,
)  # fmt: skip


def arguments(text: str) -> dict[str, object]:
    """The arguments of ``device = CLASS(...)`` of a module, and its class, without importing what it imports."""
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "device":
            call = statement.value
            return {"class": call.func.id} | {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    raise AssertionError("no device")


def tables(text: str) -> dict[str, object]:
    """The tables of CrossSim's module, and what it sets."""
    found = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign):
            name, value = ast.unparse(statement.targets[0]), statement.value
            if isinstance(value, ast.Call) and value.args:
                value = value.args[0]
            if not isinstance(value, ast.Call):
                found[name] = ast.literal_eval(value)
    return found


# --- what is measured -------------------------------------------------------------------------


@pytest.mark.parametrize("device", [Yakopcic(), JOSHI], ids=["yakopcic", "pcm"])
def test_steps_repeat_the_bench_s_curves(device):
    found, table = pulse_steps(device), potentiation(device)
    up, down = found.repeated(found.at_nodes(32))
    there = table["conductance"].to_numpy().reshape(2, -1)
    span = np.ptp(there)
    assert max(np.abs(found.conductance(up) - there[0]).max(), np.abs(found.conductance(down) - there[1]).max()) < (
        1e-3 * span
    )
    assert max(found.misfit(found.at_nodes(32))) < 2e-4


def test_steps_of_first_order_kinetics_are_linear():
    """Crystallisation at its fastest, 1 - x = exp(-t / tau): each pulse takes 1 - exp(-w / tau) of what is left."""
    found = pulse_steps(JOSHI)
    low, high = linear_steps(found)[0]
    width = found.table.attrs["widths"][0]  # edges are too cool to crystallise
    taken = -np.expm1(-width / JOSHI.crystallization_time)
    top = 2 * (JOSHI.conductance_max - found.lowest) / (found.highest - found.lowest) - 1
    assert low == pytest.approx(taken * (top + 1), rel=0.01) and high == pytest.approx(taken * (top - 1), rel=0.02)
    assert found.misfit(linear_steps(found))[0] < 1e-6


def test_steps_that_differ_by_orders_of_magnitude_leave_no_weight_stuck():
    """The pulses of a runaway begin with steps of a thousandth of the last ones."""
    found = pulse_steps(LinearIonDrift())
    nodes = found.at_nodes(32)
    assert np.diff(found.up)[0] < 1e-3 * np.diff(found.up)[-1]
    assert nodes[0].min() == pytest.approx(np.diff(found.up).min())
    assert found.repeated(nodes)[0][-1] == pytest.approx(1.0, abs=0.02)


def test_spread_of_steps_is_that_at_the_same_weight():
    """Devices of other bounds and the same steps differ by their bounds alone; those of other rates by their steps."""
    quiet = NOISY.replace(cycle_to_cycle=0.0)
    found = pulse_steps(quiet, pulses=16)
    nodes = found.at_nodes(32)
    faster = np.array(found.repeated((1.1 * nodes[0], 1.1 * nodes[1])))
    assert _step_scale(faster, nodes) == pytest.approx(1.1, rel=1e-6)
    spread = {"resistance_on": Normal(0.1, relative=True)}
    found = pulse_steps(quiet, pulses=8, distributions=spread, devices=12, seed=2)
    assert found.step_spread < 0.3 * found.highest_spread


def test_spread_of_cycles_and_devices():
    quiet = pulse_steps(NOISY.replace(cycle_to_cycle=0.0), pulses=16)
    assert quiet.cycle_spread == quiet.step_spread == 0
    noisy = pulse_steps(NOISY, pulses=16, temperature=300.0, cycles=6, seed=1)
    # The state drifts and diffuses: its variance over a way a is c^2 a; most of the squares are those of the way up.
    resistance = 1 / noisy.conductance(noisy.up)
    way = np.abs(np.diff(resistance)).mean() / (NOISY.resistance_off - NOISY.resistance_on)
    assert noisy.cycle_spread == pytest.approx(NOISY.cycle_to_cycle / np.sqrt(way), rel=0.2)
    spread = {"resistance_on": Normal(0.1, relative=True)}
    found = pulse_steps(NOISY.replace(cycle_to_cycle=0.0), pulses=8, distributions=spread, devices=12, seed=2)
    # 1 / R_on sets the highest conductance.
    assert found.highest_spread > 3 * found.lowest_spread and found.step_spread > 0.02


# --- aihwkit ----------------------------------------------------------------------------------


def test_the_module_of_aihwkit_has_the_steps_of_the_bench():
    text = Yakopcic().netlist("aihwkit")
    found, steps = arguments(text), pulse_steps(Yakopcic())
    assert found["class"] == "PiecewiseStepDevice" and found["w_min"] == -1 and found["w_max"] == 1
    for name, sizes in zip(("up", "down"), steps.at_nodes(32), strict=True):
        np.testing.assert_allclose(np.array(found[f"piecewise_{name}"]) * found["dw_min"], sizes, rtol=1e-5, atol=1e-9)
    assert found["dw_min_std"] == found["dw_min_dtod"] == found["up_down_dtod"] == 0
    assert "rms" in text and "Left out: drift" in text and "w_noise = " in text
    assert "for read in (rpu_config.forward, rpu_config.backward):" in text  # both passes read the devices


def test_linear_steps_of_aihwkit_are_in_its_terms():
    found, steps = arguments(aihwkit_device(JOSHI, kind="linear")), linear_steps(pulse_steps(JOSHI))
    assert found["class"] == "LinearStepDevice"
    for sign, name, (low, high) in ((1, "up", steps[0]), (-1, "down", steps[1])):
        middle = found["dw_min"] * (1 - max(-sign * found["up_down"], 0.0))
        gamma = found[f"gamma_{name}"]
        np.testing.assert_allclose([middle * (1 + sign * gamma), middle * (1 - sign * gamma)], [low, high], rtol=1e-4)


def aihwkit():
    """aihwkit with its compiled part, or a skip: a build for another PyTorch imports and fails then."""
    found = peer("aihwkit.utils.visualization")
    torch, tiles = framework("torch"), peer("aihwkit.simulator.tiles")
    try:
        tiles.AnalogTile(2, 1, peer("aihwkit.simulator.configs").SingleRPUConfig()).set_weights(torch.zeros(2, 1))
    except RuntimeError as error:
        pytest.skip(f"aihwkit is built for another version of PyTorch: {error}")
    return found


@pytest.mark.parametrize(
    ("device", "kind", "most"),
    [
        (Yakopcic(), "piecewise", 1e-4),
        (JOSHI, "piecewise", 1e-4),
        (VTEAM(), "piecewise", 3e-3),
        (JOSHI, "linear", 5e-4),
    ],
    ids=["yakopcic", "pcm", "vteam", "pcm-linear"],
)
def test_aihwkit_s_own_pulses_repeat_the_curve(device, kind, most):
    view = aihwkit()
    module: dict[str, object] = {}
    exec(aihwkit_device(device, kind=kind), module)
    steps = pulse_steps(device)
    tile = view.get_tile_for_plotting(module["rpu_config"], 2, noise_free=True, w_init=-1.0)
    count = len(steps.up) - 1
    found = view.compute_pulse_response(tile, np.repeat([1.0, -1.0], count))[:, 0, 0]
    there = np.concatenate([steps.up[1:], steps.down[1:]])
    assert np.sqrt(np.mean((found - there) ** 2)) / 2 < most


def test_aihwkit_s_spreads_are_those_of_the_module():
    """A thousand devices, one step each from the middle: the spread from device to device and from cycle to cycle."""
    view = aihwkit()
    module: dict[str, object] = {}
    text = aihwkit_device(NOISY, pulses=16, temperature=300.0, cycles=6, seed=1)
    exec(text, module)
    expected = arguments(text)["dw_min_std"]
    tile = view.get_tile_for_plotting(module["rpu_config"], 1000, w_init=0.0)
    before = tile.get_weights()[0].numpy()[:, 0].copy()
    steps = view.compute_pulse_response(tile, np.array([1.0]))[0, :, 0] - before
    assert expected > 0 and steps.std() / steps.mean() == pytest.approx(expected, rel=0.15)


# --- CrossSim ---------------------------------------------------------------------------------


def test_the_module_of_crosssim_has_the_statistics():
    found, errors = tables(JOSHI.netlist("crosssim")), JOSHI.conductance_errors()
    most = 1 / found["params.xbar.device.Rmin"]
    target = np.array(found["CONDUCTANCE"]) * most
    assert most == pytest.approx(25e-6) and found["FIRST_READ"] == 20
    np.testing.assert_allclose(np.array(found["PROGRAMMING"]) * most, errors.programming_error(target), rtol=1e-5)
    np.testing.assert_allclose(found["EXPONENT"], errors.drift_exponent(target)[0], rtol=1e-5)
    assert found["TIMES"][0] == 0 and max(found["TIMES"]) > 1e9
    for time, row in zip(found["TIMES"], found["READING"], strict=True):
        np.testing.assert_allclose(row, errors.read_noise(target, time), rtol=1e-5)
    plain = crosssim_device(VTEAM(), variation=0.05)
    assert "No drift; at times above 0" in plain and found["params.xbar.device.drift_error.enable"]
    assert "Left out: drift_error" in crosssim_device(VTEAM())
    found = tables(plain)
    assert found["TIMES"] == [0] and found["params.xbar.device.drift_error.enable"]
    np.testing.assert_allclose(found["PROGRAMMING"], 0.05 * np.array(found["CONDUCTANCE"]), rtol=1e-5)


class Empty:
    """A stand-in for CrossSim's ``EmptyDevice``, which takes the time from the parameters."""

    time = 0.0


def exported(text, time):
    """The device of a module for CrossSim, without CrossSim, and the module's names."""
    module: dict[str, object] = {"EmptyDevice": Empty}
    kept = [line for line in text.splitlines() if not line.startswith(("from simulator", "params"))]
    exec("\n".join(kept).replace("default_rng()", "default_rng(1)"), module)
    device = module["SynaspiceDevice"]()
    device.time = time
    return device, module


@pytest.mark.parametrize("time", [0.0, 3600.0, 2.6e6])
def test_the_device_of_crosssim_drifts_and_reads_as_the_statistics_say(time):
    errors, count = JOSHI.conductance_errors(), 40_000
    device, _ = exported(JOSHI.netlist("crosssim"), time)
    generator = np.random.default_rng(2)
    for target in (6e-6, 25e-6):
        there = np.full(count, target)
        found = 25e-6 * device.drift_error(there / 25e-6, time)
        own = errors.sample(there, time, generator, read=False)
        assert found.mean() == pytest.approx(own.mean(), rel=6e-3)
        assert found.std() == pytest.approx(own.std(), rel=0.03)
        drifted = np.full(count, errors.drift(target, time))
        read = device.read_noise(drifted / 25e-6) * 25e-6 / drifted
        assert read.std() == pytest.approx(float(errors.read_noise(target, time)), rel=0.03)


@pytest.fixture
def core():
    """CrossSim's core of one matrix and its parameters, by a module; of the real program."""
    simulator = peer("simulator")
    if not hasattr(simulator, "AnalogCore"):
        pytest.skip("another package named simulator is installed, not CrossSim")
    modules = []

    def make(text, matrix, **set_):
        module = types.ModuleType("exported")
        exec(text, module.__dict__)
        modules.append(module)
        params = module.params
        params.core.style = "OFFSET"
        for name, value in set_.items():
            setattr(params.xbar.device, name, value)
        return simulator.AnalogCore(matrix, params), module

    yield make
    sys.modules.pop("exported", None)


def test_crosssim_programs_with_the_errors_of_the_table(core):
    """A matrix of one weight, two hundred by two hundred cells: mean and spread of its conductances."""
    text = JOSHI.netlist("crosssim").replace("default_rng()", "default_rng(1)")
    matrix = np.full((200, 200), 0.5)
    matrix[0, 0], matrix[0, 1] = 1.0, -1.0  # they set the range
    made, module = core(text, matrix)
    found = np.asarray(made.cores[0][0].core._read_matrix() if hasattr(made.cores[0][0], "core") else 0.0)
    there = np.median(found)
    expected = np.interp(there, module.CONDUCTANCE, module.PROGRAMMING)
    assert found.std() == pytest.approx(expected, rel=0.03)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: aihwkit_device(VTEAM(), kind="linear"), "piecewise"),
        (lambda: aihwkit_device(Yakopcic(), nodes=64), "nodes"),
        (lambda: aihwkit_device(MTJ()), "give the amplitude"),
        (lambda: pulse_steps(NOISY, temperature=300.0, cycles=2), "cycles"),
        (lambda: pulse_steps(NOISY, distributions={"resistance_on": Normal(0.1)}, devices=2), "devices"),
        (lambda: crosssim_device(JOSHI, levels=1), "levels"),
        (lambda: crosssim_device(JOSHI, read_voltage=-1.0), "read_voltage"),
        (lambda: Yakopcic().netlist("aihwkit", noise=True), "has no noise"),
    ],
)
def test_what_is_no_such_device_is_refused(call, says):
    with pytest.raises(ParameterError, match=says):
        call()


def test_a_curve_that_nodes_cannot_follow_is_told():
    with pytest.raises(ParameterError, match="differ too much"):
        aihwkit_device(LinearIonDrift())
