"""The parts of a SPICE dialect: how a simulator spells a netlist, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..formats import Format

#: Names that mean something else in an expression or on an instance line, in all dialects.
RESERVED = frozenset(["m", "time", "temp", "temper", "tnom", "hertz", "freq", "v", "i", "pi", "e", "gmin"])


@dataclass(frozen=True, kw_only=True)
class Dialect(Format):
    """How one simulator spells the parts of netlists.

    Attributes
    ----------
    functions, formula_functions : Mapping
        Templates of the functions that are spelled otherwise than in SymPy: in the sources, and (where they differ) in
        the formulas of parameters.
    temperature : str
        The absolute temperature [K] in an expression.
    statements : Mapping
        Templates of the statements, over ``name``, the nodes ``p`` and ``n`` and what the statement is about. The
        dialect has no statement that is missing here.
    sources : Mapping
        Specification of an independent source for every kind of waveform, over the SPICE values in order.
    deck : Mapping
        Templates of the lines of a deck for a transient, over ``file``, ``step``, ``duration``, ``state`` and ``when``.
    formula : str
        Template of a formula where a number could stand.
    node, drop : str
        Templates of the voltage of a node and of the voltage between two of them.
    preamble : tuple of str
        Lines that stand before everything else.
    continuation : tuple of str
        End of a line that goes on, and start of the next one.
    quoted_continuation : tuple of str, optional
        The same within an expression, where it differs.
    reserved : frozenset of str
        Names, in lower case, that a parameter may not have.
    deck_suffix : str
        How files of decks end.
    transient_noise : str
        How the simulator makes noise in a transient: ``source`` (by the statement ``noisy_voltage``), ``analysis``
        (it shakes the resistors by itself when asked), or nothing. ``noise_advice`` tells the user how to get it.
    advice : str
        Advice to the user of a subcircuit.
    long_step_options : Mapping
        Options of transients with subcircuits that are written for long steps. Given if the simulator limits its steps
        by the errors of charges and an absolute tolerance of currents, so that small capacitors never allow steps of
        more than some seconds.
    options : Mapping
        Templates of the lines that set options of the simulator, over ``value``, by ngspice's names of the options. The
        dialect has none that is missing here.
    options_command : str
        Template over ``options`` of the command that sets them all, of a simulator that takes them in a deck alone: a
        netlist to include has it as a comment.
    unusable : Mapping
        Options that the simulator has and that are not set, by ngspice's names, with the reason.
    renamed : Mapping
        Other names for nodes of cells whose name means something else to the simulator.
    multiplier : str
        The parameter of a transistor that tells how many are in parallel.
    """

    functions: Mapping[str, str]
    temperature: str
    statements: Mapping[str, str]
    sources: Mapping[str, str]
    deck: Mapping[str, str]
    formula_functions: Mapping[str, str] = field(default_factory=dict)
    formula: str = "{{{0}}}"
    node: str = "V({0})"
    drop: str = "V({0},{1})"
    preamble: tuple[str, ...] = ()
    comment: str = "* "
    plural: str = "subcircuits"
    continuation: tuple[str, str] = ("", "+ ")
    quoted_continuation: tuple[str, str] | None = None
    reserved: frozenset[str] = RESERVED
    deck_suffix: str = ".cir"
    transient_noise: str = ""
    noise_advice: str = ""
    advice: str = ""
    long_step_options: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    options_command: str = ""
    unusable: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    multiplier: str = "m"

    @property
    def long_step_statement(self) -> str:
        """The line of a deck with its options for long steps; none if it has none."""
        settings = " ".join(f"{name}={value}" for name, value in self.long_step_options.items())
        return settings and f".options {settings}"
