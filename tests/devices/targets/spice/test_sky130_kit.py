"""The resistive memory under the names of SkyWater's design kit: what includes the kit's names runs with it."""

import subprocess

import numpy as np
import pytest

from synaspice.devices import MTJ, PiecewiseLinear, Sky130RERAM
from synaspice.devices.language.errors import ParameterError

# The public example of the kit (barakhoffer/sky130_ngspice_reram), with a series resistor in place of its transistor.
DECK = """ReRAM under the kit's name
.include "kit.sub"
V1 in 0 PWL(0 0 0.25u 1.8 0.5u 0 0.75u -1.8 1.0u 0.0)
R1 in TE 10k
XR0 {instance}
.options method=gear reltol=1e-5
.tran 0.2n 1u 0 0.2n
.control
run
linearize v(te)
wrdata out.data v(te)
quit
.endc
.end
"""


def run(folder, instance):
    (folder / "kit.sub").write_text(Sky130RERAM.preset("skywater2020").netlist("sky130-kit"))
    (folder / "deck.cir").write_text(DECK.format(instance=instance))
    ended = subprocess.run(["ngspice", "-b", "deck.cir"], cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / "out.data").exists(), ended.stdout + ended.stderr
    return np.loadtxt(folder / "out.data")


@pytest.mark.ngspice
def test_a_netlist_of_the_kit_runs_in_either_unit_of_the_kit(tmp_path):
    cell = "TE 0 sky130_fd_pr_reram__reram_cell Tfilament_0="
    metres, nanometres, thick = (run(tmp_path, cell + value) for value in ("3.8e-9", "3.8", "4.9"))
    assert np.array_equal(metres, nanometres)
    assert np.ptp(metres[:, 1]) > 1.0
    assert np.max(np.abs(metres[:, 1] - thick[:, 1])) > 0.1  # the state at the beginning counts


@pytest.mark.ngspice
def test_the_module_shows_the_filament_in_nanometres(tmp_path):
    module = "TE 0 fil sky130_fd_pr_reram__reram_module Tfilament_0=3.8\n.save v(te) v(fil)"
    (tmp_path / "kit.sub").write_text(Sky130RERAM.preset("skywater2020").netlist("sky130-kit"))
    deck = DECK.replace(
        "linearize v(te)\nwrdata out.data v(te)", "linearize v(te) v(fil)\nwrdata out.data v(te) v(fil)"
    )
    (tmp_path / "deck.cir").write_text(deck.format(instance=module))
    subprocess.run(["ngspice", "-b", "deck.cir"], cwd=tmp_path, capture_output=True, check=False)
    found = np.loadtxt(tmp_path / "out.data")
    time, volts, filament = found[:, 0], found[:, 1], found[:, 3]
    assert filament[0] == pytest.approx(3.8, abs=1e-3)
    # The numeric engine on the same voltage across it.
    device = Sky130RERAM.preset("skywater2020", initial_state=(3.8 - 3.3) / 1.6)
    drive = PiecewiseLinear(time[::20], volts[::20])
    own = device.simulate(drive, 1e-6, times=time[::100])
    assert filament[::100] == pytest.approx(1e9 * own["filament"].to_numpy(), abs=0.05)


def test_it_is_of_that_device_with_those_names():
    with pytest.raises(ParameterError, match="is of sky130-reram, not of mtj"):
        MTJ().netlist("sky130-kit")
    with pytest.raises(ParameterError, match="names and pins of the design kit"):
        Sky130RERAM().netlist("sky130-kit", name="other")
