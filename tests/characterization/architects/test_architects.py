"""Cells of NVSim and synapses of NeuroSim: against closed forms, benches, and NVSim where it is installed."""

import math
import re
import shutil
import subprocess

import numpy as np
import pytest
from scipy.optimize import brentq

from synaspice.characterization.architects.neurosim import _written, neurosim_synapse
from synaspice.characterization.architects.nvsim import nvsim_cell
from synaspice.characterization.benches.memristors.neurosim_curve import curve, nonlinearity
from synaspice.characterization.benches.memristors.potentiation import potentiation
from synaspice.characterization.benches.write_error import write_error
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    PhaseChangeMemory,
    SpinOrbitTorqueMTJ,
    VolatileMemristor,
    Yakopcic,
)
from synaspice.devices.language.errors import ParameterError, ValidityWarning

#: A memory for NVSim of one bank, whose organisation is given so that there is nothing to search.
MEMORY = """-DesignTarget: RAM
-OptimizationTarget: ReadLatency
-ProcessNode: 22
-Capacity (KB): 256
-WordWidth (bit): 64
-DeviceRoadmap: LSTP
-LocalWireType: LocalAggressive
-LocalWireRepeaterType: RepeatedNone
-LocalWireUseLowSwing: No
-GlobalWireType: GlobalAggressive
-GlobalWireRepeaterType: RepeatedNone
-GlobalWireUseLowSwing: No
-Routing: H-tree
-InternalSensing: true
-Temperature (K): 350
-BufferDesignOptimization: latency
-ForceBank (Total AxB, Active CxD): 1x1, 1x1
-ForceMat (Total AxB, Active CxD): 2x2, 1x1
-ForceMuxSenseAmp: 16
-ForceMuxOutputLev1: 1
-ForceMuxOutputLev2: 1
-MemoryCellInputFile: device.cell
"""


def values(text: str) -> dict[str, str]:
    """The lines of a cell that NVSim reads, by name without unit."""
    return dict(re.findall(r"^-(\w+)(?: \([^)]*\))?: (\S+)$", text, re.M))


def test_memristor_is_written_as_its_closed_form_says() -> None:
    # A VTEAM without window moves at a constant rate; its resistance is a line over the position.
    device = VTEAM()
    found, v = values(nvsim_cell(device)), device.values
    volts = float(found["ResetVoltage"])
    rate = v["rate_off"] * (volts / v["threshold_off"] - 1) ** v["exponent_off"]
    width = 0.9 * (v["position_off"] - v["position_on"]) / rate
    slope = v["resistance_off"] - v["resistance_on"]
    energy = volts**2 / slope * math.log(1 + 0.9 * slope / v["resistance_on"]) * width / 0.9
    assert found["MemCellType"] == "memristor"
    assert float(found["ResetPulse"]) == pytest.approx(1e9 * width, rel=5e-3)  # of 401 points of a transient
    assert float(found["ResetEnergy"]) == pytest.approx(1e12 * energy, rel=5e-3)
    assert float(found["ResistanceOnAtReadVoltage"]) == pytest.approx(v["resistance_on"], rel=1e-5)
    assert float(found["ResistanceOffAtReadVoltage"]) == pytest.approx(v["resistance_off"], rel=1e-5)


@pytest.fixture(scope="module")
def junction() -> str:
    return MTJ().netlist("nvsim-cell")


def test_junction_is_written_with_the_error_rate(junction: str) -> None:
    device, found = MTJ(), values(junction)
    assert found["MemCellType"] == "MRAM"
    current, width = 1e-6 * float(found["SetCurrent"]), 1e-9 * float(found["SetPulse"])
    assert current == pytest.approx(2 * device.derived["critical_current_to_parallel"], rel=1e-5)
    rate = write_error(device, amplitude=[current], width=[width], methods="fokker-planck", seed=1)["probability"]
    assert rate.iloc[0] == pytest.approx(1e-6, rel=0.02)
    volts = float(found["SetEnergy"]) * 1e-12 / (current * width)
    assert volts < current * float(found["ResistanceOff"])  # at this voltage it is lower than where it is read


@pytest.fixture(scope="module")
def phase_change() -> str:
    return PhaseChangeMemory.preset("joshi2020").netlist("nvsim-cell")


def test_phase_change_memory_is_written_as_first_order_kinetics_say(phase_change: str) -> None:
    device, found = PhaseChangeMemory.preset("joshi2020"), values(phase_change)
    assert found["MemCellType"] == "PCRAM"
    # At the temperature of fastest crystallisation 1 - x = exp(-t / tau), and the conductance is a line over x.
    width = device.crystallization_time * math.log(10)
    volts = device.voltage_for(device.crystallization_temperature)
    assert float(found["SetPulse"]) == pytest.approx(1e9 * width, rel=5e-3)  # of 401 points of a transient
    assert float(found["SetCurrent"]) == pytest.approx(1e6 * volts / device.programming_resistance, rel=1e-4)
    energy = volts**2 / device.programming_resistance * width
    assert float(found["SetEnergy"]) == pytest.approx(1e12 * energy, rel=5e-3)
    # Molten all the way: x = exp(-t / tau) until the resistance has covered 90 % of its way.
    low, high = device.conductance_min, device.conductance_max
    wanted = 1 / (1 / high + 0.9 * (1 / low - 1 / high))
    molten = device.melting_time * math.log((high - low) / (wanted - low))
    # The state is at 4e-4 then, where the wall of its bound begins to hold it up.
    assert float(found["ResetPulse"]) == pytest.approx(1e9 * molten, rel=0.04)
    assert float(found["ResistanceOn"]) == pytest.approx(1 / high, rel=1e-5)


@pytest.mark.skipif(shutil.which("nvsim") is None, reason="NVSim is not installed")
@pytest.mark.parametrize(("kind", "named"), [("junction", "MRAM"), ("phase_change", "PCRAM")])
def test_nvsim_reads_the_cell(kind: str, named: str, request, tmp_path) -> None:
    cell = request.getfixturevalue(kind)
    (tmp_path / "device.cell").write_text(cell)
    (tmp_path / "memory.cfg").write_text(MEMORY)
    said = subprocess.run(["nvsim", "memory.cfg"], cwd=tmp_path, capture_output=True, text=True, timeout=300).stdout
    found = values(cell)
    assert f"Memory Cell: {named}" in said
    assert f"Set Current: {float(found['SetCurrent']):.3f}uA" in said
    assert f"Reset Pulse: {float(found['ResetPulse']):.3f}ns" in said
    assert "Read Latency" in said


def synapse(text: str) -> dict[str, str]:
    """The statements of a synapse of NeuroSim."""
    return dict(re.findall(r"^(\w+) = ([^;]+);", text, re.M))


def test_synapse_is_what_the_bench_measures() -> None:
    with pytest.warns(ValidityWarning, match="cycles differ"):
        table = potentiation(Yakopcic(), read_voltage=0.1, cycles=3)
    last = table[table["cycle"] == 2]["conductance"]
    found = synapse(Yakopcic().netlist("neurosim"))
    assert float(found["maxConductance"]) == pytest.approx(last.max(), rel=1e-5)
    assert float(found["minConductance"]) == pytest.approx(last.min(), rel=1e-5)
    assert float(found["writePulseWidthLTD"]) == pytest.approx(table.attrs["widths"][1], rel=1e-5)
    assert found["maxNumLevelLTP"] == "64"


def neurosim_label(text: str) -> int:
    """The entry of its table that MLP+NeuroSim V3.0 takes (``getParamA`` in its ``formula.cpp``)."""
    return int(abs(float(text)) * 100) - 1


def neurosim_curves(found: dict[str, str]) -> list[np.ndarray]:
    """Conductances after 0 to the last pulse up and down, as ``RealDevice::Write`` of MLP+NeuroSim V3.0 has them."""
    low, high = float(found["minConductance"]), float(found["maxConductance"])
    curves = []
    for way, begin, end in (("LTP", low, high), ("LTD", high, low)):
        label = (neurosim_label(found[f"NL_{way}"]) + 1) / 100
        bent = brentq(lambda one: nonlinearity(one) - label, 1e-6, 100)  # noqa: B023
        sign = 1 if (float(found[f"NL_{way}"]) > 0) == (way == "LTP") else -1
        shares = np.linspace(0, 1, int(found[f"maxNumLevel{way}"]) + 1)
        curves.append(begin + (end - begin) * curve(shares, sign * bent))
    return curves


@pytest.mark.parametrize(("device", "most"), [(PhaseChangeMemory(), 5e-4), (Yakopcic(), 0.03)], ids=["pcm", "yakopcic"])
def test_neurosim_repeats_the_loop_of_the_pulses(device, most) -> None:
    """Over one range for both directions, and with the labels of its table."""
    with pytest.warns(ValidityWarning, match="cycles differ"):
        last = potentiation(device, cycles=3).query("cycle == 2")["conductance"].to_numpy().reshape(2, -1)
    for made, there in zip(neurosim_curves(synapse(device.netlist("neurosim"))), last, strict=True):
        assert np.sqrt(np.mean((made - there) ** 2)) / np.ptp(last) < most


def test_labels_are_the_nearest_of_neurosim_s_table() -> None:
    for label in (0.01, 0.29, 0.57, 0.58, 1.13, 2.719, 8.994, 8.999):
        assert neurosim_label(_written(label)) + 1 == round(100 * label)
        assert neurosim_label(_written(-label)) + 1 == round(100 * label)


def test_curves_that_neurosim_has_not_are_told() -> None:
    with pytest.warns(ValidityWarning, match=r"NeuroSim's curves miss those of vteam by .* \(LTD\)"):
        text = neurosim_synapse(VTEAM())
    assert "the first of 3 such cycles" in text


def test_what_is_no_such_memory_is_refused() -> None:
    with pytest.raises(ParameterError, match="two terminals"):
        nvsim_cell(SpinOrbitTorqueMTJ())
    with pytest.raises(ParameterError, match="two terminals"):
        nvsim_cell(AutoOscillator())
    with pytest.raises(ParameterError, match=r"volatile|forgets|does not move"):
        nvsim_cell(VolatileMemristor())
    with pytest.raises(ParameterError, match="read_voltage"):
        nvsim_cell(VTEAM(), read_voltage=-0.1)
    with pytest.raises(ParameterError, match="read at 1 V at most"):
        nvsim_cell(VTEAM(), read_voltage=5.0)
    with pytest.raises(ParameterError, match="access_width"):
        nvsim_cell(VTEAM(), access_width=0.0)
    with pytest.raises(ParameterError, match="give the amplitude"):
        neurosim_synapse(MTJ())
    with pytest.raises(ParameterError, match="has no noise"):
        VTEAM().netlist("neurosim", noise=True)
