"""Spoken digits: the Free Spoken Digit Dataset, TI-46, and the subset of the former that ships with the package.

References
----------
Z. Jackson et al., "Free Spoken Digit Dataset", v1.0.8, doi:10.5281/zenodo.1342401 (CC BY-SA 4.0); M. Liberman et al.,
"TI 46-Word", LDC93S9, Linguistic Data Consortium (1993), doi:10.35111/zx7a-fw03.
"""

from __future__ import annotations

import functools
import hashlib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from .finding import find_data, missing
from .reading import read_npz, reading, whole_numbers
from .sphere import is_sphere, read_sphere

#: The subset that ships with the package: all speakers and digits, the first repetitions.
BUNDLED = Path(__file__).with_name("fsdd-subset.npz")
#: Where the Free Spoken Digit Dataset may lie in a folder of the user's.
FSDD = ("fsdd.npz", "fsdd/*.wav", "recordings/*.wav", "free-spoken-digit-dataset*/recordings/*.wav", "*.wav")
#: Where TI-46 may: its files begin with the number of the word, ten of which are digits, and the speaker.
TI46 = ("**/0[0-9][fFmM][1-8][sS]*",)
#: Names of files: digit, speaker, repetition; of TI-46 the set of the training part, or session and token of the test.
FSDD_NAME = re.compile(r"(?P<digit>\d)_(?P<speaker>[^_]+)_(?P<repetition>\d+)\.wav")
TI46_NAME = re.compile(
    r"0(?P<digit>\d)(?P<speaker>[FM][1-8])S(ET(?P<set>\d)|(?P<session>[1-8])T(?P<token>\d))\.(WAV|SPH)", re.IGNORECASE
)
#: Arrays of an archive: all samples in a row, and of each recording its length, digit, speaker and repetition.
ARRAYS = ("samples", "lengths", "digit", "speaker", "repetition", "rate")
GET = (
    "Get the Free Spoken Digit Dataset (github.com/Jakobovski/free-spoken-digit-dataset, doi:10.5281/zenodo.1342401) "
    "and put its folder 'recordings' there, with files as '7_jackson_32.wav'; or TI-46 (LDC93S9 of the Linguistic Data "
    "Consortium), with files as '07F1SET3.WAV' in folders as they come."
)


@dataclass(frozen=True, eq=False)
class SpokenDigits:
    """Recordings of single digits.

    Attributes
    ----------
    name : str
        The data set.
    stand_in : bool
        Whether it is the subset that ships with the package.
    rate : float
        Sampling rate. [Hz]
    waveforms : tuple of ndarray
        Samples of each recording.
    digits, repetitions : ndarray
        What was said, and for which time, of each recording.
    speakers : ndarray
        Name of the speaker of each recording.
    """

    name: str
    stand_in: bool
    rate: float
    waveforms: tuple[FloatArray, ...]
    digits: np.ndarray
    speakers: np.ndarray
    repetitions: np.ndarray

    def __post_init__(self) -> None:
        count = {len(self.waveforms), len(self.digits), len(self.speakers), len(self.repetitions)}
        if len(count) != 1 or not self.waveforms:
            raise ParameterError(f"{self.name}: digit, speaker and repetition are needed of each of some recordings")
        if not all(len(each) > 1 and np.isfinite(each).all() and np.any(each) for each in self.waveforms):
            raise ParameterError(f"{self.name}: a recording is empty, silent, or has samples that are no numbers")

    def __len__(self) -> int:
        return len(self.waveforms)

    def chosen(self, which: np.ndarray) -> SpokenDigits:
        """Some of the recordings, by their numbers."""
        waveforms = tuple(self.waveforms[k] for k in which.tolist())
        parts = self.digits[which], self.speakers[which], self.repetitions[which]
        return SpokenDigits(self.name, self.stand_in, self.rate, waveforms, *parts)

    @functools.cached_property
    def digest(self) -> str:
        """Hash of all that it holds."""
        found = hashlib.sha256(repr((self.name, self.rate)).encode())
        for each in (*self.waveforms, self.digits, self.repetitions):
            found.update(np.ascontiguousarray(each).tobytes())
        found.update(" ".join(self.speakers.tolist()).encode())
        return found.hexdigest()[:16]


def load_spoken_digits(folder: Path | None = None, *, stand_in: bool = True) -> SpokenDigits:
    """Recordings of spoken digits: TI-46 or the Free Spoken Digit Dataset of a folder, or a subset of the latter.

    Parameters
    ----------
    folder : Path, optional
        Folder with data of the user's.
    stand_in : bool
        Whether the subset that ships with the package is taken where there are none.

    Raises
    ------
    MissingDataError
        If there are none, and no stand-in is wanted.
    ParameterError
        If a file cannot be read, or is not what its name says.
    """
    owned = [path for path in find_data(folder, TI46) if TI46_NAME.fullmatch(path.name)]
    if owned:
        return _of_files("TI-46", owned)
    found = [path for path in find_data(folder, FSDD) if path.suffix == ".npz" or FSDD_NAME.fullmatch(path.name)]
    if found and found[0].suffix == ".npz":
        return _of_archive("Free Spoken Digit Dataset", found[0], stand_in=False)
    if found:
        return _of_files("Free Spoken Digit Dataset", found)
    if not stand_in:
        raise missing("A set of spoken digits", folder, GET)
    return _of_archive("a subset of the Free Spoken Digit Dataset", BUNDLED, stand_in=True)


def _of_archive(name: str, path: Path, *, stand_in: bool) -> SpokenDigits:
    """An archive's recordings; one that has not changed is not read again."""
    with reading(path, "an archive"):
        now = path.stat()
    return _archive(name, path, stand_in, (now.st_mtime_ns, now.st_size))


@functools.lru_cache(maxsize=2)
def _archive(name: str, path: Path, stand_in: bool, _state: tuple[int, int]) -> SpokenDigits:
    what = f"an archive of {', '.join(ARRAYS)} (NPZ)"
    stored = read_npz(path, what)
    with reading(path, what):
        samples, lengths, digits, speakers, repetitions, rate = (stored[each] for each in ARRAYS)
        lengths, digits, repetitions = (
            whole_numbers(name, each)
            for name, each in (("lengths", lengths), ("digits", digits), ("repetitions", repetitions))
        )
        if speakers.dtype.kind != "U" or samples.ndim != 1 or np.any(digits < 0) or np.any(digits > 9):
            raise ValueError("speakers must be names, samples one row of numbers, and digits 0 to 9")
        positive("rate", rate.item(), "Hz")
    if np.sum(lengths) != len(samples) or np.any(lengths < 2):
        raise ParameterError(f"{str(path)!r}: the lengths of the recordings do not add up to their samples")
    scale = -float(np.iinfo(samples.dtype).min) if samples.dtype.kind == "i" else 1.0
    parts = np.split(samples / scale, np.cumsum(lengths)[:-1])
    return SpokenDigits(name, stand_in, float(rate), tuple(parts), digits, speakers, repetitions)


def _of_files(name: str, paths: list[Path]) -> SpokenDigits:
    rates, waveforms, digits, speakers, repetitions = set(), [], [], [], []
    for path in paths:
        found = TI46_NAME.fullmatch(path.name) or FSDD_NAME.fullmatch(path.name)
        assert found is not None
        parts = found.groupdict()
        rate, samples = _read(path)
        rates.add(rate)
        waveforms.append(samples)
        digits.append(int(parts["digit"]))
        speakers.append(parts["speaker"].upper() if "set" in parts else parts["speaker"])
        if "repetition" in parts:
            repetitions.append(int(parts["repetition"]))
        elif parts["set"] is not None:
            repetitions.append(int(parts["set"]))
        else:  # the test part, after the ten sets of the training part
            repetitions.append(10 + 2 * (int(parts["session"]) - 1) + int(parts["token"]))
    if len(rates) != 1:
        raise ParameterError(f"the recordings of {name} must have one sampling rate, not {sorted(rates)} Hz")
    return SpokenDigits(
        name, False, rates.pop(), tuple(waveforms), np.array(digits), np.array(speakers), np.array(repetitions)
    )


def _read(path: Path) -> tuple[float, FloatArray]:
    """Sampling rate and samples of a file, WAV or SPHERE whatever its ending."""
    if is_sphere(path):
        return read_sphere(path)
    from scipy.io import wavfile

    with reading(path, "a sound file (WAV)"):
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # of parts of a file that are not sound
        warnings.filterwarnings("error", "Reached EOF", wavfile.WavFileWarning)
        rate, samples = wavfile.read(path)
    if samples.ndim != 1:
        raise ParameterError(f"{str(path)!r} must have one channel, not {samples.shape[1]}")
    if samples.dtype == np.uint8:  # eight bits have no sign
        return float(rate), (samples.astype(float) - 128) / 128
    scale = -float(np.iinfo(samples.dtype).min) if samples.dtype.kind == "i" else 1.0
    return float(rate), samples / scale
