"""The study of sines and squares: error map, choice of the working point, errors beside controls, an example.

The working point is chosen on the map, which is made of training data alone: sequences of which a part trains the
readout and the rest chooses. Errors are those of other sequences, masks and noise, once the choice is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.metadata import device_table
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.checks import whole
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ..keeping import Keeping, check_study
from ..validity import warn_of_time_outside
from . import task
from .task import NODES, POINTS, WorkingPoint

#: The parameter that is a field, where a device has one.
FIELD = "perpendicular_field"
#: Second axis of the map: fields over the device's own, and input currents over the usual one where it has no field.
FIELDS, SWINGS = (0.7, 1.5), (0.4, 1.6)
#: Lowest current of the map, over the lowest of the working range.
BELOW = 0.8
#: Networks whose errors are compared, in words.
NETWORKS = {
    "oscillator": "one oscillator, virtual nodes",
    "spatial": "oscillators side by side",
    "no-memory": f"one oscillator, node time of {task.FORGOTTEN:g} relaxation times",
    "no-oscillator": "masked input alone",
}


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    currents, others : int
        Points of the map along its two axes.
    map_periods, map_trials : int
        Periods of each sequence of the map, of which one half trains and the other chooses; and sequences per point.
    training, testing : int
        Periods that train a readout, and that test it.
    trials, quiet_trials : int
        Masks, sequences and noises for the errors; and of them those that are looked at without noise as well.
    temperatures : tuple of float
        Temperatures at which the error is measured as well. [K]
    """

    currents: int = 7
    others: int = 7
    map_periods: int = 120
    map_trials: int = 3
    training: int = 120
    testing: int = 120
    trials: int = 8
    quiet_trials: int = 3
    temperatures: tuple[float, ...] = (0.0, 10.0, 30.0, 100.0, 300.0)


FULL = Size()
QUICK = Size(4, 3, 32, 1, 40, 40, 2, 2, (0.0, 300.0))


def study_waveforms(
    device: CompactModel,
    *,
    size: Size = FULL,
    temperature: float | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Tell sines from squares by one oscillator.

    Parameters
    ----------
    device : CompactModel
        A device that oscillates.
    size : Size
        How much is computed.
    temperature : float, optional
        Temperature of the noise [K]; default: the device's.
    seed : int
        Seed of masks, sequences and noise.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    dict of pandas.DataFrame
        ``errors``, per network and trial; ``map``, per current and field (or input current); ``temperatures``;
        ``amplitude`` and ``outputs`` of an example.

    Raises
    ------
    ParameterError
        If the device does not oscillate.
    """
    check_study(device, size=size, sizes=Size, checkpoint=checkpoint, progress=progress)
    device, kelvin = in_surroundings(device, temperature)
    seed = whole("seed", seed, 0, 2**32 - 1)
    lowest, highest = task.working_range(device)
    grid, axis = _grid(device, lowest, highest, size)
    common: dict[str, Any] = {"temperature": kelvin, "size": size}
    keeping = Keeping(device, checkpoint, progress)

    valid = np.array([task.stays_valid(point) for point in grid])
    chosen_from = [point for point, good in zip(grid, valid, strict=True) if good]
    pieces = [common | {"points": chosen_from, "seed": [seed, 0, k]} for k in range(size.map_trials)]
    errors = np.full((size.map_trials, len(grid)), np.nan)
    errors[:, valid] = keeping.rows(_map_errors, pieces, "map")
    best = grid[int(np.nanargmin(errors.mean(axis=0)))]

    runs = [(kelvin, k) for k in range(size.trials)] + [(0.0, k) for k in range(size.quiet_trials)]
    pieces = [{"size": size, "point": best, "temperature": t, "seed": [seed, 1, k]} for t, k in runs]
    trials = keeping.rows(_trial, pieces, "trials")
    pieces = [
        {"point": best, "size": size, "temperature": t, "seed": [seed, 1, k]}
        for t in size.temperatures
        for k in range(min(size.trials, 3))
    ]
    warmth = keeping.rows(_at_temperature, pieces, "temperatures")
    about: dict[str, Any] = {
        "system": "waveforms",
        "engine": "numeric",
        "temperature": kelvin,
        "seed": seed,
        "working_point": {
            "bias": best.bias,
            "swing": best.swing,
            "node_time": best.node_time,
            "relaxation_time": best.relaxation_time,
            **({FIELD: best.device.values[FIELD]} if FIELD in best.device.values else {}),
        },
        "training_periods": size.training,
        "test_periods": size.testing,
    }
    example = _example(best, kelvin, size, seed)
    masks, (waves,) = task.masks_and_waves(1, size.testing, [seed, 1, 0])
    about["outside"] = task.share_outside(best, waves, masks[0], temperature=kelvin, seed=_noise([seed, 1, 0]))
    warn_of_time_outside(about["outside"], kelvin)
    temperatures = np.array([piece["temperature"] for piece in pieces])
    return {
        "errors": _errors_table(device, runs, trials, about),
        "map": _map_table(device, grid, axis, errors, about),
        "temperatures": device_table(
            device,
            {
                "temperature": (temperatures, "K", "temperature of the noise"),
                "point_error": (warmth[:, 0], "1", "share of points that were told wrongly"),
                "period_error": (warmth[:, 1], "1", "share of periods that were told wrongly"),
            },
            **about,
        ),
        **{name: device_table(device, columns, **about) for name, columns in example.items()},
    }


def _grid(device: CompactModel, lowest: float, highest: float, size: Size) -> tuple[list[WorkingPoint], str]:
    """Working points of the map, row by row along the second axis, with the node time of the one in the middle."""
    swing = task.SWING * (highest - lowest)
    middle = task.working_point(device, 0.5 * (lowest + highest), swing)
    biases = np.linspace(BELOW * lowest, highest - 0.5 * swing, size.currents).tolist()
    started = device.replace(**device.protocol(Oscillation).overrides)

    def at(bias: float, current: float, oscillator: CompactModel) -> WorkingPoint:
        return WorkingPoint(oscillator, bias, current, middle.relaxation_time, middle.node_time)

    if FIELD in device.values and device.values[FIELD] != 0:
        fields = device.values[FIELD] * np.linspace(*FIELDS, size.others)
        return [at(b, swing, started.replace(**{FIELD: f})) for f in fields.tolist() for b in biases], FIELD
    swings = swing * np.linspace(*SWINGS, size.others)
    return [at(b, s, started) for s in swings.tolist() for b in biases], "swing"


def _map_errors(points: list[WorkingPoint], temperature: float, size: Size, seed: list[int]) -> Mapping[str, Any]:
    """Errors of all working points, of a sequence and a mask that they share, on that half that does not train."""
    masks, waves = task.masks_and_waves(1, size.map_periods, seed)
    count = len(points)
    states = task.oscillator_states(points, waves * count, masks * count, temperature=temperature, seed=_noise(seed))
    return {"row": [task.scored(each, waves[0], size.map_periods // 2)[0].points for each in states]}


def _trial(point: WorkingPoint, temperature: float, size: Size, seed: list[int]) -> Mapping[str, Any]:
    """Errors of every network, at points and over periods."""
    masks, (waves,) = task.masks_and_waves(1, size.training + size.testing, seed)
    how: dict[str, Any] = {"temperature": temperature, "seed": _noise(seed)}
    states = {
        "oscillator": task.oscillator_states([point], [waves], masks, **how)[0],
        "spatial": task.spatial_states(point, waves, **how),
        "no-memory": task.forgetful_states(point, waves, masks[0], **how),
        "no-oscillator": task.masked_input(waves, masks[0]),
    }
    found = [task.scored(states[name], waves, size.training)[0] for name in NETWORKS]
    return {"row": [(score.points, score.periods) for score in found]}


def _at_temperature(point: WorkingPoint, temperature: float, size: Size, seed: list[int]) -> Mapping[str, Any]:
    """Errors of the oscillator with noise of another temperature."""
    device, kelvin = in_surroundings(point.device, temperature)
    masks, (waves,) = task.masks_and_waves(1, size.training + size.testing, seed)
    there = WorkingPoint(device, point.bias, point.swing, point.relaxation_time, point.node_time)
    states = task.oscillator_states([there], [waves], masks, temperature=kelvin, seed=_noise(seed))
    score, _ = task.scored(states[0], waves, size.training)
    return {"row": (score.points, score.periods)}


def _example(point: WorkingPoint, temperature: float, size: Size, seed: int) -> dict[str, dict[str, Any]]:
    """Amplitude and outputs of one oscillator over test data, and the outputs of neurons in space."""
    masks, (waves,) = task.masks_and_waves(1, size.training + 12, [seed, 2])
    noise = _noise([seed, 2])
    currents, amplitudes = task.drawn_amplitude(point, waves, masks[0], temperature=temperature, seed=noise)
    score, _ = task.scored(amplitudes[task.FINE - 1 :: task.FINE].reshape(-1, NODES), waves, size.training)
    spatial, _ = task.scored(
        task.spatial_states(point, waves, temperature=temperature, seed=noise), waves, size.training
    )
    begin = size.training * POINTS
    shown = slice(begin * NODES * task.FINE, None)
    number = len(currents[shown])
    times = point.node_time / task.FINE * np.arange(1, number + 1)
    each = NODES * task.FINE
    return {
        "amplitude": {
            "time": (times, "s", "time since the first point that is shown"),
            "input": (np.repeat(waves.inputs[begin:], each), "1", "input"),
            "mask": (np.tile(np.repeat(masks[0][:, 0], task.FINE), number // each), "1", "mask of the node"),
            "drive": (currents[shown], "A", "current"),
            "amplitude": (amplitudes[shown], "1", "amplitude of the oscillation"),
        },
        "outputs": {
            "time": (point.node_time * NODES * np.arange(1, number // each + 1), "s", "end of the point"),
            "input": (waves.inputs[begin:], "1", "input"),
            "target": (waves.targets[begin:], "1", "1 within a square, 0 within a sine"),
            "output": (score.outputs[begin:], "1", "output of the readout of one oscillator"),
            "spatial_output": (spatial.outputs[begin:], "1", "output of the readout of oscillators side by side"),
        },
    }


def _noise(seed: list[int]) -> int:
    """Seed of the noise that belongs to a seed of masks and sequences."""
    return int(np.random.SeedSequence([*seed, 99]).generate_state(1)[0])


def _errors_table(
    device: CompactModel, runs: list[tuple[float, int]], trials: FloatArray, about: Mapping[str, Any]
) -> pd.DataFrame:
    names = list(NETWORKS)
    temperatures, numbers = (np.repeat(each, len(names)) for each in zip(*runs, strict=True))
    return device_table(
        device,
        {
            "network": (np.tile(names, len(runs)), "1", "what the readout sees"),
            "temperature": (temperatures, "K", "temperature of the noise; 0: none"),
            "trial": (numbers, "1", "number of mask, sequence and noise"),
            "point_error": (trials[:, :, 0].ravel(), "1", "share of points that were told wrongly"),
            "period_error": (trials[:, :, 1].ravel(), "1", "share of periods that were told wrongly"),
        },
        **about,
    )


def _map_table(
    device: CompactModel, grid: list[WorkingPoint], axis: str, errors: FloatArray, about: Mapping[str, Any]
) -> pd.DataFrame:
    others = [point.swing if axis == "swing" else point.device.values[axis] for point in grid]
    other = (others, "A", "current of an input of 1") if axis == "swing" else (others, "A/m", "perpendicular field")
    return device_table(
        device,
        {
            "bias": ([point.bias for point in grid], "A", "dc current"),
            axis: other,
            "point_error": (errors.mean(axis=0), "1", "share of points that were told wrongly, on training data"),
            "spread": (errors.std(axis=0), "1", "its standard deviation over masks, sequences and noise"),
        },
        **about,
    )
