"""What stands between the pins: the symbols of the field, each by its name.

``junction``: layers with the barrier between them, an arrow for the fixed magnetisation and a double one for the free.
``memristor``: L. O. Chua, IEEE Trans. Circuit Theory 18, 507 (1971), doi:10.1109/TCT.1971.1083337; the bar is at the
second terminal. ``threshold-switch``: two diodes of opposite directions, as for ovonic switches.
"""

from __future__ import annotations

import math

from .shapes import Circle, Line, Polygon, Shape, arrow, box, line

Body = tuple[Shape, ...]


def wave(left: float, right: float, height: float) -> Line:
    """A period of a sine."""
    steps = [k / 16 for k in range(17)]
    return Line(tuple((left + s * (right - left), height * math.sin(2 * math.pi * s)) for s in steps))


def _both_ways(left: float, right: float, y: float) -> Body:
    middle = (left + right) / 2
    return (*arrow((middle, y), (left, y)), *arrow((middle, y), (right, y)))


def junction() -> Body:
    """A tunnel junction: the free layer above."""
    return (
        box(-0.9, 0.2, 0.9, 1.0),
        box(-0.9, -0.05, 0.9, 0.2, filled=True),
        box(-0.9, -1.0, 0.9, -0.05),
        *_both_ways(-0.7, 0.7, 0.6),
        *arrow((-0.7, -0.52), (0.7, -0.52)),
    )


def free_layers() -> Body:
    """Free layers with a barrier between them."""
    return (
        box(-0.9, 0.15, 0.9, 1.0),
        box(-0.9, -0.15, 0.9, 0.15, filled=True),
        box(-0.9, -1.0, 0.9, -0.15),
        *_both_ways(-0.7, 0.7, 0.57),
        *_both_ways(-0.7, 0.7, -0.57),
    )


def memristor() -> Body:
    """A line that meanders in a box, whose bar is at the second terminal."""
    meander = ((0, 1.2), (0, 0.8), (0.35, 0.8), (0.35, 0.27), (-0.35, 0.27))
    back = ((-0.35, -0.27), (0.35, -0.27), (0.35, -0.8), (0, -0.8), (0, -1.2))
    return box(-0.7, -1.2, 0.7, 1.2), box(-0.7, -1.2, 0.7, -1.0, filled=True), line(*meander, *back)


def phase_change() -> Body:
    """A dome of the changed phase above its heater."""
    arc = [math.pi * k / 12 for k in range(13)]
    dome = tuple((0.5 * math.cos(a), -0.45 + 0.55 * math.sin(a)) for a in arc)
    heater = box(-0.15, -1.2, 0.15, -0.45)
    return box(-0.7, -0.45, 0.7, 1.2), heater, Line((*dome, dome[0]))


def threshold_switch() -> Body:
    """Two diodes side by side, of opposite directions."""
    return (
        line((-1.1, 0.7), (1.1, 0.7), heavy=True),
        line((-1.1, -0.7), (1.1, -0.7), heavy=True),
        line((0, 1.2), (0, 0.7)),
        line((0, -1.2), (0, -0.7)),
        Polygon(((-1.05, 0.7), (-0.1, 0.7), (-0.575, -0.7))),
        Polygon(((1.05, -0.7), (0.1, -0.7), (0.575, 0.7))),
    )


def oscillator() -> Body:
    """A wave in a circle."""
    return Circle((0, 0), 1.0), wave(-0.6, 0.6, 0.45)


def strip() -> Body:
    """Two domains, up and down, and the wall between them."""
    return (
        box(-0.6, -1.2, 0.6, 1.2),
        box(-0.6, -0.12, 0.6, 0.12, filled=True),
        *up((0, 0.66)),
        *down((0, -0.66)),
    )


def up(at: tuple[float, float]) -> Body:
    """A magnetisation towards the reader."""
    return Circle(at, 0.3), Circle(at, 0.08, filled=True)


def down(at: tuple[float, float]) -> Body:
    """A magnetisation away from the reader."""
    (x, y), r = at, 0.3 / math.sqrt(2)
    return Circle(at, 0.3), line((x - r, y - r), (x + r, y + r)), line((x - r, y + r), (x + r, y - r))


def resistor() -> Body:
    """A zigzag."""
    teeth = [(0.45 if k % 2 else -0.45, 1.2 - 0.2 * (2 * k + 1)) for k in range(6)]
    return (line((0, 1.2), *teeth, (0, -1.2)),)


def capacitor() -> Body:
    """Two plates."""
    plates = (line((-0.85, y), (0.85, y), heavy=True) for y in (0.22, -0.22))
    return (*plates, line((0, 1.2), (0, 0.22)), line((0, -1.2), (0, -0.22)))


def source() -> Body:
    """A voltage source."""
    signs = line((-0.25, 0.5), (0.25, 0.5)), line((0, 0.25), (0, 0.75)), line((-0.25, -0.5), (0.25, -0.5))
    return (Circle((0, 0), 1.0), *signs)


def current() -> Body:
    """A current source, from the first terminal through it to the second."""
    return (Circle((0, 0), 1.0), *arrow((0, 0.6), (0, -0.6)))


#: Symbols of two terminals, and where the leads end.
TWO_TERMINALS = {
    "junction": (junction, 1.0),
    "free-layers": (free_layers, 1.0),
    "memristor": (memristor, 1.2),
    "phase-change": (phase_change, 1.2),
    "threshold-switch": (threshold_switch, 1.2),
    "oscillator": (oscillator, 1.0),
    "strip": (strip, 1.2),
    "resistor": (resistor, 1.2),
    "capacitor": (capacitor, 1.2),
    "voltage-source": (source, 1.0),
    "current-source": (current, 1.0),
}


def strip_with_junction() -> Body:
    """A strip with a wall from left to right, and a junction over it."""
    return (
        box(-2, -0.5, 2, 0.5),
        box(0.32, -0.5, 0.52, 0.5, filled=True),
        *up((-1.2, 0)),
        *down((1.3, 0)),
        box(-1.1, 0.5, 1.1, 0.7, filled=True),
        box(-1.1, 0.7, 1.1, 1.3),
        *arrow((-0.6, 1.0), (0.6, 1.0)),
        line((0, 1.3), (0, 2)),
        line((-3, 0), (-2, 0)),
        line((3, 0), (2, 0)),
    )


def junction_on_line() -> Body:
    """A junction whose free layer lies on a line of heavy metal."""
    return (
        box(-2, -0.5, 2, 0.1),
        box(-0.9, 0.1, 0.9, 0.7),
        box(-0.9, 0.7, 0.9, 0.9, filled=True),
        box(-0.9, 0.9, 0.9, 1.5),
        *_both_ways(-0.7, 0.7, 0.4),
        *arrow((-0.7, 1.2), (0.7, 1.2)),
        line((0, 1.5), (0, 2)),
        line((-3, 0), (-2, 0)),
        line((3, 0), (2, 0)),
    )


def transistor(p_channel: bool) -> Body:
    """An insulated-gate transistor: gate at the left, drain and source above each other, the arrow at the source."""
    channel = (line((-0.7, -0.9), (-0.7, 0.9), heavy=True), line((-1.05, -0.75), (-1.05, 0.75), heavy=True))
    side = 0.6 if p_channel else -0.6
    ends = (line((0, 2), (0, 0.6), (-0.7, 0.6)), line((0, -2), (0, -0.6), (-0.7, -0.6)))
    head = arrow((0, side), (-0.68, side), 0.4)[1] if p_channel else arrow((-0.7, side), (-0.05, side), 0.4)[1]
    gate = (Circle((-1.27, 0), 0.2), line((-2, 0), (-1.47, 0))) if p_channel else (line((-2, 0), (-1.05, 0)),)
    return (*channel, *ends, head, *gate)


def inverter() -> Body:
    """A triangle with a circle at its tip."""
    triangle = line((-1.3, -1.2), (0.9, 0), (-1.3, 1.2), (-1.3, -1.2))
    return triangle, Circle((1.1, 0), 0.2), line((-2, 0), (-1.3, 0)), line((2, 0), (1.3, 0))
