"""Places of the elements of a cell that has none of its own: columns along the current, in the order of the signal."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence

from ...circuits.cells.drawn.elements import Element
from ...devices.targets.symbols.shapes import Pin
from .placed import LETTER, Place

SUPPLY, GROUND = "supply", "ground"
#: Height of a row, and the space between columns.
ROW, GAP = 6, 3
FAR = 99


def ends(element: Element) -> tuple[Pin, Pin] | None:
    """Upper and lower pin of an element through which a current flows downwards; None of others."""
    upright = [pin for pin in element.symbol.pins if pin.away[0] == 0 and pin.at[0] == 0]
    if len(upright) != 2 or len(element.symbol.pins) > 4 or element.symbol.pins[0].direction == "input":
        return None
    top, bottom = sorted(upright, key=lambda pin: -pin.at[1])
    return (top, bottom) if (top.at[1], bottom.at[1]) == (2, -2) else None


class Columns:
    """Columns of elements, from the left to the right."""

    def __init__(self, elements: Sequence[Element], inputs: Sequence[str]) -> None:
        self.elements, self.inputs = elements, inputs
        self.paths = [each for each in elements if ends(each)]
        self.height, self.depth = self._heights(), self._depths()
        self.turned = {each.name: self._upside_down(each) for each in self.paths}

    def _ends(self, element: Element) -> tuple[str, str]:
        found = ends(element)
        assert found is not None
        upper, lower = (element.nodes[pin.name] for pin in found)
        return (lower, upper) if self.turned.get(element.name) else (upper, lower)

    def _distances(self, start: str) -> dict[str, int]:
        found, border = {start: 0}, [start]
        while border:
            reached = []
            for element in self.paths:
                pins = ends(element)
                assert pins is not None
                one, other = (element.nodes[pin.name] for pin in pins)
                for here, there in ((one, other), (other, one)):
                    if here in border and there not in found and there not in (SUPPLY, GROUND):
                        found[there] = found[here] + 1
                        reached.append(there)
            border = reached
        return found

    def _heights(self) -> dict[str, float]:
        down, up = self._distances(GROUND), self._distances(SUPPLY)
        nodes = {node for each in self.elements for node in each.nodes.values()}
        heights = {node: float(down.get(node, FAR) - up.get(node, FAR)) for node in nodes}
        return heights | {SUPPLY: 2.0 * FAR, GROUND: -2.0 * FAR}

    def _upside_down(self, element: Element) -> bool:
        """Whether a device of two terminals stands with its first one below; transistors stay as they are."""
        if len(element.symbol.pins) > 2:
            return False
        found = ends(element)
        assert found is not None
        above, below = (element.nodes[pin.name] for pin in found)
        upper, lower = self.height[above], self.height[below]
        return self.depth.get(above, FAR) > self.depth.get(below, FAR) if upper == lower else upper < lower

    def _depths(self) -> dict[str, float]:
        """How far every node is from the inputs, along the signal."""
        links: list[tuple[str, str]] = []
        for element in self.elements:
            pins = {pin.name: pin for pin in element.symbol.pins if pin.name in element.nodes}
            given = [element.nodes[name] for name, pin in pins.items() if pin.direction == "input"]
            made = [element.nodes[name] for name, pin in pins.items() if pin.direction in ("output", "inout")]
            links += [(one, other) for one in given for other in made]
            if not given:
                links += [(one, other) for one in made for other in made]
            else:
                links += [(one, other) for one in made for other in made if ends(element)]
        depth = dict.fromkeys(self.inputs, 0.0)
        queue = [(0.0, node) for node in self.inputs]
        while queue:
            far, node = heapq.heappop(queue)
            for one, other in links:
                if one == node and other not in (SUPPLY, GROUND) and far + 1 < depth.get(other, math.inf):
                    depth[other] = far + 1
                    heapq.heappush(queue, (far + 1, other))
        return depth

    def stacks(self) -> list[list[Element]]:
        """Elements in series, from top to bottom."""
        left = list(self.paths)
        below = {self._ends(each)[1] for each in left}
        first = [each for each in left if self._ends(each)[0] == SUPPLY]
        first += [each for each in left if each not in first and self._ends(each)[0] not in below]
        found = []
        for start in [*first, *left]:
            if start not in left:
                continue
            stack, node = [start], self._ends(start)[1]
            passed = {*self._ends(start)}
            left.remove(start)
            while node not in (SUPPLY, GROUND):
                # One that leads back, as in a transmission gate, stands beside it.
                after = [each for each in left if self._ends(each)[0] == node and self._ends(each)[1] not in passed]
                if not after:
                    break
                after.sort(key=lambda each: (each.name[0] in "CR", self._ends(each)[1] == GROUND))
                stack.append(after[0])
                left.remove(after[0])
                node = self._ends(after[0])[1]
                passed.add(node)
            found.append(stack)
        return found

    def order(self, group: Sequence[Element]) -> float:
        """Where a column stands: behind what drives it."""
        depths = []
        for element in group:
            for pin in element.symbol.pins:
                node = element.nodes.get(pin.name)
                if node in self.depth:
                    depths.append(self.depth[node] + 0.6 * (pin.direction == "input"))
        return sum(depths) / len(depths) if depths else 0.0


def automatic_places(elements: Sequence[Element], inputs: Sequence[str]) -> dict[str, Place]:
    """Places of elements.

    Parameters
    ----------
    elements : sequence of Element
        The elements.
    inputs : sequence of str
        Nodes at which signals come in.
    """
    columns = Columns(elements, inputs)
    stacks = columns.stacks()
    groups: list[list[Element]] = [*stacks, *([each] for each in elements if ends(each) is None)]
    groups.sort(key=columns.order)
    rows = max((len(stack) for stack in stacks), default=1)
    places: dict[str, Place] = {}
    right = 0.0
    for group in groups:
        left = -min(each.symbol.extent()[0] for each in group)
        x = math.ceil(right + GAP + left)
        if ends(group[0]) is not None:
            _stack(group, columns, rows, x, places)
        else:
            places[group[0].name] = Place(x, _level(group[0], elements, places, rows))
        right = x + max(_right(each) for each in group)
    return places


def _right(element: Element) -> float:
    words = element.symbol.label[0] + LETTER * max(map(len, element.words), default=0)
    return max(element.symbol.extent()[2], words if element.words else 0.0)


def _stack(stack: Sequence[Element], columns: Columns, rows: int, x: int, places: dict[str, Place]) -> None:
    """Put a stack from the supply downwards, from ground upwards, or both."""
    hangs = columns._ends(stack[0])[0] == SUPPLY
    stands = columns._ends(stack[-1])[1] == GROUND
    split = len(stack) if hangs else 0
    if hangs and stands:
        split = next((k for k, each in enumerate(stack) if each.name[0] == "M" and not _p(each)), len(stack) - 1) or 1
    for k, element in enumerate(stack):
        row = k if k < split else rows - len(stack) + k
        places[element.name] = Place(x, -ROW * row, "u" * columns.turned[element.name])


def _p(element: Element) -> bool:
    return element.symbol.pins[0].at[1] < 0


def _level(element: Element, elements: Sequence[Element], places: Mapping[str, Place], rows: int) -> int:
    """Height at which the pins of an element are nearest to those that stand already."""
    found = []
    own = {element.nodes[pin.name]: pin.at[1] for pin in element.symbol.pins if pin.away[1] == 0}
    for other in elements:
        if other.name not in places:
            continue
        for pin in other.symbol.pins:
            node = other.nodes.get(pin.name)
            if node in own and node is not None:
                found.append(places[other.name].y + pin.at[1] - own[node])
    if not found:
        return -ROW * (rows - 1) // 2
    found.sort()
    return found[len(found) // 2]
