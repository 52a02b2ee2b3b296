"""Transistors: technologies with model cards, dimensions, corners and mismatch, in which the same cell can be built.

Each technology is a module of :mod:`synaspice.circuits.cells.technologies`, or of another package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ....devices.language.checks import known
from ....devices.language.errors import ParameterError
from ....devices.language.quantities.quantity import format_si
from ....devices.language.registry import Registry
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import NGSPICE

CORNERS = ("typical", "slow", "fast")
KINDS = ("nmos", "pmos")


@dataclass(frozen=True)
class Technology:
    """A CMOS process, as much of it as a circuit of a few transistors needs.

    Attributes
    ----------
    name, title, reference : str
        Its name here, what it is, and where its values come from.
    supply_voltage : float
        Nominal supply. [V]
    minimum_length, minimum_width, maximum_length, maximum_width : float
        Drawn dimensions for which the models are made. [m]
    junction_length : float
        Length of the diffusion from the gate to its edge, for the areas of the junctions. [m]
    mismatch : Mapping
        Pelgrom's coefficient of the threshold voltage for ``"nmos"`` and ``"pmos"``. [V m]
    model_names : Mapping
        Name of the model of ``"nmos"`` and ``"pmos"`` in a netlist.
    cards : callable
        Function of the corner's name that gives the lines that define the models.
    node : str
        The node as it is called, such as ``"45 nm"``; default: the smallest length.
    sizes : Mapping
        Defaults of cells' parameters in it, as ``{"p-bit.nmos_length": 1.4}``, by cell and parameter; those that are
        missing are as in ``generic``.
    cards_in : callable, optional
        Function of the corner's name and a dialect that gives the lines in that dialect; default: ngspice alone has the
        models.
    """

    name: str
    title: str
    reference: str
    supply_voltage: float
    minimum_length: float
    minimum_width: float
    maximum_length: float
    maximum_width: float
    junction_length: float
    mismatch: Mapping[str, float]
    model_names: Mapping[str, str]
    cards: Callable[[str], str]
    node: str = ""
    sizes: Mapping[str, float] = field(default_factory=dict)
    cards_in: Callable[[str, Dialect], str] | None = None

    def size(self, name: str) -> float:
        """Default of a parameter of a cell that depends on the technology, ``CELL.PARAMETER``."""
        return self.sizes[name] if name in self.sizes else TECHNOLOGIES["generic"].sizes[name]

    @property
    def node_in_words(self) -> str:
        """The node and the technology's name, as in ``45 nm (generic)``."""
        return f"{self.node or format_si(self.minimum_length, 'm')} ({self.name})"

    def models(self, corner: str = "typical", dialect: Dialect = NGSPICE) -> str:
        """The lines that define the transistor models in a netlist.

        Parameters
        ----------
        corner : str
            ``"typical"``, ``"slow"`` or ``"fast"``.
        dialect : Dialect
            The dialect of the netlist.

        Raises
        ------
        ParameterError
            If the models are there for ngspice alone.
        UnknownNameError
            If there is no such corner.
        MissingDependencyError
            If the models belong to a package that is not installed.
        """
        known("corner", corner, CORNERS)
        if dialect.name == NGSPICE.name:
            return self.cards(corner)
        if self.cards_in is None:
            raise ParameterError(
                f"the models of {self.name} are a library for ngspice, of which {dialect.name} has no version here: "
                "technology 'generic' has cards in every dialect"
            )
        return self.cards_in(corner, dialect)

    def threshold_deviation(self, kind: str, width: float, length: float) -> float:
        r"""Standard deviation of a transistor's threshold voltage, :math:`A_{VT} / \sqrt{W L}` [V].

        It is that of a single transistor: that of the difference of two is :math:`\sqrt 2` larger.

        References
        ----------
        M. J. M. Pelgrom, A. C. J. Duinmaijer, A. P. G. Welbers, IEEE J. Solid-State Circuits 24, 1433 (1989),
        doi:10.1109/JSSC.1989.572629.
        """
        return float(self.mismatch[kind] / (width * length) ** 0.5)

    def check_size(self, name: str, width: float, length: float) -> None:
        """Refuse a transistor with dimensions [m] for which there are no models.

        Raises
        ------
        ParameterError
            If there are none.
        """
        for what, value, low, high in (
            ("width", width, self.minimum_width, self.maximum_width),
            ("length", length, self.minimum_length, self.maximum_length),
        ):
            if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
                raise ParameterError(
                    f"transistor {name}: {what} = {format_si(value, 'm')} is outside what {self.name} has models for, "
                    f"[{format_si(low, 'm')}, {format_si(high, 'm')}]"
                )

    def transistor(
        self,
        kind: str,
        name: str,
        nodes: Sequence[str],
        width: float,
        length: float,
        threshold_shift: float = 0.0,
        parallel: float = 1.0,
        *,
        write: Callable[[float, str], str] = format,
        dialect: Dialect = NGSPICE,
    ) -> str:
        """The netlist line of a transistor.

        Parameters
        ----------
        kind : str
            ``"nmos"`` or ``"pmos"``.
        name : str
            Its name, without the leading ``M``.
        nodes : sequence of str
            Drain, gate, source, body.
        width, length : float
            Drawn dimensions. [m]
        threshold_shift : float
            Added to the magnitude of the threshold voltage. [V]
        parallel : float
            Number of such transistors in parallel. [-]
        write : callable
            Writes a number, as ``format`` does.
        dialect : Dialect
            The dialect of the line.

        Raises
        ------
        UnknownNameError
            If there is no such kind.
        ParameterError
            If it has not four nodes, or a dimension is outside the range of the models.
        """
        known("kind of transistor", kind, KINDS)
        if len(nodes) != 4:
            raise ParameterError(f"transistor {name}: four nodes (drain, gate, source, body), not {len(nodes)}")
        self.check_size(name, width, length)
        area, edge = width * self.junction_length, 2 * self.junction_length + width
        words = [f"w={write(width, '.6g')} l={write(length, '.6g')}"]
        area_text, edge_text = write(area, ".4g"), write(edge, ".4g")
        words.append(f"ad={area_text} as={area_text} pd={edge_text} ps={edge_text}")
        if parallel != 1:
            words.append(f"{dialect.multiplier}={write(parallel, '.6g')}")
        if threshold_shift:
            # BSIM4 adds it to the threshold voltage, which is negative for a p-channel.
            words.append(f"delvto={write(threshold_shift if kind == 'nmos' else -threshold_shift, '.6g')}")
        return dialect.statements["transistor"].format(
            name=name, nodes=" ".join(nodes), model=self.model_names[kind], values=" ".join(words)
        )


#: The technologies, by name.
TECHNOLOGIES: Registry[Technology] = Registry(
    "technology",
    ("synaspice.circuits.cells.technologies",),
    "synaspice.technologies",
    lambda item: isinstance(item, Technology),
    lambda technology: technology.name,
)
