"""P-bits of one junction: how nearly they sample Boltzmann's distribution, and factors of numbers that they find."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import device_table
from ...devices.language.checks import instance, whole
from ...devices.model import CompactModel
from ..slow_time.two_states import TwoStateThermal
from .energies import numbers_of
from .p_bits import PBitNetwork, PBitRun
from .problems import factorisation, factors, full_adder

#: Numbers that are factorised, and p-bits of their two factors.
NUMBERS = {35: (2, 2), 161: (4, 2), 945: (5, 3)}
#: Strength of the full adder, and of factors times the number.
ADDER, FACTORS = 0.15, 0.5


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes
    ----------
    runs : int
        Independent runs of each network.
    length : int
        Length of a run in mean dwell times.
    """

    runs: int
    length: int


FULL, QUICK = Size(64, 8000), Size(8, 500)


def study_p_bits(device: CompactModel, *, size: Size = FULL, seed: int = 0) -> dict[str, pd.DataFrame]:
    r"""Sample the states of a full adder, and factorise numbers, by p-bits of one junction.

    The strength of a factorisation of F is :math:`1/(2 F)`: nothing that is known of the factors is in it. Drives
    beyond the junction's two states stay at the end of the range. The mean time to a solution is all the time that
    runs took until their energy first was zero, over how many got there: right for times that are exponential,
    whatever the length of a run.

    Parameters
    ----------
    device : CompactModel
        The junction.
    size : Size
        How much is computed.
    seed : int
        Seed of the runs.

    Returns
    -------
    dict of DataFrame
        ``states`` of the adder with their probabilities, ``products`` with their shares, and ``times`` to solutions.

    Raises
    ------
    ParameterError
        If the device has not two states.
    """
    instance("device", device, CompactModel, "a device")
    instance("size", size, Size)
    whole("seed", seed, 0, 2**64 - 1)
    model = TwoStateThermal.of(device)
    adder = PBitNetwork(model, full_adder(), clip=True)
    runs = _runs(adder, size, seed, ADDER)
    share, error = _shares([numbers_of(run.states) for run in runs], np.arange(2**adder.energy.size))
    states = {
        "state": (
            np.arange(2**adder.energy.size),
            "",
            "number of the state: a, b, carry in, sum, carry from its bit 0",
        ),
        "energy": (adder.energy.of(adder.energy.states()), "1", "energy"),
        "share": (share, "1", "share of the recorded states"),
        "error": (error, "1", "standard error of the share, from run to run"),
        "boltzmann": (adder.energy.boltzmann(ADDER), "1", "Boltzmann's distribution"),
        "stationary": (adder.stationary(ADDER), "1", "by the junction's own rates: the master equation"),
    }
    attributes: dict[str, Any] = {
        "seed": seed,
        "runs": size.runs,
        "length": size.length,
        "dwell_time": adder.dwell_time,
    }
    attributes |= {"drive_per_input": adder.drive_per_input, "inputs": list(adder.inputs)}
    products, times = [], []
    for number, bits in NUMBERS.items():
        network = PBitNetwork(model, factorisation(number, bits), clip=True)
        found = _runs(network, size, seed, FACTORS / number)
        products.append(_products(network, number, bits, found))
        times.append(_times(network, number, found))
    return {
        "states": device_table(device, states, system="p-bits", **attributes),
        "products": device_table(device, _columns(products, PRODUCTS), system="p-bits", **attributes),
        "times": device_table(device, _columns(times, TIMES), system="p-bits", **attributes),
    }


PRODUCTS = {
    "number": ("", "number that is factorised"),
    "product": ("", "product of the two factors"),
    "share": ("1", "share of the recorded states"),
    "error": ("1", "standard error of the share, from run to run"),
    "boltzmann": ("1", "by Boltzmann's distribution"),
}
TIMES = {
    "number": ("", "number that is factorised"),
    "p_bits": ("", "number of p-bits"),
    "strength": ("1", "strength of the inputs"),
    "time": ("s", "mean time to a solution"),
    "error": ("s", "standard error of it"),
    "dwell_times": ("1", "mean time to a solution in dwell times of a bit without input"),
    "random_states": ("1", "states that one would have to draw at random for a solution, on average"),
    "unsolved": ("", "runs that found none"),
    "clipped": ("1", "share of the inputs beyond the range of two states, held at its end"),
    "energy": ("J", "largest power of the junctions' drives times the time to a solution; without weights and readout"),
}


def _runs(network: PBitNetwork, size: Size, seed: int, strength: float) -> list[PBitRun]:
    dwell = network.dwell_time
    return network.run(size.length * dwell, strength=strength, interval=dwell, runs=size.runs, goal=0.0, seed=seed)


def _shares(seen: Sequence[Any], values: Any) -> tuple[Any, Any]:
    """Shares of values, means over runs, and their standard errors."""
    shares = np.array([[np.mean(one == value) for value in values] for one in seen])
    return shares.mean(axis=0), shares.std(axis=0, ddof=1) / math.sqrt(len(shares))


def _products(network: PBitNetwork, number: int, bits: tuple[int, int], runs: Sequence[PBitRun]) -> pd.DataFrame:
    x, y = factors(network.energy.states(), bits)
    expected = pd.Series(network.energy.boltzmann(FACTORS / number)).groupby(x * y).sum()
    seen = [np.multiply(*factors(run.states, bits)) for run in runs]
    share, error = _shares(seen, expected.index)
    return pd.DataFrame(
        {"number": number, "product": expected.index, "share": share, "error": error, "boltzmann": expected.to_numpy()}
    )


def _times(network: PBitNetwork, number: int, runs: Sequence[PBitRun]) -> pd.DataFrame:
    energy, length = network.energy, float(runs[0].times[-1])
    reached = np.array([run.reached for run in runs])
    solved = int(np.isfinite(reached).sum())
    time = float(np.minimum(reached, length).sum()) / solved if solved else math.nan
    spread = float(np.minimum(reached, length).std(ddof=1)) * math.sqrt(len(runs)) / solved if solved else math.nan
    states = energy.states()
    visited = np.array([np.bincount(numbers_of(run.states), minlength=len(states)) for run in runs]).sum(axis=0)
    inputs = np.abs(energy.inputs(states)) * FACTORS / number
    beyond = (inputs > min(abs(end) for end in network.inputs)).mean(axis=1)
    row = {
        "number": number,
        "p_bits": energy.size,
        "strength": FACTORS / number,
        "time": time,
        "error": spread,
        "dwell_times": time / network.dwell_time,
        "random_states": len(states) / int((np.abs(energy.of(states)) < 1e-6).sum()),
        "unsolved": len(runs) - solved,
        "clipped": float(visited @ beyond / visited.sum()),
        "energy": time * energy.size * network.most_power(),
    }
    return pd.DataFrame([row])


def _columns(parts: Sequence[pd.DataFrame], told: dict[str, tuple[str, str]]) -> dict[str, Any]:
    table = pd.concat(parts, ignore_index=True)
    return {name: (table[name], unit, words) for name, (unit, words) in told.items()}
