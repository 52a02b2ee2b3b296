"""The statements of a netlist as lines of text, spelled as the table of dialects says."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...language.errors import ParameterError, shown
from ...language.waveforms.shapes import Waveform
from .dialect import Dialect

LINE_WIDTH = 110
#: Waveforms can be very long, and not every simulator continues a formula; lines are of limited length in some.
LONG_LINE_WIDTH = 1000
#: When the first sample of a noise begins, in intervals. Samples change between the round times at which a circuit's
#: sources change: where two events are a rounding apart, ngspice 44 and later give up with a time step too small.
NOISE_START = 0.381966

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NODE_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.:#+/\[\]-]*"
_NODE = re.compile(_NODE_PATTERN)
_VECTOR = re.compile(
    rf"{_NODE_PATTERN}|[A-Za-z]\w*\({_NODE_PATTERN}(,{_NODE_PATTERN})?\)|@{_NODE_PATTERN}\[\w+\]", re.ASCII
)
_UNSAFE_IN_FILE_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\"'`;$*?{}<>|\\]")


def check_name(name: str, what: str) -> str:
    """Return a name that can stand in a line of a netlist; refuse one that would not stay one word of it.

    Raises
    ------
    ParameterError
        If it is not made of letters, digits and underscores (ASCII), or starts with a digit.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ParameterError(f"{shown(name)} cannot be the name of a {what}: letters, digits and underscores only")
    return name


def check_node(name: object, what: str = "node") -> str:
    """Return the name of a node, source or element that stays one word in a netlist and in a simulator's commands.

    Raises
    ------
    ParameterError
        If it has anything but letters and digits (ASCII) and ``_ . : # + - / [ ]``, or starts with one of the latter.
    """
    if not isinstance(name, str) or not _NODE.fullmatch(name):
        raise ParameterError(
            f"{shown(name)} cannot be the name of a {what}: letters, digits and _ . : # + - / [ ] only"
        )
    return name


def check_vector(name: object) -> str:
    """Return the name of a simulator's vector: ``all``, ``v(node)``, ``v(node,node)``, ``i(source)``, ``@x[param]``.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if not isinstance(name, str) or not _VECTOR.fullmatch(name):
        raise ParameterError(
            f"{shown(name)} cannot be the name of a vector: v(node), v(node,node), i(source), @element[parameter], a "
            "node, or all"
        )
    return name


def check_file_name(name: str) -> str:
    """Return a file name that can stand between quotes in a netlist.

    Raises
    ------
    ParameterError
        If it is empty or has control characters, quotes, semicolons or others that a netlist reader would act on.
    """
    if not name or _UNSAFE_IN_FILE_NAME.search(name):
        raise ParameterError(
            f"{shown(name)} cannot be included by a netlist: no line breaks, quotes, semicolons, backslashes or "
            "wildcards"
        )
    return name


def one_line(text: str) -> str:
    """The text without anything that ends a line, or lets it go on."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).replace("\\", "/").rstrip()


@dataclass(frozen=True)
class Statements:
    """Writes the statements of one dialect; every method returns lines.

    A ``value`` is text: a number, an expression over nodes where a behavioural source is meant, or a formula over
    parameters, made by :meth:`formula`, elsewhere.
    """

    dialect: Dialect

    def has(self, statement: str) -> bool:
        """Whether the dialect has a statement, by its name in the table."""
        return statement in self.dialect.statements

    # --- parts of statements ----------------------------------------------------------------

    def formula(self, text: str) -> str:
        """A formula over parameters where a number could stand."""
        return self.dialect.formula.format(text)

    def node(self, name: object) -> str:
        """The voltage of a node in an expression."""
        return self.dialect.node.format(name)

    def drop(self, positive: object, negative: object) -> str:
        """The voltage between two nodes in an expression."""
        return self.dialect.drop.format(positive, negative)

    # --- the frame --------------------------------------------------------------------------

    def comment(self, text: str, wrap: bool = False) -> list[str]:
        """A line of comment; wrapped to several if asked."""
        mark, safe = self.dialect.comment, one_line(text)
        if not wrap:
            return [f"{mark}{safe}"]
        return textwrap.wrap(safe, LINE_WIDTH, initial_indent=mark, subsequent_indent=f"{mark}    ") or [mark.rstrip()]

    def open(self, name: str, pins: Sequence[str], defaults: Mapping[str, float]) -> list[str]:
        """The start of a subcircuit, with its parameters and their defaults."""
        lines = self._write("open", name=name, pins=" ".join(pins))
        for parameter, value in defaults.items():
            lines += self._write("default", name=parameter, value=repr(value))
        return lines

    def bounds(self, bounds: Mapping[str, tuple[float, float]]) -> list[str]:
        """Checks of the parameters of an instance, where the dialect has them."""
        lines: list[str] = []
        for name, (low, high) in bounds.items():
            beyond, within = "0", []
            if high < math.inf:
                beyond, within = f"{name} > {high!r} ? 1 : 0", [f"{name} <= {high!r}"]
            if low > -math.inf:
                beyond = f"{name} < {low!r} ? 1 : {f'({beyond})' if within else beyond}"
                within = [f"{name} >= {low!r}", *within]
            if within and self.has("check"):
                parts = {"within": " && ".join(within), "beyond": beyond, "low": f"{low:g}", "high": f"{high:g}"}
                lines += self._write("check", name=name, **parts)
        return lines

    def close(self, name: str) -> list[str]:
        """The end of a subcircuit."""
        return self._write("close", name=name)

    def parameter(self, name: object, value: str) -> list[str]:
        """A parameter inside of the subcircuit."""
        return self._write("parameter", name=name, value=value)

    # --- elements ---------------------------------------------------------------------------

    def current(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A behavioural source of the current from ``p`` to ``n`` through it."""
        return self._write("current", name=name, p=p, n=n, value=value)

    def voltage(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A behavioural source of the voltage of ``p`` over ``n``."""
        return self._write("voltage", name=name, p=p, n=n, value=value)

    def transconductance(self, name: object, p: object, n: object, control: Sequence[object], value: str) -> list[str]:
        """A source of a current from ``p`` to ``n`` that is proportional to the voltage between two nodes."""
        positive, negative = control
        return self._write("transconductance", name=name, p=p, n=n, positive=positive, negative=negative, value=value)

    def conductance(self, node: object, value: str) -> list[str]:
        """A conductance from a node to ground that has no thermal noise."""
        return self.transconductance(f"{node}_load", node, 0, (node, 0), value)

    def constant_current(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A source of a current from ``p`` to ``n``."""
        return self._write("constant_current", name=name, p=p, n=n, value=value)

    def resistor(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A resistor; its thermal noise is that of a resistor."""
        return self._write("resistor", name=name, p=p, n=n, value=value)

    def capacitor(self, name: object, p: object, n: object, value: str, initial: str | None = None) -> list[str]:
        """A capacitor, with the voltage that it starts from where the operating point is skipped."""
        if initial is None:
            return self._write("capacitor", name=name, p=p, n=n, value=value)
        return self._write("charged_capacitor", name=name, p=p, n=n, value=value, initial=initial)

    def drawn_voltage(self, name: object, p: object, n: object, points: Sequence[tuple[float, float]]) -> list[str]:
        """A voltage by straight lines between points of time [s] and value [V]."""
        drawn = " ".join(f"{time:g} {value:g}" for time, value in points)
        return self._write("drawn_voltage", name=name, p=p, n=n, value=drawn)

    def noisy_voltage(self, name: object, p: object, n: object, interval: str, offset: str) -> list[str]:
        """A source of independent samples of unit variance, one per interval; 0 V in static analyses."""
        start = self.formula(f"{NOISE_START}*{interval}")
        return self._write(
            "noisy_voltage", name=name, p=p, n=n, value=self.formula(interval), start=start, rms=1, offset=offset
        )

    def flicker_voltage(self, name: object) -> list[str]:
        """A node at 1 V whose noise is 1/f V^2/Hz (and the thermal noise of one ohm)."""
        return [
            *self._write("flicker_model", name=name),
            *self._write("flicker_resistor", name=name, p=name, n="0"),
            *self._write("constant_current", name=name, p="0", n=name, value="1"),
        ]

    # --- around a subcircuit ----------------------------------------------------------------

    def voltage_source(self, name: str, p: str, n: str, waveform: Waveform, duration: float) -> list[str]:
        """An independent source of the voltage of ``p`` over ``n``."""
        return self._write("voltage_source", name=name, p=p, n=n, value=self._waveform(waveform, duration))

    def current_source(self, name: str, p: str, n: str, waveform: Waveform, duration: float) -> list[str]:
        """An independent source of the current from ``p`` to ``n`` through it."""
        return self._write("current_source", name=name, p=p, n=n, value=self._waveform(waveform, duration))

    def probe_source(self, name: str, p: str, n: str, value: float) -> list[str]:
        """A constant voltage of ``p`` over ``n`` that is 1 V in small-signal analyses."""
        return self._write("probe_source", name=name, p=p, n=n, value=repr(value))

    def meter(self, name: str, p: str, n: str, source: str) -> list[str]:
        """A voltage of ``p`` over ``n`` of as many volts as the voltage source ``V_<source>`` carries amperes."""
        return self._write("meter", name=name, p=p, n=n, source=source)

    def gain(self, name: str, p: str, n: str, control: str, value: float) -> list[str]:
        """A source whose voltage is that of the node ``control`` times a number."""
        return self._write("gain", name=name, p=p, n=n, control=control, value=repr(value))

    def instance(self, name: str, nodes: Iterable[str], subcircuit: str, values: Mapping[str, float]) -> list[str]:
        """An instance of a subcircuit, with values for parameters."""
        given = "".join(f" {key}={float(value)!r}" for key, value in values.items())
        joined_nodes = " ".join(check_node(node) for node in nodes)
        return self._write(
            "instance", name=check_node(name, "element"), nodes=joined_nodes, subcircuit=subcircuit, values=given
        )

    def _waveform(self, waveform: Waveform, duration: float) -> str:
        """The specification of a source, from that of SPICE."""
        kind, _, values = waveform.spice(duration).replace("(", " ").rstrip(")").partition(" ")
        numbers = values.split()
        return self.dialect.sources[kind].format(*numbers, points=values, listed=", ".join(numbers))

    def _write(self, statement: str, **parts: object) -> list[str]:
        template = self.dialect.statements[statement]
        # A value starts on the line of its statement.
        head = template.partition("{value}")[0].format(**parts) if "{value}" in template else ""
        text = template.format(**parts)
        quoted = self.dialect.quoted_continuation if "'" in text else None
        end, start = quoted or self.dialect.continuation
        if statement.endswith("_source"):
            lines = _cut(text, LONG_LINE_WIDTH, start)
        else:
            lines = textwrap.wrap(
                text.removeprefix(head),
                LINE_WIDTH if statement in ("current", "voltage", "open") else LONG_LINE_WIDTH,
                initial_indent=head,
                subsequent_indent=start,
                break_long_words=False,
                break_on_hyphens=False,
            )
        return [*(line + end for line in lines[:-1]), lines[-1]]


def _cut(text: str, width: int, start: str) -> list[str]:
    """Cut a line of any length at its blanks; textwrap takes long over thousands of numbers."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append(start.rstrip())
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def joined(parts: Iterable[Iterable[str]]) -> list[str]:
    """The lines of several statements, one after the other."""
    return [line for lines in parts for line in lines]
