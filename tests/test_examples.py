"""Every example runs as a user would run it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from frameworks import framework

from synaspice.characterization.bench import BENCHES

FOLDER = Path(__file__).resolve().parent.parent / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))
GALLERY = sorted((FOLDER / "gallery").glob("*/plot_*.py"))
#: What stands in an example for something longer.
IN_PLACE_OF = {
    "FourInputSpinNeuron": "SpinNeuron",  # the truth table of 16 patterns is in the tests of the spin neuron
    "max_iter=8": "max_iter=2",
    # the larger arrays take a minute, in the same code
    "(4, 8, 16, 32, 64)": "(4, 8, 16)",
}


@pytest.mark.ngspice
@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(script, tmp_path, monkeypatch, capsys):
    text = script.read_text(encoding="utf-8")
    for name in re.findall(r"^(?:import|from) (torch|jax|brian2|reservoirpy)\b", text, re.M):
        framework(name)
    for there, here in IN_PLACE_OF.items():
        text = text.replace(there, here)
    (copy := tmp_path / script.name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(copy), run_name="__main__")
    assert capsys.readouterr().out.strip()


@pytest.mark.ngspice
@pytest.mark.parametrize("script", GALLERY, ids=lambda path: path.stem)
def test_example_of_the_gallery_makes_a_picture(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    heading, rule = script.read_text(encoding="utf-8").splitlines()[1:3]
    assert set(rule) == {"="}
    assert len(rule) == len(heading)
    figure = runpy.run_path(str(script), run_name="__main__")["figure"]
    assert all(axes.lines or axes.collections or axes.images or axes.patches for axes in figure.axes)
    plt.close("all")


def test_the_gallery_has_an_example_for_most_benches():
    text = "".join(script.read_text(encoding="utf-8") for script in GALLERY)
    assert len(GALLERY) >= 25
    assert sum(f"{name.replace('-', '_')}(" in text for name in BENCHES) >= 17


def test_what_stands_in_place_of_something_still_has_something_to_replace():
    everything = "".join(script.read_text(encoding="utf-8") for script in EXAMPLES)
    assert [text for text in IN_PLACE_OF if text not in everything] == []
