"""Tables of the study of the spin-CMOS hybrid network, from what its pieces gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.metadata import device_table
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...datasets.digits import CLASSES
from .behavioural_neuron import FiringFit
from .spin_layer import VOLTAGE

#: What is compared, in words.
CONDITIONS = {
    "software": "logistic regression in floating point",
    "continuous": "walls anywhere, no noise",
    "quantised": "walls at their sites, no noise",
    "noisy": "walls at their sites, thermal noise, ramp of 8 steps",
    "on-off": "the same, pixels on or off",
    "single": "the same, one evaluation: the right neuron fires, and no other",
}


def accuracy_table(device: CompactModel, splits: list[Any], about: Mapping[str, Any]) -> pd.DataFrame:
    """Share of the test images that are named rightly, a row per split and condition."""
    found = np.array([split["accuracy"] for split in splits])
    columns = {
        "condition": (np.tile(list(CONDITIONS), len(splits)), "1", "network and readout"),
        "split": (np.repeat(np.arange(len(splits)), len(CONDITIONS)), "1", "number of the split"),
        "accuracy": (found.ravel(), "1", "share of the test images that are named rightly"),
    }
    return device_table(device, columns, conditions=CONDITIONS, **about)


def sites_table(
    device: CompactModel, splits: list[Any], numbers: tuple[int, ...], own: int, about: Mapping[str, Any]
) -> pd.DataFrame:
    """The same over the number of sites of a wall, a row per split and number; the strip has ``own`` of them."""
    quantised, noisy = (list(CONDITIONS).index(name) for name in ("quantised", "noisy"))
    found = np.array([[*split["sites"], split["accuracy"][[quantised, noisy]]] for split in splits])
    sites = np.tile([*numbers, own], len(splits))
    columns = {
        "sites": (sites, "1", "sites of a wall"),
        "split": (np.repeat(np.arange(len(splits)), len(numbers) + 1), "1", "number of the split"),
        "quiet_accuracy": (found[:, :, 0].ravel(), "1", "share named rightly by the largest sum, without noise"),
        "accuracy": (found[:, :, 1].ravel(), "1", "share named rightly by the ramp, with thermal noise"),
    }
    return device_table(device, columns, own_sites=own, **about)


def voltage_table(
    device: CompactModel, splits: list[Any], volts: tuple[float, ...], about: Mapping[str, Any]
) -> pd.DataFrame:
    """The same over the voltage of the lines, with the energy of an image, a row per split and voltage."""
    found = np.array([split["voltages"] for split in splits])
    columns = {
        "voltage": (np.tile(VOLTAGE * np.array(volts), len(splits)), "V", "voltage of a line that is on"),
        "split": (np.repeat(np.arange(len(splits)), len(volts)), "1", "number of the split"),
        "accuracy": (found[:, :, 0].ravel(), "1", "share named rightly by the ramp, with thermal noise"),
        "energy": (found[:, :, 1].ravel(), "J", "energy of an image: ten neurons, all steps of the ramp"),
        "error_rate": (found[:, :, 2].ravel(), "1", "share of single decisions that noise turns, at half the ramp"),
    }
    return device_table(device, columns, **about)


def transfer_table(
    device: CompactModel,
    numeric: tuple[list[float], FloatArray],
    circuit: tuple[list[float], FloatArray],
    fits: tuple[FiringFit, FiringFit],
    about: Mapping[str, Any],
) -> pd.DataFrame:
    """How often a neuron fired at spin currents, in ensembles of its magnet and in its netlist."""
    currents = np.array([*numeric[0], *circuit[0]])
    counts = np.concatenate([numeric[1], circuit[1]])
    columns = {
        "engine": (["numeric"] * len(numeric[0]) + ["ngspice"] * len(circuit[0]), "", "what was run"),
        "spin_current": (currents, "A", "spin current into the magnet"),
        "fired": (counts[:, 0], "1", "trials in which the neuron fired"),
        "trials": (counts[:, 1], "1", "number of trials"),
        "fitted": (
            np.concatenate([fit.probability(own[0]) for fit, own in zip(fits, (numeric, circuit), strict=True)]),
            "1",
            "probability of the sigmoid that was fitted to the engine's runs",
        ),
    }
    return device_table(device, columns, **about)


def waveform_table(device: CompactModel, waves: Mapping[str, Any], about: Mapping[str, Any]) -> pd.DataFrame:
    """Waveforms of two evaluations of a neuron in its netlist."""
    described = {
        "time": ("s", "time"),
        "preset": ("V", "line of the preset"),
        "input_1": ("V", "first input"),
        "input_2": ("V", "second input"),
        "spin_potential": ("V", "spin potential along z in the channel under the magnet"),
        "m_z": ("1", "magnetisation of the neuron's magnet"),
        "junction": ("ohm", "resistance of the junction at zero bias"),
        "junction_side": ("V", "side of the latch at the junction"),
        "reference_side": ("V", "side of the latch at the reference"),
        "spike": ("V", "output of the latch"),
    }
    columns = {name: (waves[name], *text) for name, text in described.items()}
    more = {"currents": waves["currents"].tolist(), "fired": waves["fired"].tolist(), "engine": "ngspice"}
    return device_table(device, columns, **more, **about)


def netlist_table(
    device: CompactModel, split: Mapping[str, Any], layer: list[Any], fit: FiringFit, about: Mapping[str, Any]
) -> pd.DataFrame:
    """A row per image and neuron; none without native devices."""
    count = len(split["labels"]) if layer else 0
    currents = split["currents"][:count]
    shape = (count, CLASSES)

    def of(name: str, kind: type) -> Any:
        return np.array([each[name] for each in layer], dtype=kind).T.reshape(shape) if layer else np.zeros(shape, kind)

    columns = {
        "image": (np.repeat(np.arange(count), CLASSES), "1", "number of the test image of the first split"),
        "digit": (np.repeat(split["labels"][:count], CLASSES), "1", "what it is of"),
        "neuron": (np.tile(np.arange(CLASSES), count), "1", "class of the neuron"),
        "spin_current": (currents.ravel(), "A", "spin current by the circuit's equations"),
        "probability": (fit.probability(currents).ravel(), "1", "probability to fire of the behavioural neuron"),
        "m_z": (of("m_z", float).ravel(), "1", "magnetisation in the netlist when the latch's clock rises"),
        "fired": (of("fired", bool).ravel(), "1", "whether the latch gave a spike in the netlist"),
        "energy": (of("energy", float).ravel(), "J", "energy of the evaluation in the netlist"),
    }
    moved = max((float(each["wall_change"]) for each in layer), default=None)
    return device_table(device, columns, engine="ngspice", wall_change=moved, **about)
