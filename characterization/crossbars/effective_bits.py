r"""Effective bits of products in a crossbar, over the bits of its converters and the resistance of its wires.

With the range R of the currents, from the least to the largest that the converters tell, and the standard deviation of
the error, of many random inputs on all bit lines,

.. math:: N_\mathrm{eff} = \log_2 \frac{R}{\sqrt{12}\,\sigma}

which is the number of bits of an ideal converter, whose error is :math:`R / (2^N \sqrt{12})`. The exact products are
those of the same cells without any other resistance.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.crossbars.crossbar import METHODS, Crossbar
from ...circuits.periphery.chain import Periphery
from ...devices.core.metadata import described_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, known, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray

#: Bits of the converters, and segments of wire [ohm], by default.
BITS, RESISTANCES = (4, 5, 6, 7, 8, 9, 10, 11, 12), (0.0, 0.1, 1.0, 10.0)


def effective_bits(
    crossbar: Crossbar,
    bits: ArrayLike = BITS,
    resistance: ArrayLike = RESISTANCES,
    *,
    input_bits: int = 8,
    read_voltage: float = 0.1,
    bandwidth: float = 1e8,
    vectors: int = 200,
    method: str = "linear",
    seed: int = 0,
) -> pd.DataFrame:
    """Effective bits of products of random inputs.

    Parameters
    ----------
    crossbar : Crossbar
        The crossbar; its own wires are replaced, word and bit lines alike.
    bits : array_like of int
        Bits of the converters of bit lines.
    resistance : array_like
        Resistances of a segment, not negative. [ohm]
    input_bits : int
        Bits of the converters of word lines, without sign.
    read_voltage : float
        Voltage of the largest input. [V]
    bandwidth : float
        Bandwidth of the amplifiers. [Hz]
    vectors : int
        Random vectors of inputs, evenly spread over all codes.
    method : str
        As of :meth:`Crossbar.output`, but for ``"ideal"``, which knows no wires. With ``"linear"`` the exact products
        are those of ohmic cells too, otherwise those of the cells' own characteristics.
    seed : int
        Seed of the inputs and of the noise.

    Returns
    -------
    pandas.DataFrame
        One row per resistance and bits: ``segment_resistance`` [ohm], ``bits``, ``effective_bits``, and
        ``corrected_bits``, with each bit line's gain and offset fitted to the exact products, as a calibration would.

    Raises
    ------
    ParameterError
        If bits are no whole numbers, a resistance is negative, there are fewer than ten vectors, or the method is
        ``"ideal"``.
    UnknownNameError
        If there is no such method.
    """
    instance("the crossbar", crossbar, Crossbar)
    segments = reals("resistance", resistance, "ohm")
    if np.any(segments < 0):
        raise ParameterError(f"resistance must not be negative, and is {segments.min():g} ohm")
    counts = [whole("bits", item, 1) for item in np.atleast_1d(np.asarray(bits)).tolist()]
    if not counts:
        raise ParameterError("bits must be given: there are none")
    if known("method", method, METHODS) == "ideal":
        raise ParameterError("the method 'ideal' knows no wires, whose effect is asked for: take 'linear'")
    count, first = whole("vectors", vectors, 10), whole("seed", seed, 0)
    positive("read_voltage", read_voltage, "V")
    cells, rows = crossbar.linear() if method == "linear" else crossbar, []
    for segment in segments.tolist():
        wired = dataclasses.replace(crossbar, word_line_resistance=segment, bit_line_resistance=segment)
        for number in counts:
            periphery = Periphery.fitted(
                crossbar, input_bits=input_bits, output_bits=number, read_voltage=read_voltage, bandwidth=bandwidth
            )
            codes = np.random.default_rng(first).integers(0, periphery.dac.largest + 1, (count, crossbar.shape[0]))
            exact = cells.output(periphery.dac.voltages(codes), method="ideal")
            found = periphery.product(wired, codes, method=method, seed=first).currents
            span = (periphery.adc.high - periphery.adc.low) / periphery.tia.transimpedance
            rows.append([segment, number, _bits(found - exact, span), _bits(_corrected(found, exact) - exact, span)])
    table = pd.DataFrame(rows, columns=["segment_resistance", "bits", "effective_bits", "corrected_bits"])
    return described_table(
        {
            "segment_resistance": (table["segment_resistance"], "ohm", "resistance of a segment of wire"),
            "bits": (table["bits"], "1", "bits of the converters of bit lines"),
            "effective_bits": (table["effective_bits"], "1", "effective bits of a product"),
            "corrected_bits": (table["corrected_bits"], "1", "the same with gain and offset of every line corrected"),
        },
        bench="effective-bits",
        engine="numeric",
        input_bits=input_bits,
        vectors=count,
        word_lines=crossbar.shape[0],
        bit_lines=crossbar.shape[1],
    )


def _bits(error: FloatArray, span: float) -> float:
    return math.log2(span / (math.sqrt(12) * max(float(np.sqrt(np.mean(error**2))), np.finfo(float).tiny)))


def _corrected(found: FloatArray, exact: FloatArray) -> FloatArray:
    """Currents with the gain and offset of each line that bring them nearest to the exact ones."""
    mean, there = found.mean(axis=0), exact.mean(axis=0)
    variance = found.var(axis=0)
    covariance = np.mean((found - mean) * (exact - there), axis=0)
    gain = np.divide(covariance, variance, out=np.zeros_like(variance), where=variance > 0)
    return np.asarray(there + gain * (found - mean))
