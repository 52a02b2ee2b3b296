"""Options of the simulator that a cell needs to be right, and those of several cells in one netlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....devices.language.errors import ParameterError
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import NGSPICE

Options = Mapping[str, float | str]

#: The trapezoidal rule, ngspice's usual method, leaves currents of capacitors swinging about their value from step to
#: step after an edge: a small error of a voltage, but up to three times the energy that a source gives, whatever the
#: step. With Gear's method energies are the same within 1 % at an eighth of the step.
DAMPED: Options = {"method": "gear"}
#: Charges of femtocoulombs and currents of nanoamperes decide what a cell does: below ngspice's usual tolerances. True
#: to femtoamperes, steps of the transistors of gf180mcu never end; figures of cells are the same to 0.5 %.
SMALL: Options = {**DAMPED, "chgtol": 1e-19, "abstol": 1e-13, "gmin": 1e-15, "reltol": 1e-4}
#: The same where microamperes to milliamperes decide.
STRONG: Options = {**SMALL, "abstol": 1e-12}
#: The same for a membrane of picocoulombs that a switch discharges at once: true to less, its steps never end at 5 V.
SUDDEN: Options = {**SMALL, "chgtol": 1e-16}
#: The same with fewer digits, where a quick oscillation sets the largest step anyway, and must not be damped.
QUICK: Options = {name: value for name, value in SMALL.items() if name != "method"} | {"reltol": 1e-3}
#: With thermal noise the largest step is short enough, and a random kick is not worth many smaller ones.
NOISY: Options = {**DAMPED, "chgtol": 1e-16}

#: Columns held at 0 V carry microamperes or nothing: true to ngspice's picoampere, a step from rest never ends with the
#: transistors of sky130.
COLUMNS: Options = {**DAMPED, "abstol": 1e-10}
#: Spin circuits: channels of 1 ohm beside open gates keep the time step alive with some capacitance everywhere; and
#: every sample of the thermal field is a jump for the capacitances beside it, whose charges are not worth steps so
#: small: energies and decisions are the same without.
SPIN: Options = {**DAMPED, "cshunt": 1e-16, "chgtol": 1e-13}

#: Options of which the smaller value is the stricter one, and those of which it is the larger.
SMALLER = frozenset(["chgtol", "abstol", "gmin", "reltol", "trtol", "vntol"])
LARGER = frozenset(["cshunt"])


def strictest(options: Iterable[Options]) -> dict[str, float | str]:
    """The options of several cells in one netlist: of each tolerance the strictest.

    Raises
    ------
    ParameterError
        If two cells need different values of one that is no tolerance, such as the temperature.
    """
    found: dict[str, float | str] = {}
    for needed in options:
        for name, value in needed.items():
            other = found.setdefault(name, value)
            if name in SMALLER:
                found[name] = min(float(other), float(value))
            elif name in LARGER:
                found[name] = max(float(other), float(value))
            elif value != other:
                both = f"{_written(other)} and {_written(value)}"
                raise ParameterError(f"one netlist cannot have two values of the simulator's option {name}: {both}")
    return found


def options_lines(options: Options, dialect: Dialect = NGSPICE) -> list[str]:
    """Lines of a netlist that set options of the simulator; none where there are no options.

    Parameters
    ----------
    options : Mapping
        The options, by ngspice's names.
    dialect : Dialect
        The simulator; what it has no option for is told in a comment.
    """
    if not options:
        return []
    if dialect.name == NGSPICE.name:
        return [
            "* Options that the cells here need; of two .options lines ngspice follows the later one.",
            ".options " + " ".join(f"{name}={_written(value)}" for name, value in options.items()),
        ]
    mark = dialect.comment
    lines = [f"{mark}Options that the cells here need."]
    if dialect.options_command:
        lines[0] += f" {dialect.name} takes them in the control section of your netlist:"
        lines.append(f"{mark}  {options_command(options, dialect)}")
    else:
        lines += _spelled(options, dialect)
    known = {*dialect.options, *dialect.unusable}
    missing = [f"{name}={_written(value)}" for name, value in options.items() if name not in known]
    lines += [f"{mark}Without {name}: {why}." for name, why in dialect.unusable.items() if name in options]
    if missing:
        lines.append(f"{mark}{dialect.name} has no option of this meaning: {', '.join(missing)} in ngspice.")
    return lines


def options_command(options: Options, dialect: Dialect) -> str:
    """The command of a deck that sets options, of a dialect that has one; without those that it does not know."""
    return dialect.options_command.format(options=" ".join(_spelled(options, dialect))).rstrip()


def _spelled(options: Options, dialect: Dialect) -> list[str]:
    return [dialect.options[k].format(value=_written(value)) for k, value in options.items() if k in dialect.options]


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"
