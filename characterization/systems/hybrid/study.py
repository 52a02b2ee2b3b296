"""The study of the spin-CMOS hybrid network: its neuron from netlist to sigmoid, and digits read by a layer of it.

Every split of the images has its own seed. Weights, places of the pixels and the softness of training are of training
images alone; test images are looked at once the weights are in the walls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.engine.native import why_not_native
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError
from ....devices.language.optional import require
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...cells.spin.firing_probability import firing_probability
from ...datasets.digits import CLASSES, SIDE, load_digits
from ..keeping import Keeping, check_study
from . import behavioural_neuron as neuron
from . import spin_layer as task
from . import tables
from .spin_netlists import evaluate_neurons
from .tables import CONDITIONS

#: Softness of training, of which each split chooses one on training images.
SOFTNESS = (1.0, 2.0, 4.0)
#: Share of the training images by which the softness is chosen.
CHOOSING = 0.25
#: Spin currents of the sigmoid over the width of the linear theory.
REACH = 2.5


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    splits : int
        Splits of the images.
    training : int
        Training images of each; all others test.
    iterations : int
        Most iterations of training.
    trials : int
        Noisy runs of the magnet at each current of the sigmoid.
    currents : int
        Currents of the sigmoid.
    netlist_currents, netlist_trials : int
        The same of the netlist, with native devices.
    images : int
        Test images in the netlist of the whole layer, with native devices.
    sites : tuple of int
        Numbers of sites of a wall beside its own.
    voltages : tuple of float
        Voltages of the lines over the usual one.
    """

    splits: int = 10
    training: int = 1200
    iterations: int = 150
    trials: int = 2000
    currents: int = 11
    netlist_currents: int = 5
    netlist_trials: int = 32
    images: int = 12
    sites: tuple[int, ...] = (2, 3, 4, 6, 16, 32)
    voltages: tuple[float, ...] = (1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015)


FULL = Size()
QUICK = Size(2, 300, 40, 200, 7, 3, 4, 1, (2, 4), (1.0, 0.1))


def valve_of(device: CompactModel, inputs: int) -> LateralSpinValve:
    """The circuit of a neuron with a magnet or strips of a device, and the rest as usual.

    Raises
    ------
    ParameterError
        If the device is neither.
    """
    if isinstance(device, NeuronMagnet):
        return LateralSpinValve(inputs=inputs, magnet=device)
    if isinstance(device, DomainWallInjector):
        return LateralSpinValve(inputs=inputs, synapse=device)
    raise ParameterError(
        "the hybrid network is made of a neuron-magnet or a domain-wall-injector, not of "
        f"{device.model_name() if isinstance(device, CompactModel) else device!r}"
    )


def study_hybrid(
    device: CompactModel,
    *,
    size: Size = FULL,
    temperature: float | None = None,
    seed: int = 0,
    data: Path | None = None,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Take a spin neuron from its netlist to a sigmoid, and read digits by a layer of ten such neurons.

    Parameters
    ----------
    device : CompactModel
        The neurons' magnet, or their strips.
    size : Size
        How much is computed.
    temperature : float, optional
        Temperature [K]; default: 300.15 K, that of cells.
    seed : int
        Seed of splits, noise and netlists.
    data : Path, optional
        Folder in which ``optdigits.tra`` and ``optdigits.tes`` may lie; see
        :func:`~synaspice.characterization.datasets.digits.load_digits`.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``accuracy``, per split and condition; ``sites`` and ``voltage``, per split and number of sites or voltage;
        ``transfer``, how often a neuron fires; ``waveforms`` of two evaluations; ``netlist``, per image and neuron,
        empty without native devices.

    Raises
    ------
    ParameterError
        If the device is neither a neuron's magnet nor its strip, or there are too few images.
    MissingDependencyError
        If scikit-learn is not installed.
    """
    check_study(device, size=size, sizes=Size, data=data, checkpoint=checkpoint, progress=progress)
    kelvin = in_surroundings(device, 300.15 if temperature is None else temperature)[1]
    seed = whole("seed", seed, 0, 2**32 - 1)
    small = valve_of(device, 3)
    valve = valve_of(device, SIDE**2 + task.EXTRA)
    digits = load_digits(data)
    if len(digits.images) < size.training + 10:
        raise ParameterError(f"{len(digits.images)} images are too few to train with {size.training} and test")
    native = why_not_native() is None
    keeping = Keeping(device, checkpoint, progress)
    common: dict[str, Any] = {"temperature": kelvin, "size": size}

    (waves,) = keeping.compute(
        _waveforms, [{"valve": small, "temperature": kelvin, "seed": seed % 1000 + 1}], "waveforms"
    )
    width = valve.decision(kelvin, task.PRESET_VOLTAGE, READ_TIME - PRESET_TIME).noise_current
    levels = (width * np.linspace(-REACH, REACH, size.currents)).tolist()
    pieces = [common | {"valve": valve, "current": level, "seed": [seed, 0, k]} for k, level in enumerate(levels)]
    numeric = keeping.rows(_sigmoid, pieces, "sigmoid")
    fit = neuron.fit_firing(levels, numeric[:, 0], numeric[:, 1])
    few = (width * np.linspace(-2, 2, size.netlist_currents)).tolist() if native else []
    pieces = [common | {"valve": small, "current": level, "seed": [seed, 1, k]} for k, level in enumerate(few)]
    circuit = keeping.rows(_sigmoid_of_netlist, pieces, "sigmoid-netlist").reshape(-1, 2)
    ensemble = fit
    if native:
        fit = neuron.with_offset(fit, few, circuit[:, 0], circuit[:, 1])

    energy = neuron.NeuronEnergy(*(float(waves[name]) for name in ("preset_energy", "silent_energy", "spike_energy")))
    pieces = [
        common | {"valve": valve, "fit": fit, "energy": energy, "data": data, "seed": [seed, 2, k]}
        for k in range(size.splits)
    ]
    splits = keeping.compute(_split, pieces, "splits")
    pieces = [
        {
            "valve": valve,
            "pulses": splits[0]["pulses"][n],
            "volts": splits[0]["volts"],
            "temperature": kelvin,
            "seed": seed % 1000 + 10 + n,
        }
        for n in range(CLASSES if native else 0)
    ]
    layer = keeping.compute(_neuron_of_layer, pieces, "netlist")
    about: dict[str, Any] = {
        "system": "hybrid",
        "temperature": kelvin,
        "seed": seed,
        "data": digits.source,
        "images": len(digits.images),
        "training_images": size.training,
        "native": native,
        "neuron": {
            "offset": fit.offset,
            "offset_error": fit.offset_error,
            "ensemble_offset": ensemble.offset,
            "width": fit.width,
            "width_error": fit.width_error,
            "linear_theory_width": width,
            "preset_energy": energy.preset,
            "silent_energy": energy.silent,
            "spike_energy": energy.spike,
            "signal": task.VOLTAGE,
            "preset": task.PRESET_VOLTAGE,
        },
        "levels": list(valve.written_weights),
    }
    return {
        "accuracy": tables.accuracy_table(device, splits, about),
        "sites": tables.sites_table(device, splits, size.sites, valve.writer.sites, about),
        "voltage": tables.voltage_table(device, splits, size.voltages, about),
        "transfer": tables.transfer_table(device, (levels, numeric), (few, circuit), (ensemble, fit), about),
        "waveforms": tables.waveform_table(device, waves, about),
        "netlist": tables.netlist_table(device, splits[0], layer, fit, about),
    }


# --- the pieces ---------------------------------------------------------------------------------------


def _waveforms(valve: LateralSpinValve, temperature: float, seed: int) -> Mapping[str, Any]:
    found, energy, currents = neuron.two_evaluations(valve, temperature=temperature, seed=seed)
    table = neuron.waveform_table(found, valve)
    return {str(name): table[name].to_numpy() for name in table.columns} | {
        "preset_energy": energy.preset,
        "silent_energy": energy.silent,
        "spike_energy": energy.spike,
        "currents": currents,
        "fired": found.fired[:, 0],
    }


def _integer(seed: list[int]) -> int:
    """Seed of a simulator that belongs to a list of numbers."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0]) % (2**31 - 2) + 1


def _sigmoid(
    valve: LateralSpinValve, current: float, temperature: float, size: Size, seed: list[int]
) -> Mapping[str, Any]:
    found = firing_probability(
        valve,
        [current],
        temperature=temperature,
        trials=size.trials,
        seed=_integer(seed),
        preset_current=valve.decision(temperature, task.PRESET_VOLTAGE).preset_current,
        period=READ_TIME,
    )
    return {"row": (round(float(found["probability"].iloc[0]) * size.trials), size.trials)}


def _sigmoid_of_netlist(
    valve: LateralSpinValve, current: float, temperature: float, size: Size, seed: list[int]
) -> Mapping[str, Any]:
    trials = size.netlist_trials
    fired = neuron.fired_in_netlist(valve, current, trials, temperature=temperature, seed=_integer(seed))
    return {"row": (fired, trials)}


def _neuron_of_layer(
    valve: LateralSpinValve, pulses: FloatArray, volts: FloatArray, temperature: float, seed: int
) -> Mapping[str, Any]:
    """One neuron of the layer in its netlist, over all images; the lines are ideal sources, so that each runs alone."""
    found = evaluate_neurons(valve, [pulses], volts, temperature=temperature, seed=seed)
    return {
        "m_z": found.magnets[:, 0],
        "fired": found.fired[:, 0],
        "wall_change": found.wall_change,
        "energy": sum(found.energies.values()),
    }


def _split(
    valve: LateralSpinValve,
    fit: neuron.FiringFit,
    energy: neuron.NeuronEnergy,
    data: Path | None,
    temperature: float,
    size: Size,
    seed: list[int],
) -> Mapping[str, Any]:
    """Train on a part of the images, write the walls, and read the rest in all conditions."""
    digits, generator = load_digits(data), np.random.default_rng(seed)
    order = generator.permutation(len(digits.images))
    training, testing = order[: size.training], order[size.training :]
    seen, known = digits.images[training], digits.labels[training]
    images, labels = digits.images[testing], digits.labels[testing]
    layer = task.SpinLayer.suited(valve, seen, temperature=temperature)
    weights = _trained(layer, seen, known, size)
    on_off, levels = np.rint, np.array(valve.written_weights)
    pulses = task.at_sites(weights, valve.written_weights)
    written = levels[pulses]
    currents = layer.currents(written, images)

    def right(named: NDArray[np.int64]) -> float:
        return float(np.mean(named == labels))

    def by_ramp(of: task.SpinLayer, chosen: FloatArray, shown: FloatArray) -> float:
        return right(task.named_by_ramp(of, chosen, shown, fit.width, generator, offset=fit.offset))

    alone = task.fired(currents - fit.offset, fit.width, generator)
    single = float(np.mean((alone.sum(axis=1) == 1) & alone[np.arange(len(labels)), labels]))
    binary = task.at_sites(_trained(layer, on_off(seen), known, size), valve.written_weights)
    linear = require("sklearn.linear_model", "the network in software", "systems").LogisticRegression(max_iter=5000)
    accuracy = {
        "software": float(linear.fit(seen, known).score(images, labels)),
        "continuous": right(task.named_by_largest(layer.currents(weights, images))),
        "quantised": right(task.named_by_largest(currents)),
        "noisy": by_ramp(layer, written, images),
        "on-off": by_ramp(layer, levels[binary], on_off(images)),
        "single": single,
    }
    sites = []
    for count in size.sites:
        other = np.array(task.site_weights(valve, count))
        chosen = other[task.at_sites(weights, other)]
        chosen[:, 0] = written[:, 0]
        sites.append((right(task.named_by_largest(layer.currents(chosen, images))), by_ramp(layer, chosen, images)))
    voltages = []
    for part in size.voltages:
        weaker = replace(layer, voltage=part * layer.voltage)
        spent = [
            energy.total(weaker.input_energy(images, ramp)[:, np.newaxis], weaker.currents(written, images, ramp) > 0)
            for ramp in np.linspace(1.0, 0.0, task.STEPS).tolist()
        ]
        flips = fit.error_rate(weaker.currents(written, images))
        per_image = float(np.mean(np.sum(spent, axis=(0, 2))))
        voltages.append((by_ramp(weaker, written, images), per_image, float(np.mean(flips))))
    shown = slice(0, size.images)
    return {
        "accuracy": [accuracy[name] for name in CONDITIONS],
        "sites": sites,
        "voltages": voltages,
        "pulses": pulses,
        "volts": layer.voltages(images[shown]),
        "labels": labels[shown],
        "currents": currents[shown],
    }


def _trained(layer: task.SpinLayer, images: FloatArray, labels: NDArray[np.int64], size: Size) -> FloatArray:
    """Weights of the softness that names most of a part of the training images after training on the others."""
    cut = round((1 - CHOOSING) * len(images))
    how = {"classes": CLASSES, "iterations": size.iterations}

    def names(softness: float) -> float:
        weights = task.train_layer(layer, images[:cut], labels[:cut], softness=softness, **how)
        levels = np.array(layer.valve.written_weights)
        written = levels[task.at_sites(weights, levels)]
        return float(np.mean(task.named_by_largest(layer.currents(written, images[cut:])) == labels[cut:]))

    return task.train_layer(layer, images, labels, softness=max(SOFTNESS, key=names), **how)
