"""Wires between pins on a grid: the cheapest ways around symbols, and names where a way would be too long."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .placed import Placed, Spot

#: Costs of a corner, of crossing another wire, and of running through words, in units of the grid.
CORNER, CROSSING, THROUGH = 1.5, 5.0, 9.0
#: Cost at which a pin gets the name of its node instead of a wire.
DEAREST = 75.0
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1))
Edge = tuple[Spot, Spot]
#: A point and the direction in which it was reached.
State = tuple[Spot, Spot]


def edge(one: Spot, other: Spot) -> Edge:
    """The piece of a wire between two neighbouring points."""
    return (one, other) if one < other else (other, one)


@dataclass
class Wires:
    """Wires that were drawn, and where more can be.

    Attributes
    ----------
    taken : dict
        Node of every piece of a wire.
    points : dict
        Nodes that have a wire at a point.
    fixed : dict
        Node of every point that no wire of another node may touch: pins, corners, ends and joints.
    blocked : set
        Points within symbols.
    dear : set
        Points within words.
    """

    limits: tuple[int, int, int, int]
    taken: dict[Edge, str] = field(default_factory=dict)
    points: dict[Spot, set[str]] = field(default_factory=lambda: defaultdict(set))
    fixed: dict[Spot, str] = field(default_factory=dict)
    blocked: set[Spot] = field(default_factory=set)
    dear: set[Spot] = field(default_factory=set)

    def spots_of(self, node: str) -> set[Spot]:
        """Points on the wires of a node."""
        return {spot for spot, nodes in self.points.items() if node in nodes}

    def others_at(self, spot: Spot, node: str) -> set[str]:
        """Other nodes that have a wire at a point."""
        return self.points.get(spot, set()) - {node}

    def way(
        self, starts: Iterable[tuple[Spot, Spot]], goals: set[Spot], node: str, dearest: float = DEAREST
    ) -> list[Spot] | None:
        """The cheapest way from points, in a direction each or in any, to others; None if it is too dear."""
        # A joint where another wire crosses would join both.
        start = [(spot, heading) for spot, heading in starts if not self.others_at(spot, node)]
        goals = {spot for spot in goals if not self.others_at(spot, node)}
        if not goals:
            return None
        box = [edge_of(spot[k] for spot in goals) for k in (0, 1) for edge_of in (min, max)]
        queue = [(_least(spot, box), k, (spot, heading)) for k, (spot, heading) in enumerate(start)]
        heapq.heapify(queue)
        count, cheapest = len(queue), dict.fromkeys(start, 0.0)
        before: dict[State, State] = {}
        done: set[State] = set()
        while queue:
            _, _, state = heapq.heappop(queue)
            if state in done:
                continue
            done.add(state)
            (spot, heading), cost = state, cheapest[state]
            if spot in goals and state in before:
                return _traced(state, before)
            for way in WAYS:
                if way == (-heading[0], -heading[1]) or (state not in before and heading not in ((0, 0), way)):
                    continue
                found = (spot[0] + way[0], spot[1] + way[1])
                total = cost + self._cost(spot, found, way, heading, node, goals)
                bound = total + _least(found, box)
                if bound <= dearest and total < cheapest.get((found, way), math.inf):
                    cheapest[found, way] = total
                    before[found, way] = state
                    count += 1
                    heapq.heappush(queue, (bound, count, (found, way)))
        return None

    def _cost(self, spot: Spot, found: Spot, way: Spot, heading: Spot, node: str, goals: set[Spot]) -> float:
        left, bottom, right, top = self.limits
        inside = left <= found[0] <= right and bottom <= found[1] <= top
        if not inside or self.taken.get(edge(spot, found), node) != node or self.fixed.get(found, node) != node:
            return math.inf
        if found in self.blocked and found not in goals:
            return math.inf
        cost = 1.0
        if heading not in ((0, 0), way):
            # A corner on another wire would look like a joint.
            if self.others_at(spot, node):
                return math.inf
            cost += CORNER
        if self.others_at(found, node):
            cost += CROSSING
        return cost + THROUGH * (found in self.dear)

    def lay(self, path: list[Spot], node: str) -> None:
        """Draw a wire."""
        for before, after in itertools.pairwise(path):
            self.taken[edge(before, after)] = node
        for k, spot in enumerate(path):
            self.points[spot].add(node)
            straight = 0 < k < len(path) - 1 and (
                path[k + 1][0] - spot[0] == spot[0] - path[k - 1][0]
                and path[k + 1][1] - spot[1] == spot[1] - path[k - 1][1]
            )
            if not straight:
                self.fixed[spot] = node


def _least(spot: Spot, box: list[int]) -> float:
    """The least cost of a way into a box of points: left, right, bottom and top."""
    (x, y), (left, right, bottom, top) = spot, box
    return float(max(left - x, 0, x - right) + max(bottom - y, 0, y - top))


def _traced(state: State, before: Mapping[State, State]) -> list[Spot]:
    path = [state[0]]
    while state in before:
        state = before[state]
        path.append(state[0])
    return path[::-1]


def free(items: Iterable[Placed], limits: tuple[int, int, int, int]) -> Wires:
    """The grid with symbols and words on it, without wires."""
    wires = Wires(limits)
    for item in items:
        wires.blocked |= item.inside()
        words = item.words()
        if words is not None:
            left, bottom, right, top = words  # a wire along its first letter would be read as part of it
            for x in range(math.ceil(left - 0.3), math.floor(right) + 1):
                for y in range(math.ceil(bottom + 0.1), math.floor(top - 0.1) + 1):
                    wires.dear.add((x, y))
        for pin, node in item.pins():
            wires.fixed[item.at(pin)] = node
    return wires


def joints(wires: Wires, pins: Mapping[Spot, list[str]]) -> set[Spot]:
    """Points at which more than two pieces of a wire, or of wires and pins, meet."""
    count: dict[tuple[Spot, str], int] = defaultdict(int)
    for (one, other), node in wires.taken.items():
        count[one, node] += 1
        count[other, node] += 1
    for spot, nodes in pins.items():
        for node in nodes:
            count[spot, node] += 1
    return {spot for (spot, _), number in count.items() if number > 2}
