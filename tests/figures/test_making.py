"""Systems of the article into a folder: files, what is not made again, what is, and what the command refuses."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from shell import synaspice

from synaspice.characterization import read_table
from synaspice.characterization.datasets.finding import missing
from synaspice.devices import AutoOscillator, MissingDependencyError, ParameterError, UnknownNameError
from synaspice.devices.core.metadata import device_table
from synaspice.figures import make_systems
from synaspice.figures.displayed import DisplayedFigure
from synaspice.figures.systems.system import SYSTEMS, Made, Order, System


@pytest.fixture
def orders(monkeypatch):
    """A system that is made at once and keeps the orders that it got; it stands between its beginning and its end."""
    found: list[Order] = []

    def toy(order: Order) -> Made:
        """A system that is made at once."""
        found.append(order)
        assert order.checkpoint is not None
        order.checkpoint.mkdir(parents=True, exist_ok=True)
        if order.seed == 13:
            (order.checkpoint / "begun").touch()
            raise KeyboardInterrupt
        table = device_table(order.device, {"current": ([1.0, 2.0], "A", "current")}, system="toy")
        return Made({"": table, "more": table}, {"": DisplayedFigure()}, ["numbers 1"])

    monkeypatch.setitem(SYSTEMS._items, "toy", System(toy, AutoOscillator))
    return found


def test_a_system_leaves_its_files_and_is_made_once(orders, tmp_path):
    told: list[str] = []
    folder = tmp_path / "systems"
    make_systems(folder, ["toy"], seed=3, tell=told.append)
    assert {path.name for path in folder.iterdir()} == {"toy.csv", "toy-more.csv", "toy.png", "toy.pdf", "toy.json"}
    assert isinstance(read_table(folder / "toy.csv"), pd.DataFrame)
    assert json.loads((folder / "toy.json").read_text())["settings"]["seed"] == 3
    assert "wrote" in told[0] and told[1].strip() == "numbers 1"
    make_systems(folder, ["toy"], seed=3, tell=told.append)
    assert len(orders) == 1 and "finished" in told[-1]


@pytest.mark.parametrize(
    "change",
    [{"seed": 4}, {"quick": True}, {"force": True}, {"device": AutoOscillator(frequency=6e9)}, {"data": "."}],
)
def test_it_is_made_again_when_something_about_it_changes(orders, tmp_path, change):
    folder = tmp_path / "systems"
    make_systems(folder, ["toy"], seed=3, tell=lambda line: None)
    if "data" in change:
        change = {"data": tmp_path}
    make_systems(folder, ["toy"], **{"seed": 3, "tell": lambda line: None} | change)
    assert len(orders) == 2


def test_it_is_made_again_when_a_file_is_gone_or_its_record_is_damaged(orders, tmp_path):
    for damage in (lambda: (tmp_path / "toy.png").unlink(), lambda: (tmp_path / "toy.json").write_text("{")):
        make_systems(tmp_path, ["toy"], tell=lambda line: None)
        damage()
        make_systems(tmp_path, ["toy"], tell=lambda line: None)
    assert len(orders) == 3


def test_what_was_begun_is_kept_for_the_same_settings(orders, tmp_path):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            make_systems(tmp_path, ["toy"], seed=13)
    assert orders[0].checkpoint == orders[1].checkpoint and (orders[1].checkpoint / "begun").exists()
    make_systems(tmp_path, ["toy"], seed=14, tell=lambda line: None)
    assert orders[2].checkpoint != orders[1].checkpoint and orders[1].checkpoint.exists()
    assert not orders[2].checkpoint.exists()


@pytest.mark.parametrize("error", [missing("MNIST", None, "Get it."), MissingDependencyError("torch")])
def test_of_several_systems_those_that_lack_something_are_left_out(orders, monkeypatch, tmp_path, error):
    def lacking(order: Order) -> Made:
        """A system whose data are not there."""
        raise error

    monkeypatch.setitem(SYSTEMS._items, "lacking", System(lacking, AutoOscillator))
    told: list[str] = []
    make_systems(tmp_path, ["lacking", "toy"], tell=told.append)
    assert "lacking is left out" in told[0] and (tmp_path / "toy.json").exists()
    with pytest.raises(type(error)):
        make_systems(tmp_path, ["lacking"], tell=told.append)


def test_what_cannot_be_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="system"):
        make_systems(tmp_path, ["waveform"])
    with pytest.raises(ParameterError, match="no folder"):
        make_systems(tmp_path, ["oscillator"], data=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("figure", "waveform", "-o", "out"), "did you mean 'waveforms'"),
        (("figure", "waveforms", "-o", "out.png"), "folder"),
        (("figure", "all", "--device", "vortex-oscillator", "-o", "out"), "name the system"),
        (("figure", "oscillator", "--preset", "kim2008-like", "-o", "out"), "--device"),
        (("figure", "iv.csv", "--quick", "-o", "iv.png"), "--quick"),
        (("figure", "iv.csv", "--seed", "0", "-o", "iv.png"), "--seed"),
        (("figure", "oscillator", "--data", "nowhere", "-o", "out"), "no folder"),
        (("figure", "oscillator", "--device", "vteam", "-o", "out"), "vteam"),
    ],
)
def test_mistakes_on_the_command_line_are_told_in_a_line(arguments, told, tmp_path):
    ended = synaspice(*arguments, cwd=tmp_path)
    assert ended.returncode == 2 and told in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_the_command_makes_a_system_and_goes_by_its_record(orders, tmp_path):
    for _ in range(2):
        ended = synaspice("figure", "toy", "--seed", "5", "--quick", "-o", "out", cwd=tmp_path)
        assert ended.returncode == 0
    assert "finished" in ended.stderr and len(orders) == 1
    assert orders[0].quick and orders[0].seed == 5


def test_the_oscillator_below_threshold_is_noise_and_above_it_swings(tmp_path):
    """R = R_0 + Delta R Re c: an amplitude of the voltage of Delta R sqrt(p_0) I."""
    make_systems(tmp_path, ["oscillator"], device=AutoOscillator(), quick=True, tell=lambda line: None)
    table, device = read_table(tmp_path / "oscillator.csv"), AutoOscillator()
    assert table.attrs["threshold"] == pytest.approx(device.threshold_current, rel=1e-4)
    below = table["current"] < 0.99 * device.threshold_current
    assert (table["amplitude"][below] == 0).all() and (table["noisy_amplitude"][below] > 0).all()
    last = table.iloc[-1]
    size = device.resistance_swing * device.stationary_power(last["current"]) ** 0.5 * last["current"]
    assert last["amplitude"] == pytest.approx(size, rel=0.01)
    assert last["noisy_amplitude"] == pytest.approx(size, rel=0.15)
    trace = read_table(tmp_path / "oscillator-voltage.csv")
    assert trace["voltage"].abs().max() < 2 * trace["amplitude"].iloc[0]


@pytest.mark.slow
def test_the_waveforms_of_another_device_are_another_result(tmp_path):
    make_systems(tmp_path, ["waveforms"], device=AutoOscillator(), quick=True, tell=lambda line: None)
    table = read_table(tmp_path / "waveforms.csv")
    assert table.attrs["device"] == "auto-oscillator"
    assert "swing" in read_table(tmp_path / "waveforms-map.csv").columns
    assert (tmp_path / "waveforms.pdf").stat().st_size > 10_000
