"""Formants of American English vowels: the table of Hillenbrand and others, by path, and synthetic ones in its place.

The table does not say under which licence it is, so it does not ship with the package. Synthetic formants are drawn
about the means of women that the article gives.

References
----------
J. Hillenbrand, L. A. Getty, M. J. Clark, K. Wheeler, J. Acoust. Soc. Am. 97, 3099 (1995), doi:10.1121/1.411872.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from .finding import find_data, missing

PATTERNS = ("vowels-hillenbrand1995.dat", "vowdata.dat", "**/vowdata.dat")
LINE = re.compile(r"(?P<group>[mwbg])(?P<talker>\d\d)(?P<vowel>[a-z]{2})(?P<numbers>(\s+\d{1,5}){15})\s*")
#: How a line with a vowel begins.
BEGINS = re.compile(r"[mwbg]\d\d[a-z]{2}\s")
#: Columns of the first three formants: at the steady state, and at 20, 50 and 80 % of the duration.
FORMANTS = (2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14)
#: Mean formants of women at the steady state, of the article's Table V: second-hand, but the means of its table are
#: within 2 % of them. [Hz]
WOMEN = {
    "ae": (676.0, 2332.0, 2972.0),
    "ah": (916.0, 1526.0, 2823.0),
    "aw": (801.0, 1188.0, 2819.0),
    "eh": (726.0, 2063.0, 2953.0),
    "er": (527.0, 1589.0, 1929.0),
    "ei": (536.0, 2517.0, 3049.0),
    "ih": (484.0, 2369.0, 3057.0),
    "iy": (435.0, 2756.0, 3372.0),
    "oa": (555.0, 1035.0, 2828.0),
    "oo": (519.0, 1225.0, 2829.0),
    "uh": (754.0, 1428.0, 2931.0),
    "uw": (460.0, 1107.0, 2732.0),
}
#: Spread of the synthetic formants over their means, from talker to talker and within a vowel; talkers.
SPREAD, WITHIN, TALKERS = 0.08, 0.02, 48
GET = (
    "Get 'vowdata.dat' of J. Hillenbrand and others (1995), from the page of its first author at Western Michigan "
    "University, and put it there."
)


@dataclass(frozen=True, eq=False)
class Vowels:
    """Vowels by their formants.

    Attributes
    ----------
    name : str
        The data set.
    stand_in : bool
        Whether they are synthetic.
    vowels, groups, talkers : ndarray
        Vowel; man, woman, boy or girl (m, w, b, g); and talker, of each.
    formants : ndarray
        F1, F2, F3 at the steady state, and at 20, 50 and 80 % of the duration, shape (vowels, 12). [Hz]
    """

    name: str
    stand_in: bool
    vowels: np.ndarray
    groups: np.ndarray
    talkers: np.ndarray
    formants: FloatArray

    def chosen(self, names: tuple[str, ...], groups: str) -> Vowels:
        """Some vowels of some groups of talkers.

        Raises
        ------
        ParameterError
            If there is none of one of them.
        """
        which = np.isin(self.vowels, names) & np.isin(self.groups, list(groups))
        lost = sorted({*names} - {*self.vowels[which].tolist()})
        if lost:
            raise ParameterError(f"{self.name} has no {', '.join(lost)} of the groups {groups!r}")
        parts = (each[which] for each in (self.vowels, self.groups, self.talkers, self.formants))
        return Vowels(self.name, self.stand_in, *parts)


def load_vowels(folder: Path | None = None, *, stand_in: bool = True, seed: int = 0) -> Vowels:
    """The table of a folder, without vowels of which a formant could not be measured; or synthetic ones.

    Parameters
    ----------
    folder : Path, optional
        Folder with data of the user's.
    stand_in : bool
        Whether synthetic formants are drawn where there is none.
    seed : int
        Their seed.

    Raises
    ------
    MissingDataError
        If there is none, and no stand-in is wanted.
    ParameterError
        If the table has no lines as it should.
    """
    found = find_data(folder, PATTERNS)
    if not found:
        if not stand_in:
            raise missing("The table of vowels", folder, GET)
        return synthetic_vowels(seed)
    try:
        text = found[0].read_text(encoding="latin-1")
    except OSError as error:
        raise ParameterError(f"cannot read {str(found[0])!r}: {error}") from None
    table = [line for line in text.splitlines() if BEGINS.match(line)]
    lines = [match for match in map(LINE.fullmatch, table) if match is not None]
    if len(lines) < len(table):
        damaged = next(line for line in table if LINE.fullmatch(line) is None)
        raise ParameterError(f"{str(found[0])!r} is damaged: the line {damaged[:60]!r} must have 15 numbers")
    if not lines:
        raise ParameterError(f"{str(found[0])!r} has no lines as 'm01ae 323 174 ...', with 15 numbers")
    numbers = np.array([list(map(float, each["numbers"].split())) for each in lines])[:, FORMANTS]
    whole = np.all(numbers > 0, axis=1)
    vowels, groups = (np.array([each[key] for each in lines])[whole] for key in ("vowel", "group"))
    talkers = np.array([each["group"] + each["talker"] for each in lines])[whole]
    return Vowels("Hillenbrand 1995", False, vowels, groups, talkers, numbers[whole])


def synthetic_vowels(seed: int = 0) -> Vowels:
    """Formants drawn about the published means of women, the same spread for all."""
    generator = np.random.default_rng([seed, 12])
    names = np.repeat(list(WOMEN), TALKERS)
    means = np.repeat(np.array(list(WOMEN.values())), TALKERS, axis=0)
    steady = means * (1 + SPREAD * generator.standard_normal(means.shape))
    times = [steady * (1 + WITHIN * generator.standard_normal(means.shape)) for _ in range(4)]
    talkers = np.tile([f"w{k:02d}" for k in range(TALKERS)], len(WOMEN))
    groups = np.full(len(names), "w")
    return Vowels("synthetic formants about published means", True, names, groups, talkers, np.hstack(times))
