"""The worked example of CONTRIBUTING.md is a whole device: run as it stands there, on both engines."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from synaspice.characterization import hysteresis, iv
from synaspice.devices import Pulse
from synaspice.devices.catalog import models
from synaspice.devices.core.base import MODELS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def example():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    assert len([line for line in code.splitlines() if line.strip()]) < 40
    scope: dict = {"__name__": "worked_example"}
    exec(compile(code, "CONTRIBUTING.md", "exec"), scope)
    yield scope["LeakyMemristor"]
    MODELS._items.pop("leaky-memristor")


def test_it_is_known_by_its_name(example):
    assert models()["leaky-memristor"] is example


def test_it_follows_its_closed_form(example):
    device = example(drift=1e5)
    table = device.simulate(0.5, 3e-5)
    # dx/dt = k v - x / tau from 0: x = k v tau (1 - exp(-t / tau))
    exact = 1e5 * 0.5 * 1e-5 * (1 - np.exp(-table["time"] / 1e-5))
    # the error of ten local steps at the default tolerance of 1e-9
    assert np.max(np.abs(table["x"] - exact)) < 1e-8


def test_its_state_stays_in_its_bounds(example):
    table = example(drift=1e7).simulate(Pulse(0.0, 1.0, width=1e-5), 3e-5)
    assert table["x"].max() > 0.98
    assert table["x"].between(0, 1).all()


@pytest.mark.ngspice
def test_both_engines_agree(example):
    device = example(initial_state=0.3)
    numeric, spice = iv(device), iv(device, engine="ngspice")
    np.testing.assert_allclose(numeric["current"], spice["current"], rtol=1e-9, atol=1e-20)
    loops = [hysteresis(device, amplitude=1.0, period=2e-5, engine=engine) for engine in ("numeric", "ngspice")]
    # What is promised for states at ngspice's default tolerances; where the state runs into its bound they cost 2e-3.
    assert np.max(np.abs(loops[0]["x"] - loops[1]["x"])) < 1e-2
