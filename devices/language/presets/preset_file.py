"""The form of a preset file: every entry known, of the right kind, and with its provenance."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..checks import real
from ..errors import ParameterError, UnknownNameError, shown
from ..quantities.quantity import si_prefix
from .provenance import GRADES

#: The entries of a file, and of each table in it.
ENTRIES = ("model", "title", "reference", "doi", "notes", "benches", "parameters", "drive", "reproduces")
VALUE_ENTRIES = ("value", "provenance", "source")
DRIVE_ENTRIES = (
    *("kind", "amplitude", "frequency", "pulse", "width", "quantity", "currents", "compliance", "provenance", "source"),
)
RESULT_ENTRIES = ("measure", "value", "unit", "tolerance", "at", "set", "differs", "provenance", "source")
DRIVE_KINDS = ("sine", "triangle")
#: Entries of a drive that go together, and their units.
_CYCLE = {"amplitude": "V", "frequency": "Hz"}
_PULSE = {"pulse": "V", "width": "s"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class DeclaresOne(Protocol):
    """The part of a parameter's declaration that files are checked by."""

    @property
    def unit(self) -> str: ...


class DeclaresChoices(Protocol):
    """The part of an option's declaration that files are checked by."""

    @property
    def choices(self) -> Iterable[str]: ...


class Declares(Protocol):
    """The model that a file is checked against, with its parameters and options."""

    def model_name(self) -> str: ...
    def parameter_declarations(self) -> Mapping[str, DeclaresOne]: ...
    def option_declarations(self) -> Mapping[str, DeclaresChoices]: ...
    def check_values(self, values: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Result:
    """A published result that a parameter set is to reproduce.

    Attributes
    ----------
    measure : str
        How it is measured: a name of :data:`synaspice.characterization.published.MEASURES`.
    value : float
        The published value, or one that follows from published values.
    unit : str
        Its SI unit.
    tolerance : float
        Relative difference that is allowed; of a value of 0 the absolute one.
    grade : str
        Provenance of the value, one of :data:`synaspice.devices.language.presets.provenance.GRADES`.
    source : str
        Where it was published.
    at : Mapping
        Conditions of the measurement, arguments of the measuring function.
    overrides : Mapping
        Parameter values to measure with, where the publication varies them (``set`` in the file).
    differs : str
        Why the device does not reproduce it, if it does not; it then lies outside the tolerance.
    """

    measure: str
    value: float
    unit: str
    tolerance: float
    grade: str
    source: str
    at: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    differs: str = ""


def read_preset_file(name: str, text: str, model: Declares | None = None) -> dict[str, Any]:
    """Read and check a preset file.

    Parameters
    ----------
    name : str
        Its name or path, for errors.
    text : str
        The file, in TOML.
    model : Declares, optional
        The model whose parameters and options the values must be; without it, any names.

    Returns
    -------
    dict
        The fields of a :class:`~synaspice.devices.preset.Preset` other than its name.

    Raises
    ------
    ParameterError
        If the file is not TOML, lacks an entry, an entry is of the wrong kind, or the model refuses a value.
    UnknownNameError
        If an entry, a parameter, a kind of drive, a grade of provenance or a placeholder of the notes is unknown.
    """
    where = f"preset file {name!r}"
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        # Its own error is one of these, and so is that of a whole number of thousands of digits.
        raise ParameterError(f"{where} cannot be read: {error}") from None
    _check_names(where, "entry", data, ENTRIES)
    strings = {key: _text(where, data, key) for key in ("model", "title", "reference", "doi")}
    notes = _text(where, data, "notes") if "notes" in data else ""
    if model is not None and strings["model"] != model.model_name():
        raise ParameterError(f"{where} is for the model {strings['model']!r}, not for {model.model_name()!r}")
    entries = _table(where, data, "parameters")
    for key in entries:
        _check_value(f"{key} in {where}", _table(where, entries, key))
    if model is not None:
        _check_declared(where, entries, model)
    drive = _drive(where, _table(where, data, "drive")) if "drive" in data else {}
    results = _table(where, data, "reproduces") if "reproduces" in data else {}
    reproduces = {key: _result(f"{key} in {where}", _table(where, results, key)) for key in results}
    benches = data.get("benches", [])
    if not isinstance(benches, list) or not all(isinstance(bench, str) for bench in benches):
        raise ParameterError(f"benches in {where} must be a list of names, not {benches!r}")
    values = {key: entry["value"] for key, entry in entries.items()}
    if model is not None:
        try:
            model.check_values(values)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error}") from None
    units = {key: item.unit for key, item in model.parameter_declarations().items()} if model is not None else {}
    numbers = {key: _readable(value, units.get(key, "1")) for key, value in values.items()}
    numbers |= {key: _readable(drive[key], unit) for key, unit in (_CYCLE | _PULSE).items() if key in drive}
    numbers |= {key: _readable(result.value, result.unit) for key, result in reproduces.items()}
    return {
        **strings,
        "notes": _PLACEHOLDER.sub(lambda match: _filled(where, match.group(1), numbers), notes),
        "values": values,
        "sources": {key: entry["source"] for key, entry in entries.items()},
        "grades": {key: entry["provenance"] for key, entry in entries.items()},
        "drive": drive,
        "benches": tuple(benches),
        "reproduces": reproduces,
    }


def _check_names(where: str, kind: str, given: Iterable[str], known: Iterable[str]) -> None:
    for key in given:
        if key not in known:
            raise UnknownNameError(kind, key, known, where=where)


def _entry(where: str, table: Mapping[str, Any], key: str) -> Any:
    if key not in table:
        raise ParameterError(f"{where} lacks the entry {key!r}")
    return table[key]


def _text(where: str, table: Mapping[str, Any], key: str) -> str:
    value = _entry(where, table, key)
    if not isinstance(value, str):
        raise ParameterError(f"{key} of {where} must be a text, not {shown(value)}")
    return value


def _number(where: str, table: Mapping[str, Any], key: str) -> float:
    return real(f"{key} of {where}", _entry(where, table, key))


def _table(where: str, table: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = _entry(where, table, key)
    if not isinstance(value, dict):
        raise ParameterError(f"{key} of {where} must be a table, not {shown(value)}")
    return value


def _check_provenance(where: str, table: Mapping[str, Any]) -> None:
    grade = _text(where, table, "provenance")
    if grade not in GRADES:
        raise UnknownNameError("provenance", grade, GRADES, where=where)
    if not _text(where, table, "source").strip():
        needed = {"second-hand": "where it was found", "derived": "from what", "read": "where it stands"}
        raise ParameterError(f"the source of {where} is empty: it must say {needed.get(grade, 'why it was chosen')}")


def _check_value(where: str, entry: dict[str, Any]) -> None:
    _check_names(where, "entry", entry, VALUE_ENTRIES)
    if not isinstance(_entry(where, entry, "value"), str):
        _number(where, entry, "value")
    _check_provenance(where, entry)


def _check_declared(where: str, entries: Mapping[str, Any], model: Declares) -> None:
    parameters, options = model.parameter_declarations(), model.option_declarations()
    for key, entry in entries.items():
        _check_names(where, f"parameter of {model.model_name()}", [key], [*parameters, *options])
        if key in parameters:
            _number(f"{key} in {where}", entry, "value")
        else:
            choice = _text(f"{key} in {where}", entry, "value")
            _check_names(where, f"choice of {key}", [choice], options[key].choices)


def _drive(where: str, drive: dict[str, Any]) -> dict[str, Any]:
    where = f"[drive] in {where}"
    _check_names(where, "entry", drive, DRIVE_ENTRIES)
    _check_provenance(where, drive)
    if any(key in drive for key in ("kind", "amplitude", "frequency")):
        _check_names(where, "kind of drive", [_text(where, drive, "kind")], DRIVE_KINDS)
        _check_positive(where, drive, _CYCLE)
    if any(key in drive for key in _PULSE):
        _check_positive(where, drive, _PULSE)
    if "compliance" in drive:
        _check_positive(where, drive, ["compliance"])
    if "quantity" in drive:
        _text(where, drive, "quantity")
    if "currents" in drive:
        currents = drive["currents"]
        if not isinstance(currents, list) or len(currents) != 2:
            raise ParameterError(f"currents of {where} must be the first and the last [A], not {shown(currents)}")
        for index in range(2):
            _number(where, {"currents": currents[index]}, "currents")
    return drive


def _check_positive(where: str, drive: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if _number(where, drive, key) <= 0:
            raise ParameterError(f"{key} of {where} must be positive, not {shown(drive[key])}")


def _result(where: str, entry: dict[str, Any]) -> Result:
    _check_names(where, "entry", entry, RESULT_ENTRIES)
    _check_provenance(where, entry)
    tolerance = _number(where, entry, "tolerance")
    if tolerance <= 0:
        raise ParameterError(f"tolerance of {where} must be positive, not {tolerance!r}")
    return Result(
        _text(where, entry, "measure"),
        _number(where, entry, "value"),
        _text(where, entry, "unit"),
        tolerance,
        entry["provenance"],
        entry["source"],
        at=_table(where, entry, "at") if "at" in entry else {},
        overrides=_table(where, entry, "set") if "set" in entry else {},
        differs=_text(where, entry, "differs") if "differs" in entry else "",
    )


def _readable(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value
    factor, prefix = si_prefix(value, unit)
    return f"{value / factor:.4g}" + ("" if unit == "1" else f" {prefix}{unit}")


def _filled(where: str, key: str, numbers: Mapping[str, str]) -> str:
    _check_names(where, "placeholder in the notes", [key], numbers)
    return numbers[key]
