"""Kinds of arguments of a bench: what each means, which values it takes, and how a command line writes them.

They annotate the arguments of a bench's function: ``period: Annotated[float | None, Quantity("s", "length of a
cycle")] = None``. From them come the checks of the values, the section of the docstring, the options of the command
line with their help, and the page of the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np

from ..devices.language.array_checks import reals
from ..devices.language.checks import flag, instance, known, mapping, names, positive, real, whole
from ..devices.language.errors import ParameterError, shown
from ..devices.language.memory import NUMBER, require_memory
from ..devices.language.quantities.quantity import parse_quantity
from ..devices.model import CompactModel
from .engines import ENGINES

#: Unit of a value that has the unit of the quantity that a bench sweeps; the bench says how that is found.
SWEPT = "swept"
#: Most spikes, pulses or trials that one after the other go through a circuit simulator, and points of its sweeps: more
#: take days.
MOST_SPIKES, MOST_POINTS = 10_000, 1_000_000
#: Largest seed of ngspice.
MOST_SEED = 2**31 - 1


class Argument:
    """An argument of a bench; base of the kinds below, and of those that other packages define.

    Attributes
    ----------
    what : str
        What it means, as a phrase.
    unit : str
        Unit of its values; ``"1"`` for pure numbers and for everything that is not a number.
    choices : tuple of str
        The values there are, where they are known beforehand.
    of : callable, optional
        Function of the device that gives the values there are, where they depend on it.
    metavar : str
        Placeholder of a value in the help of the command line; empty for a switch, which takes none.
    type_name : str
        Type of the value in the docstring.
    """

    metavar: ClassVar[str] = "NAME"
    type_name: ClassVar[str] = "str"

    def __init__(
        self,
        what: str,
        *,
        unit: str = "1",
        choices: tuple[str, ...] = (),
        of: Callable[[CompactModel], Iterable[str]] | None = None,
    ) -> None:
        self.what, self.unit, self.choices, self.of = what, unit, choices, of

    def names(self, device: CompactModel | None) -> list[str]:
        """The values that a command line can be completed by, for a device if there is one."""
        return list(self.choices if self.of is None or device is None else self.of(device))

    def parse(self, text: str, unit: str) -> Any:
        """The value that a command line writes so.

        Parameters
        ----------
        text : str
            The user's text.
        unit : str
            Unit of the value: the argument's own, or that of the swept quantity.

        Raises
        ------
        ParameterError
            If the text is no such value.
        """
        return text

    def check(self, name: str, value: Any) -> Any:
        """Return the value in the form that is meant, or refuse it; by default none is refused.

        Raises
        ------
        ParameterError
            If it cannot be the value.
        """
        return value

    @property
    def description(self) -> str:
        """What it means, with its unit before what the text adds after a semicolon."""
        if self.unit == "1":
            return self.what
        what, mark, default = self.what.partition("; ")
        return f"{what} [{'unit of what is swept' if self.unit == SWEPT else self.unit}]{mark}{default}"


class Quantity(Argument):
    """A finite number in a unit; positive, or infinite too, where it says so."""

    metavar = "NUMBER"
    type_name = "float"

    def __init__(self, unit: str, what: str, *, positive: bool = False, infinite: bool = False) -> None:
        super().__init__(what, unit=unit)
        self.positive, self.infinite = positive, infinite

    def parse(self, text: str, unit: str) -> float:
        return parse_quantity(text, unit)

    def check(self, name: str, value: Any) -> float:
        unit = self.unit if self.unit not in ("1", SWEPT) else ""
        if self.positive:
            return positive(f"the {name}", value, unit, infinite=self.infinite)
        return real(name, value, unit, infinite=self.infinite)


class Range(Argument):
    """Finite numbers in a unit; positive where it says so."""

    metavar = "START:STOP:POINTS"
    type_name = "array_like"

    def __init__(self, unit: str, what: str, *, positive: bool = False) -> None:
        super().__init__(what, unit=unit)
        self.positive = positive

    def parse(self, text: str, unit: str) -> np.ndarray:
        parts = text.split(":")
        if len(parts) == 1:
            return np.array([parse_quantity(part, unit) for part in text.split(",")])
        if len(parts) == 3 and parts[2].isdecimal() and (points := _whole(parts[2])) >= 1:
            ends = [real("the end of a range", parse_quantity(part, unit)) for part in parts[:2]]
            real("the length of a range", ends[1] - ends[0])
            # Benches make columns of it.
            require_memory(points, "points", 8 * NUMBER)
            return np.linspace(ends[0], ends[1], points)
        raise ParameterError(f"give START:STOP:POINTS, for example -1:1:201, or values with commas, not {shown(text)}")

    def check(self, name: str, value: Any) -> list[float]:
        # Python's own numbers: they go into netlists as they are written.
        unit = self.unit if self.unit not in ("1", SWEPT) else ""
        found: list[float] = reals(name, value, unit).tolist()
        if self.positive and not all(number > 0 for number in found):
            raise ParameterError(f"the {name} must be positive, not {min(found):g}{unit and ' ' + unit}")
        return found


class Whole(Argument):
    """A whole number."""

    metavar = "INTEGER"
    type_name = "int"

    def __init__(self, what: str, least: int = 0, most: int = 2**63 - 1) -> None:
        super().__init__(what)
        self.least, self.most = least, most

    def parse(self, text: str, unit: str) -> int:
        return _whole(text)

    def check(self, name: str, value: Any) -> int:
        return whole(name, value, self.least, self.most)


class Wholes(Argument):
    """Whole numbers."""

    metavar = "INTEGER,..."
    type_name = "sequence of int"

    def parse(self, text: str, unit: str) -> list[int]:
        return [_whole(part) for part in text.split(",")]

    def check(self, name: str, value: Any) -> list[int]:
        try:
            found = [whole(name, item, 0) for item in value]
        except TypeError:
            raise ParameterError(f"{name} must be whole numbers, not {shown(value)}") from None
        if not found:
            raise ParameterError(f"{name} must be at least one whole number, and there is none")
        return found


class Choice(Argument):
    """One of several names."""

    def __init__(self, choices: tuple[str, ...], what: str) -> None:
        super().__init__(what, choices=choices)

    def check(self, name: str, value: Any) -> str:
        return known(name.replace("_", " "), value, self.choices)

    @property
    def description(self) -> str:
        return f"{self.what}: {' or '.join(self.choices)}"


class Name(Argument):
    """A name; the bench checks whether there is such a thing."""

    def check(self, name: str, value: Any) -> str:
        found: str = instance(name, value, str, "a name")
        return found


class Names(Argument):
    """Several names."""

    metavar = "NAME,..."
    type_name = "sequence of str"

    def parse(self, text: str, unit: str) -> list[str]:
        return [part.strip() for part in text.split(",")]

    def check(self, name: str, value: Any) -> Any:
        return mapping(name, value) if isinstance(value, Mapping) and value else names(name, value)

    @property
    def description(self) -> str:
        return f"{self.what}: {', '.join(self.choices)}" if self.choices else self.what


class Switch(Argument):
    """Whether something is so."""

    metavar = ""
    type_name = "bool"

    def check(self, name: str, value: Any) -> bool:
        return flag(name, value)


class Folder(Argument):
    """A folder."""

    metavar = "FOLDER"
    type_name = "str or Path"

    def check(self, name: str, value: Any) -> str | Path:
        if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
            raise ParameterError(f"{name} must be the name of a folder, not {shown(value)}")
        return value


def reference_states(device: CompactModel) -> Iterable[str]:
    """Names of the states in which a device is characterised."""
    return device.reference_states()


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ParameterError(f"expected a whole number, not {shown(text)}") from None


Engine = Annotated[str, Choice(ENGINES, "what runs the device")]
Native = Annotated[
    bool | None, Switch("whether a simulator runs native devices instead of generated netlists; default: if it can")
]
NoiseTemperature = Annotated[float | None, Quantity("K", "temperature of the noise; numeric engine only")]
Surroundings = Annotated[
    float | None, Quantity("K", "temperature of the surroundings and of the noise; default: that of the device")
]
Seed = Annotated[int | None, Whole("seed of the random numbers; default: a random one", most=2**64 - 1)]
ComplianceCurrent = Annotated[
    float | None,
    Quantity(
        "A",
        "current beyond which the voltage source limits it, inf for none; default: that of the device",
        positive=True,
        infinite=True,
    ),
]
Checkpoint = Annotated[
    str | Path | None,
    Folder("folder in which finished points are kept, to resume from (see characterization.resumable)"),
]
Progress = Annotated[bool, Switch("whether to show a progress bar")]
States = Annotated[
    Sequence[str] | Mapping[str, Mapping[str, float]] | None,
    Names("reference states to hold the device in; default: all", of=reference_states),
]
