"""Why a cell does not work is told with its table."""

from __future__ import annotations

import pytest

from synaspice.characterization import simulate
from synaspice.characterization.cells.standard import why_not
from synaspice.circuits import Inverter


def test_the_faults_that_there_are_are_told():
    assert why_not({"a": False, "b": False}) is None
    assert why_not({"a": True, "b": False, "c": True}) == "a; c"


@pytest.mark.ngspice
def test_an_inverter_without_a_supply_to_speak_of_says_what_is_wrong():
    table = simulate(Inverter(supply_voltage=0.2), points=21)
    assert not table.attrs["works"]
    assert table.attrs["reason"].startswith("it does not go from one level to the other with the load; noise and")
    assert simulate(Inverter(), points=41).attrs["reason"] is None
