"""Products of vectors in an array of a device: effective bits, errors by stuck cells, and what a product costs.

The cells have random conductances, evenly spread between those of the device's reference states; a device whose
states cannot be set to a conductance is in one of the two at random.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....circuits.crossbars.crossbar import Crossbar
from ....circuits.crossbars.crosspoints.crossings import DeviceCells
from ....circuits.periphery.chain import Periphery
from ....circuits.periphery.converters import MOST_BITS, not_negative
from ....devices.core.metadata import device_attributes
from ....devices.core.protocols import Statics
from ....devices.model import CompactModel
from ...architects.kept import require_kept
from ...arguments import Choice, Quantity, Range, Whole, Wholes
from ...bench import bench
from ...crossbars.effective_bits import BITS, RESISTANCES, effective_bits
from ...crossbars.fault_errors import RATES, fault_errors
from ...crossbars.product_cost import product_cost
from ..memristors.reader import Reader

#: How arrays are solved: with the cells' slopes at 0 V, or with their own characteristics.
SOLVED = ("linear", "nonlinear")
#: Vectors of inputs over which errors by faults and costs are a mean.
VECTORS = 8

WordLines = Annotated[int, Whole("word lines of the array", 1, 1024)]
BitLines = Annotated[int, Whole("bit lines of the array", 1, 1024)]
Segment = Annotated[float, Quantity("ohm", "resistance of a segment of wire between two cells")]
ReadVoltage = Annotated[float, Quantity("V", "voltage of the largest input", positive=True)]
Method = Annotated[str, Choice(SOLVED, "cells with their slopes at 0 V, or with their own characteristics")]
Seed = Annotated[int, Whole("seed of conductances, inputs and all else that is random")]


def random_array(
    device: CompactModel, shape: tuple[int, int], *, segment: float = 0.0, read_voltage: float = 0.1, seed: int = 0
) -> Crossbar:
    """A crossbar of a device in random states.

    Parameters
    ----------
    device : CompactModel
        The device.
    shape : tuple of int
        Numbers of word lines and of bit lines.
    segment : float
        Resistance of a segment of wire, word and bit lines alike. [ohm]
    read_voltage : float
        Voltage at which conductances are meant. [V]
    seed : int
        Seed of the states.

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, or is volatile, or the resistance
        is negative.
    """
    not_negative("the resistance of a segment", segment, "ohm")
    require_kept(device, "an array", read_voltage)
    reader, generator = Reader(device, read_voltage), np.random.default_rng(seed)
    low, most = reader.ends()
    cells = DeviceCells.of(low.device, shape)
    declared = list(device.state_declarations().values())
    if len(declared) == 1 and declared[0].bounds is not None:
        cells = cells.with_conductance(generator.uniform(float(low.conductance()), most, shape), read_voltage)
    else:
        chosen = generator.integers(0, 2, shape).astype(bool)
        other = DeviceCells.of(reader.highest().device, shape)
        states = np.where(chosen, other.states, cells.states)
        cells = dataclasses.replace(
            cells, states=states, parameters=np.where(chosen, other.parameters, cells.parameters)
        )
    return Crossbar(cells, segment, segment)


@bench(needs=(Statics,), long=True, name="effective-bits")
def array_effective_bits(
    device: CompactModel,
    *,
    word_lines: WordLines = 32,
    bit_lines: BitLines = 32,
    bits: Annotated[Sequence[int], Wholes("bits of the converters of bit lines")] = BITS,
    segment: Annotated[ArrayLike, Range("ohm", "resistances of a segment of wire between two cells")] = RESISTANCES,
    input_bits: Annotated[int, Whole("bits of the converters of word lines", 1, MOST_BITS)] = 8,
    bandwidth: Annotated[float, Quantity("Hz", "bandwidth of the amplifiers", positive=True)] = 1e8,
    vectors: Annotated[int, Whole("random vectors of inputs", 10)] = 200,
    read_voltage: ReadVoltage = 0.1,
    method: Method = "linear",
    seed: Seed = 0,
) -> pd.DataFrame:
    """Measure the effective bits of products in an array of random conductances, over converters and wires.

    As of :func:`~synaspice.characterization.crossbars.effective_bits.effective_bits`, with converters and amplifiers
    whose range is the largest current of a bit line, and with the amplifiers' and the cells' thermal noise.

    Returns
    -------
    pandas.DataFrame
        One row per resistance and bits: ``segment_resistance`` [ohm], ``bits``, ``effective_bits``, and
        ``corrected_bits``, with each bit line's gain and offset corrected.

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, or is volatile, or a resistance is
        negative.
    """
    crossbar = random_array(device, (word_lines, bit_lines), read_voltage=read_voltage, seed=seed)
    table = effective_bits(
        crossbar, bits, segment, input_bits=input_bits, read_voltage=read_voltage, bandwidth=bandwidth,
        vectors=vectors, method=method, seed=seed,
    )  # fmt: skip
    return _of(device, table, method=method, bandwidth=bandwidth, read_voltage=read_voltage, seed=seed)


@bench(needs=(Statics,), long=True, name="fault-errors")
def array_fault_errors(
    device: CompactModel,
    *,
    word_lines: WordLines = 32,
    bit_lines: BitLines = 32,
    rate: Annotated[ArrayLike, Range("1", "shares of stuck cells", positive=True)] = RATES,
    on_conductance: Annotated[
        float | None,
        Quantity("S", "conductance of cells that are stuck on; default: the highest of the states", positive=True),
    ] = None,
    open_conductance: Annotated[float, Quantity("S", "conductance of cells that are stuck open")] = 0.0,
    maps: Annotated[int, Whole("maps of faults at each share", 2)] = 50,
    segment: Segment = 1.0,
    read_voltage: ReadVoltage = 0.1,
    method: Method = "linear",
    seed: Seed = 0,
) -> pd.DataFrame:
    """Measure the errors of products in an array of random conductances, over the share of stuck cells.

    As of :func:`~synaspice.characterization.crossbars.fault_errors.fault_errors`, for eight random vectors of inputs.

    Returns
    -------
    pandas.DataFrame
        One row per kind of fault and share: ``kind``, ``rate``, ``error``, the root mean square of the difference to
        the currents without faults over that of these; and ``deviation``, its standard deviation from map to map.

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, or is volatile, a share is above
        1, or a resistance or conductance is negative.
    """
    crossbar = random_array(device, (word_lines, bit_lines), segment=segment, read_voltage=read_voltage, seed=seed)
    volts = np.random.default_rng([seed, 1]).uniform(0.0, read_voltage, (VECTORS, word_lines))
    stuck = Reader(device, read_voltage).ends()[1] if on_conductance is None else on_conductance
    table = fault_errors(
        crossbar, volts, rate, on_conductance=stuck, open_conductance=open_conductance, maps=maps, method=method,
        seed=seed,
    )  # fmt: skip
    return _of(
        device, table, method=method, segment=segment, read_voltage=read_voltage, on_conductance=stuck,
        word_lines=word_lines, bit_lines=bit_lines, seed=seed,
    )  # fmt: skip


@bench(needs=(Statics,), long=True, name="product-cost")
def array_product_cost(
    device: CompactModel,
    *,
    word_lines: WordLines = 32,
    bit_lines: BitLines = 32,
    input_bits: Annotated[int, Whole("bits of the converters of word lines", 1, MOST_BITS)] = 8,
    output_bits: Annotated[int, Whole("bits of the converters of bit lines", 1, MOST_BITS)] = 8,
    bandwidth: Annotated[float, Quantity("Hz", "bandwidth of the amplifiers", positive=True)] = 1e8,
    segment: Segment = 1.0,
    read_voltage: ReadVoltage = 0.1,
    method: Method = "nonlinear",
    seed: Seed = 0,
) -> pd.DataFrame:
    """Measure energy and area of a product in an array of random conductances with its converters, by part.

    As of :func:`~synaspice.characterization.crossbars.product_cost.product_cost`, a mean over eight random vectors of
    inputs.

    Returns
    -------
    pandas.DataFrame
        One row per part, and one of all: ``part``, ``number`` of it, ``energy`` of all of one product [J], ``share`` of
        the whole, ``area`` [m^2], ``provenance`` and ``source`` of the figure. ``attrs`` has the ``time`` of a product
        [s], its ``operations``, and the ``energy_per_operation`` [J].

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, or is volatile, or a resistance is
        negative.
    """
    crossbar = random_array(device, (word_lines, bit_lines), segment=segment, read_voltage=read_voltage, seed=seed)
    periphery = Periphery.fitted(
        crossbar, input_bits=input_bits, output_bits=output_bits, read_voltage=read_voltage, bandwidth=bandwidth
    )
    codes = np.random.default_rng([seed, 1]).integers(0, periphery.dac.largest + 1, (VECTORS, word_lines))
    table = product_cost(periphery, crossbar, codes, method=method)
    return _of(
        device, table, method=method, segment=segment, read_voltage=read_voltage, bandwidth=bandwidth,
        word_lines=word_lines, bit_lines=bit_lines, input_bits=input_bits, output_bits=output_bits, seed=seed,
    )  # fmt: skip


def _of(device: CompactModel, table: pd.DataFrame, **attributes: Any) -> pd.DataFrame:
    """A table of a crossbar as one of the device in it."""
    table.attrs |= device_attributes(device, **attributes)
    return table
