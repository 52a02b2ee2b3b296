"""The statements of a netlist as lines of text, spelled as the table of dialects says."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .dialects import Dialect

LINE_WIDTH = 110


@dataclass(frozen=True)
class Statements:
    """Writes the statements of one dialect; every method returns lines.

    A ``value`` is text: a number, an expression over nodes where a behavioural source is meant, or a formula over
    parameters, made by :meth:`formula`, elsewhere.
    """

    dialect: Dialect

    # --- what stands in statements ----------------------------------------------------------

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
        mark = self.dialect.comment
        if not wrap:
            return [f"{mark}{text}"]
        return textwrap.wrap(text, LINE_WIDTH, initial_indent=mark, subsequent_indent=f"{mark}    ") or [mark.rstrip()]

    def open(self, name: str, pins: Sequence[str], defaults: Mapping[str, float]) -> list[str]:
        """The start of a subcircuit, with its parameters and their defaults."""
        lines = self._write("open", name=name, pins=" ".join(pins))
        for parameter, value in defaults.items():
            lines += self._write("default", name=parameter, value=repr(value))
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

    def resistor(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A resistor; its thermal noise is that of a resistor."""
        return self._write("resistor", name=name, p=p, n=n, value=value)

    def capacitor(self, name: object, p: object, n: object, value: str, initial: str | None = None) -> list[str]:
        """A capacitor, with the voltage that it starts from where the operating point is skipped."""
        if initial is None:
            return self._write("capacitor", name=name, p=p, n=n, value=value)
        return self._write("charged_capacitor", name=name, p=p, n=n, value=value, initial=initial)

    def ramped_voltage(self, name: object, p: object, n: object, duration: str) -> list[str]:
        """A source that is 0 V in static analyses, and rises to 1 V when a transient starts."""
        return self._write("ramped_voltage", name=name, p=p, n=n, value=duration)

    def flicker_voltage(self, name: object, model: str) -> list[str]:
        """A node at 1 V whose noise is 1/f V^2/Hz (and the thermal noise of one ohm)."""
        return [
            *self._write("flicker_model", name=model),
            *self._write("modelled_resistor", name=name, p=name, n="0", model=model, value="1"),
            *self._write("constant_current", name=name, p="0", n=name, value="1"),
        ]

    def _write(self, statement: str, **parts: object) -> list[str]:
        template, (end, start) = self.dialect.statements[statement], self.dialect.continuation
        # A value starts on the line of what it belongs to.
        head = template.partition("{value}")[0].format(**parts) if "{value}" in template else ""
        lines = textwrap.wrap(
            template.format(**parts).removeprefix(head),
            LINE_WIDTH,
            initial_indent=head,
            subsequent_indent=start,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [*(line + end for line in lines[:-1]), lines[-1]]


def joined(parts: Iterable[Iterable[str]]) -> list[str]:
    """The lines of several statements, one after the other."""
    return [line for lines in parts for line in lines]
