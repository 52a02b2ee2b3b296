r"""Front ends of speech: what turns a waveform into frames of features, before any neuron.

All have a frame every :data:`HOP`, and each recording's features are centred and scaled as a whole by their own mean
and standard deviation: no other recording, so no data of training or test, enters what a recording becomes.

``spectrogram``
    Real and imaginary part of a short-time Fourier transform: linear in the waveform. Nothing linear can tell digits
    from its mean over time, whose expectation is zero.
``mfcc``
    Mel-frequency cepstral coefficients 1 to 13: cosine transform of the logarithm of energies in 26 triangular bands.
``gammatone``
    Cochleagram of 64 gammatone filters on the ERB scale: rectified, averaged over a hop, and compressed by a cube root.
``lyon``
    Lyon's passive cochlea, of the package ``lyon``.

References
----------
F. Abreu Araujo et al., Sci. Rep. 10, 328 (2020), doi:10.1038/s41598-019-56991-x (the part that front ends play); S. B.
Davis, P. Mermelstein, IEEE Trans. Acoust. Speech Signal Process. 28, 357 (1980), doi:10.1109/TASSP.1980.1163420
(``mfcc``); B. R. Glasberg, B. C. J. Moore, Hear. Res. 47, 103 (1990), doi:10.1016/0378-5955(90)90170-T (ERB scale);
R. F. Lyon, Proc. ICASSP 7, 1282 (1982), doi:10.1109/ICASSP.1982.1171644 (``lyon``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import ModuleType

import numpy as np
from scipy import fft, signal

from ....devices.language.array_checks import reals
from ....devices.language.checks import known, positive, real
from ....devices.language.errors import MissingDependencyError, ParameterError
from ....devices.language.optional import require
from ....devices.language.waveforms.shapes import FloatArray

#: Time between frames [s]; windows of the spectrogram and of the cepstral coefficients. [s]
HOP, SHORT, LONG = 20e-3, 16e-3, 32e-3
#: Lowest frequency of bands [Hz]; highest one over the sampling rate.
LOWEST, HIGHEST = 150.0, 0.45
#: Mel bands, cepstral coefficients after the zeroth, and the length of the lifter that levels them.
BANDS, COEFFICIENTS, LIFTER = 26, 13, 22
#: Energy in a band below which its logarithm does not fall, over that of all.
FLOOR = 1e-5
#: Channels of the cochleagram, and the exponent that compresses them.
CHANNELS, EXPONENT = 64, 1 / 3


def front_end(name: str, waveform: FloatArray, rate: float) -> FloatArray:
    """Features of a recording, centred and scaled, shape (frames, features).

    Parameters
    ----------
    name : str
        One of :data:`FRONT_ENDS`.
    waveform : array_like
        Samples.
    rate : float
        Sampling rate. [Hz]

    Raises
    ------
    UnknownNameError
        If there is no front end of that name.
    ParameterError
        If the waveform is silent or shorter than two samples.
    MissingDependencyError
        If its package is not installed.
    """
    function = FRONT_ENDS[known("front end", name, FRONT_ENDS)]
    samples = reals("the waveform", waveform, dimensions=1)
    frequency = positive("rate", rate, "Hz")
    power = float(np.mean(samples**2)) if len(samples) > 1 else 0.0
    if power == 0:
        raise ParameterError("a waveform must have two samples at least, and not be silent")
    found = function(samples / np.sqrt(power), frequency)
    spread = found.std()
    return np.asarray((found - found.mean()) / (spread if spread > 0 else 1.0))


def with_noise(waveform: FloatArray, ratio: float, generator: np.random.Generator) -> FloatArray:
    r"""A waveform with white noise: :math:`10 \log_{10} (P_\mathrm{signal} / P_\mathrm{noise})` is the ratio [dB]."""
    level = np.sqrt(np.mean(waveform**2) * 10 ** (-real("ratio", ratio, "dB") / 10))
    return np.asarray(waveform + level * generator.standard_normal(len(waveform)))


def available_front_ends() -> list[str]:
    """The front ends whose packages are installed."""
    try:
        _lyon_module()
    except MissingDependencyError:
        return [name for name in FRONT_ENDS if name != "lyon"]
    return list(FRONT_ENDS)


def spectrogram(samples: FloatArray, rate: float) -> FloatArray:
    """Real and imaginary part of a short-time Fourier transform, shape (frames, samples of the window)."""
    found = _transformed(samples, rate, SHORT)
    return np.hstack([found.real, found.imag[:, 1:-1]])


def mfcc(samples: FloatArray, rate: float) -> FloatArray:
    """Mel-frequency cepstral coefficients from the first on, lifted."""
    spectrum = np.abs(_transformed(samples, rate, LONG)) ** 2
    energies = spectrum @ mel_bands(2 * (spectrum.shape[1] - 1), rate).T
    floor = FLOOR * max(float(energies.mean()), np.finfo(float).tiny)
    cepstrum = fft.dct(np.log(energies + floor), axis=1, norm="ortho")[:, 1 : COEFFICIENTS + 1]
    order = np.arange(1, COEFFICIENTS + 1)
    return np.asarray(cepstrum * (1 + LIFTER / 2 * np.sin(np.pi * order / LIFTER)))


def gammatone(samples: FloatArray, rate: float) -> FloatArray:
    """Mean of each rectified channel over each hop, compressed."""
    hop = round(HOP * rate)
    number = -(-len(samples) // hop)
    padded = np.pad(samples, (0, number * hop - len(samples)))
    found = np.empty((number, CHANNELS))
    for k, (top, bottom) in enumerate(_filters(rate)):
        heard = np.maximum(signal.lfilter(top, bottom, padded), 0.0)
        found[:, k] = heard.reshape(number, hop).mean(axis=1)
    return found**EXPONENT


def lyon(samples: FloatArray, rate: float) -> FloatArray:
    """Lyon's passive cochlea, decimated to a hop.

    Raises
    ------
    MissingDependencyError
        If the package ``lyon`` is not installed, or its library not made for this system.
    """
    hop = round(HOP * rate)
    padded = np.pad(samples, (0, -len(samples) % hop))
    return np.asarray(_lyon_module().LyonCalc().lyon_passive_ear(padded, rate, hop))


def _lyon_module() -> ModuleType:
    module = require("lyon.calc", "the front end 'lyon'", "speech")
    try:
        module.LyonCalc()
    except OSError as error:  # its library is one for Linux on x86-64
        raise MissingDependencyError(f"the front end 'lyon' needs a library that does not load here: {error}") from None
    return module


def _transformed(samples: FloatArray, rate: float, window: float) -> FloatArray:
    """Short-time Fourier transform about the middle of each hop, by windows of an even number of samples."""
    hop, length = round(HOP * rate), 2 * round(window * rate / 2)
    number = -(-len(samples) // hop)
    padded = np.pad(samples, (length // 2, number * hop - len(samples) + length // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[hop // 2 :: hop][:number]
    return np.asarray(fft.rfft(frames * signal.windows.hann(length, sym=False), axis=1))


@functools.cache
def mel_bands(length: int, rate: float) -> FloatArray:
    r"""Weights of triangular bands, equally wide in :math:`2595 \log_{10}(1 + f / 700)`, shape (bands, frequencies)."""
    low_end, high_end = 2595 * np.log10(1 + np.array([LOWEST, HIGHEST * rate]) / 700)
    corners = 700 * (10 ** (np.linspace(low_end, high_end, BANDS + 2) / 2595) - 1)
    frequencies = np.arange(length // 2 + 1) * rate / length
    low, middle, high = (corners[k : BANDS + k, np.newaxis] for k in range(3))
    sides = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return np.asarray(np.maximum(np.minimum(*sides), 0.0))


def erb_frequencies(rate: float) -> FloatArray:
    r"""Frequencies of the channels, equally far apart in :math:`21.4 \log_{10}(1 + 0.00437 f / \mathrm{Hz})` [Hz]."""
    low_end, high_end = 21.4 * np.log10(1 + 0.00437 * np.array([LOWEST, HIGHEST * rate]))
    return np.asarray((10 ** (np.linspace(low_end, high_end, CHANNELS) / 21.4) - 1) / 0.00437)


@functools.cache
def _filters(rate: float) -> list[tuple[FloatArray, FloatArray]]:
    return [signal.gammatone(frequency, "iir", fs=rate) for frequency in erb_frequencies(rate).tolist()]


#: The front ends, by name.
FRONT_ENDS: Mapping[str, Callable[[FloatArray, float], FloatArray]] = {
    "spectrogram": spectrogram,
    "mfcc": mfcc,
    "gammatone": gammatone,
    "lyon": lyon,
}
