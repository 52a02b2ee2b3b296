r"""Crossbar classifier: memristors, current-mode winner-take-all and memristor neurons, in one netlist.

Inputs are the gates of the crossbar's access transistors, and a transistor holds each column near a voltage
:math:`V_b`, so that the current of column j is

.. math:: I_j = V_b \sum_i x_i G_{ij}, \qquad G_{ij} = G_\mathrm{off} + w_{ij} (G_\mathrm{on} - G_\mathrm{off})

A mirror takes it to the winner-take-all. There the common node rises until the transistor of the largest current
carries that; those of the others could carry more than they are given, and their followers close. The current of the
common node's resistor comes through the winner's follower alone, and a mirror charges the winner's neuron with it.

References
----------
J. Lazzaro, S. Ryckebusch, M. A. Mahowald, C. A. Mead, "Winner-take-all networks of O(N) complexity", in Advances in
Neural Information Processing Systems 1, Morgan Kaufmann (1989), as remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linprog

from ....devices.language.checks import mapping
from ....devices.language.declarations.declaration import Declared, Parameter
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ..building.assembly import Assembly, TransistorSize
from ..building.declared import Port
from ..building.sizes import length_of, width_of
from ..building.slots import Slot
from ..building.tolerances import STRONG
from ..memories.memories import at_conductance, setting_polarity
from ..memories.memristor_cells import MemristorCell
from ..neurons import MemristorNeuron

#: Most inputs, and most outputs.
MOST = 32
#: Least margin of trained weights that is one, over the range of a weight.
LEAST_MARGIN = 1e-6


class PatternClassifier(MemristorCell, abstract=True):
    r"""Crossbar whose columns compete: the neuron of the largest column current fires, the others stay silent.

    .. math:: I_j = V_b \sum_i x_i G_{ij}, \qquad G_{ij} = G_\mathrm{off} + w_{ij} (G_\mathrm{on} - G_\mathrm{off})

    Inputs are logic levels at the gates of the 1T1R cells. While ``clamp`` is at its voltage, transistors hold the
    columns a threshold below it, at some tenth of a volt, and mirrors take their currents to a current-mode
    winner-take-all, which draws its own current through the output of the largest one alone: that charges a
    memristor neuron. Weights are those of the largest margin for the patterns of the class
    (:func:`trained_weights`), which a subclass gives::

        class Sides(PatternClassifier, patterns={"10": 1, "01": 2}):
            '''Which of two inputs is on.'''

    References
    ----------
    J. Lazzaro, S. Ryckebusch, M. A. Mahowald, C. A. Mead, Advances in Neural Information Processing Systems 1, Morgan
    Kaufmann (1989), as remembered: the winner-take-all.
    """

    reference = "J. Lazzaro et al., Advances in Neural Information Processing Systems 1, Morgan Kaufmann (1989)"
    tolerances = STRONG
    #: Number of the output that has to win, from 1 on, by the pattern of the inputs.
    patterns: ClassVar[Mapping[str, int]] = {}

    def __init_subclass__(cls, *, patterns: Mapping[str, int] | None = None, **kwargs: Any) -> None:
        if patterns is not None:
            cls.patterns = dict(patterns)
            for name, item in _declarations(cls.patterns).items():
                setattr(cls, name, item)
                item.__set_name__(cls, name)
        super().__init_subclass__(**kwargs)

    resistance_on = MemristorCell.resistance_on.but(default=150e3)
    resistance_off = MemristorCell.resistance_off.but(default=1.5e6)
    clamp_voltage = Parameter(
        lambda cell: 0.5 * cell.supply_voltage,
        "V",
        "voltage of the clamps' gates during a decision; half of the supply",
        (0.1, 5.0),
    )
    clamp_width = width_of("the transistors that the clamps' voltage opens", 80.0)
    mirror_width = width_of("the mirrors' transistors", 40.0)
    mirror_length = length_of("the mirrors' transistors", 8.0)
    follower_width = width_of("the winner-take-all's followers", 200.0)
    current_width = width_of("the winner-take-all's other transistors", 100.0)
    current_length = length_of("the winner-take-all's other transistors", 8.0)
    common_resistance = Parameter(
        60e3, "ohm", "resistor at the common node, which sets the winner's current", (1e2, 1e9)
    )
    membrane_capacitance = Parameter(1e-12, "F", "membrane capacitor of the neurons", (1e-15, 1e-9))

    switch = Slot(
        "the threshold switch of every neuron",
        lambda cell: MemristorNeuron(**cell.surroundings).memristor,
        MemristorNeuron.memristor.fits,
    )

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return len(next(iter(self.patterns)))

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return max(self.patterns.values())

    @property
    def weights(self) -> FloatArray:
        """The weights, shape (inputs, outputs)."""
        rows, columns = range(1, self.inputs + 1), range(1, self.outputs + 1)
        return np.array([[float(self.values[f"weight_{i}_{j}"]) for j in columns] for i in rows])

    def memristor_of(self, weight: float) -> CompactModel:
        """The memristor of a weight."""
        on, off = self.conductance_range
        volts = setting_polarity(self.memristor) * self.read_voltage
        return at_conductance(self.memristor, off + weight * (on - off), volts)

    def neuron(self) -> MemristorNeuron:
        """The neuron of every output."""
        own = {"memristor": self.switch} if self.is_other("switch") else {}
        return MemristorNeuron(capacitance=self.membrane_capacitance, **self.surroundings, **own)

    def build(self, assembly: Assembly) -> None:
        for i in range(1, self.inputs + 1):
            for j in range(1, self.outputs + 1):
                device, inner = self.memristor_of(self.values[f"weight_{i}_{j}"]), f"inner_{i}_{j}"
                assembly.device(f"cell_{i}_{j}", device, self.setting_nodes(f"column_{j}", inner))
                assembly.nmos(f"access_{i}_{j}", inner, f"input_{i}", "ground", width=self.access_width)
        mirror: TransistorSize = {"width": self.mirror_width, "length": self.mirror_length}
        current: TransistorSize = {"width": self.current_width, "length": self.current_length}
        for j in range(1, self.outputs + 1):
            assembly.nmos(f"clamp_{j}", f"sum_{j}", "clamp", f"column_{j}", width=self.clamp_width)
            assembly.pmos(f"sum_{j}", f"sum_{j}", f"sum_{j}", "supply", **mirror)
            assembly.pmos(f"copy_{j}", f"rival_{j}", f"sum_{j}", "supply", **mirror)
            assembly.nmos(f"rival_{j}", f"rival_{j}", "common", "ground", **current)
            assembly.nmos(f"follow_{j}", f"won_{j}", f"rival_{j}", "common", width=self.follower_width)
            assembly.pmos(f"won_{j}", f"won_{j}", f"won_{j}", "supply", **mirror)
            assembly.pmos(f"charge_{j}", f"membrane_{j}", f"won_{j}", "supply", **mirror)
            nodes = {"input": f"membrane_{j}", "output": f"spike_{j}", "supply": "supply", "ground": "ground"}
            assembly.subcell(f"neuron_{j}", self.neuron(), nodes)
        assembly.resistor("common", "common", "foot", self.common_resistance)
        assembly.nmos("foot", "foot", "clamp", "ground", width=self.clamp_width)


def trained_weights(patterns: Mapping[str, int]) -> FloatArray:
    r"""Weights with which the right column wins by the largest margin.

    .. math:: \max_{w, m} m \quad\text{with}\quad \sum_i x_i (w_{ij} - w_{ik}) \ge m, \quad 0 \le w \le 1

    for every pattern x of output j and all others k: a linear program.

    Parameters
    ----------
    patterns : Mapping
        Number of the output that has to win, from 1 on, by the pattern, as in ``{"1100": 1, "0011": 2}``.

    Returns
    -------
    ndarray
        Weights, shape (inputs, outputs).

    Raises
    ------
    ParameterError
        If the patterns are none, or no weights of one layer do that.
    """
    given = {_pattern(text): winner for text, winner in mapping("patterns", patterns).items()}
    sizes = {len(bits) for bits in given}
    if len(sizes) != 1 or not 1 <= (inputs := sizes.pop()) <= MOST:
        raise ParameterError(f"patterns must all have as many inputs, 1 to {MOST}")
    winners = [*given.values()]
    if any(isinstance(k, bool) or not isinstance(k, int) for k in winners) or not (
        2 <= (outputs := max(winners)) <= MOST and {*winners} == {*range(1, outputs + 1)}
    ):
        raise ParameterError(f"the winners must be whole numbers from 1 to 2, or more up to {MOST}, each at least once")
    rows = []
    for bits, winner in given.items():
        for other in set(range(outputs)) - {winner - 1}:
            row = np.zeros((inputs, outputs))
            row[:, winner - 1], row[:, other] = np.negative(bits), bits
            rows.append([*row.ravel(), 1.0])
    count = inputs * outputs
    # Of all weights of the largest margin those of the smallest sum: other columns' currents cost energy.
    solved = linprog(
        [*np.full(count, 1e-6), -1.0], A_ub=rows, b_ub=np.zeros(len(rows)), bounds=[(0, 1)] * count + [(None, None)]
    )
    found = np.asarray(solved.x, dtype=float)
    if solved.status != 0 or found[-1] < LEAST_MARGIN:
        raise ParameterError("no weights of one layer let the right output win for each of these patterns")
    return np.asarray(np.clip(found[:-1].reshape(inputs, outputs), 0.0, 1.0), dtype=float)


def _pattern(text: object) -> tuple[int, ...]:
    if not isinstance(text, str) or not text or set(text) - {"0", "1"}:
        raise ParameterError(f"a pattern is made of 0 and 1, not {text!r}")
    return tuple(map(int, text))


def _declarations(patterns: Mapping[str, int]) -> dict[str, Declared]:
    """Ports and parameters that depend on the patterns."""
    weights = trained_weights(patterns)
    inputs, outputs = weights.shape
    declared: dict[str, Declared] = {
        f"input_{i}": Port("input", f"logic level of input {i}") for i in range(1, inputs + 1)
    }
    declared["clamp"] = Port("input", "gates of the clamps: their voltage to decide, 0 V to rest")
    declared |= {f"spike_{j}": Port("output", f"spikes if column {j} wins") for j in range(1, outputs + 1)}
    declared |= {"supply": Port("supply", "positive supply"), "ground": Port("supply", "ground")}
    for i, row in enumerate(weights.tolist(), 1):
        for j, weight in enumerate(row, 1):
            words = f"weight from input {i} to output {j}; trained for the patterns"
            declared[f"weight_{i}_{j}"] = Parameter(weight, "1", words, (0.0, 1.0))
    return declared


class CrossbarClassifier(PatternClassifier, patterns={"1100": 1, "1000": 1, "0110": 2, "0011": 3, "0001": 3}):
    """Crossbar classifier of four inputs and three outputs: on which side those that are on lie.

    See :class:`PatternClassifier` for other patterns.
    """

    title = "Crossbar classifier, 4 × 3"
