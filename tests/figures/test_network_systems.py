"""The systems that learn images, made quickly: files, what their lines tell, and what is said of what is missing."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from frameworks import framework

from synaspice.characterization import read_table
from synaspice.figures import make_systems
from synaspice.figures.systems import quantisation

#: What the lines tell of needs hardly any training.
SMALL = dataclasses.replace(
    quantisation.QUICK, epochs={"perceptron": (1, 1), "convolutional": (1, 1)}, tuning=2, images=160
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Patterns in noise, stored as MNIST and as CIFAR-10."""
    generator, folder = np.random.default_rng(1), tmp_path_factory.mktemp("data")
    labels = np.arange(400) % 10
    for name, shape in (("mnist.npz", (28, 28)), ("cifar10.npz", (3, 32, 32))):
        patterns = generator.integers(0, 2, (10, *shape)) * 120 + 60
        images = np.clip(patterns[labels] + generator.normal(0, 70, (400, *shape)), 0, 255).astype(np.uint8)
        np.savez(folder / name, images=images, labels=labels)
    return folder


def test_quantisation_of_both_networks(data, tmp_path, monkeypatch):
    framework("torch")
    monkeypatch.setattr(quantisation, "QUICK", SMALL)
    told: list[str] = []
    make_systems(tmp_path, ["quantisation"], quick=True, data=data, tell=told.append)
    table = read_table(tmp_path / "quantisation.csv")
    assert set(table["network"]) == {"perceptron", "convolutional"} and table["accuracy"].between(0, 1).all()
    record = json.loads((tmp_path / "quantisation.json").read_text())
    lines = "\n".join(record["numbers"])
    assert "320 training and 80 test images, 160 used to train" in lines and "+1.52 %" in lines and "n = 2" in lines
    assert (tmp_path / "quantisation.png").stat().st_size > 50_000


def test_quantisation_without_cifar_10_says_what_to_get(data, tmp_path, monkeypatch):
    framework("torch")
    monkeypatch.setattr(quantisation, "QUICK", SMALL)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mnist.npz").write_bytes((data / "mnist.npz").read_bytes())
    told: list[str] = []
    make_systems(tmp_path / "out", ["quantisation"], quick=True, data=tmp_path / "data", tell=told.append)
    assert set(read_table(tmp_path / "out" / "quantisation.csv")["network"]) == {"perceptron"}
    assert any("left out: convolutional" in line and "cifar-10-python.tar.gz" in line for line in told)


def test_training_in_the_loop(data, tmp_path):
    told: list[str] = []
    make_systems(tmp_path, ["in-the-loop"], quick=True, data=data, tell=told.append)
    table = read_table(tmp_path / "in-the-loop.csv")
    assert set(table["substrate"]) == {"memristive", "spin"} and set(table["update"]) == {
        "exact",
        "three values",
        "sign",
    }
    assert any("72 % after transfer" in line for line in told) and any("n = 8" in line for line in told)
    assert (tmp_path / "in-the-loop.png").stat().st_size > 50_000
