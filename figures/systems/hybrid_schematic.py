"""Drawing of a spin neuron: domain-wall strips on a channel, the magnet with its junction, latch and output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Left ends of the drawn strips, and where the wall is in each, over its length.
STRIPS = ((0.35, 0.75), (1.75, 0.3), (6.35, 0.6))
#: Length and height of a strip; bottom and top of the channel.
LENGTH, HEIGHT = 1.15, 0.42
CHANNEL = (1.0, 1.55)
UP, DOWN = "C0", "C1"


def draw_schematic(axes: Axes) -> None:
    """Draw the neuron into axes.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    """
    _draw_channel(axes)
    for k, (left, wall) in enumerate(STRIPS):
        _draw_strip(axes, left, wall, ("input 1", "input 2", "threshold")[k])
    _draw_magnet(axes)
    _draw_latch(axes)
    axes.set_xlim(-0.35, 8.1)
    axes.set_ylim(-0.75, 7.5)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_channel(axes: Axes) -> None:
    from matplotlib.patches import Rectangle

    low, high = CHANNEL
    axes.add_patch(Rectangle((0.15, low), 7.6, high - low, facecolor="0.82", edgecolor="none"))
    axes.text(0.3, low + 0.27, "channel", fontsize=6.5, va="center")
    axes.plot([0.45, 0.45], [low, 0.35], color="0.3", linewidth=1.0)
    for k, width in enumerate((0.5, 0.32, 0.14)):
        axes.plot([0.45 - width / 2, 0.45 + width / 2], [0.35 - 0.1 * k] * 2, color="0.3", linewidth=1.0)
    axes.add_patch(Rectangle((3.55, 0.55), 0.9, 0.45, facecolor="C2", edgecolor="none"))
    _arrow(axes, (3.75, 0.77), (4.25, 0.77), "white")
    axes.plot([4.0, 4.0], [0.55, 0.05], color="0.3", linewidth=1.0)
    axes.text(4.0, -0.1, "preset", fontsize=6.5, ha="center", va="top")
    for at in (2.35, 5.65):
        towards = 0.75 if at < 4 else -0.75
        _arrow(axes, (at - towards / 2 + 0.25, 1.27), (at + towards / 2 + 0.25, 1.27), "0.25")
    axes.text(5.4, 0.62, "spins", fontsize=6.5, ha="center", va="center", color="0.25")


def _draw_strip(axes: Axes, left: float, wall: float, words: str) -> None:
    from matplotlib.patches import Rectangle

    bottom, at = CHANNEL[1], left + wall * LENGTH
    axes.add_patch(Rectangle((left, bottom), at - left, HEIGHT, facecolor=UP, edgecolor="none"))
    axes.add_patch(Rectangle((at, bottom), left + LENGTH - at, HEIGHT, facecolor=DOWN, edgecolor="none"))
    axes.plot([at, at], [bottom, bottom + HEIGHT], color="white", linewidth=1.6)
    for middle, up in ((left + wall * LENGTH / 2, True), (at + (1 - wall) * LENGTH / 2, False)):
        ends = ((middle, bottom + 0.06), (middle, bottom + HEIGHT - 0.06))
        _arrow(axes, *(ends if up else ends[::-1]), "white")
    top = bottom + HEIGHT
    axes.plot([left + 0.12] * 2, [top, top + 0.4], color="0.3", linewidth=1.0)
    axes.text(left + 0.12, top + 0.46, words, fontsize=6.5, ha="center", va="bottom")
    if words == "threshold":
        axes.text(left + wall * LENGTH, top + 0.08, "wall", fontsize=6, ha="center", color="0.3")


def _draw_magnet(axes: Axes) -> None:
    from matplotlib.patches import Rectangle

    bottom = CHANNEL[1]
    for low, high, colour, words in (
        (0.0, 0.5, "C4", "magnet"),
        (0.5, 0.66, "C5", "barrier"),
        (0.66, 1.16, "C0", "reference"),
    ):
        axes.add_patch(Rectangle((3.45, bottom + low), 1.1, high - low, facecolor=colour, edgecolor="none"))
        axes.text(4.65, bottom + (low + high) / 2, words, fontsize=6.5, va="center")
    _arrow(axes, (4.0, bottom + 0.05), (4.0, bottom + 0.46), "white", both=True)
    _arrow(axes, (4.0, bottom + 1.11), (4.0, bottom + 0.7), "white")
    axes.plot([4.0, 4.0, 2.6, 2.6], [bottom + 1.16, 3.15, 3.15, 3.5], color="0.3", linewidth=1.0)
    axes.text(3.3, 3.22, "read", fontsize=6.5, ha="center", va="bottom")


def _draw_latch(axes: Axes) -> None:
    """Cross-coupled inverters on feet that the clock switches, the reference resistor, and the output transistor."""
    from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

    box: dict[str, Any] = {"boxstyle": "round,pad=0.02,rounding_size=0.12", "edgecolor": "0.45", "facecolor": "none"}
    axes.add_patch(FancyBboxPatch((1.75, 3.5), 3.6, 2.75, linewidth=0.8, linestyle="--", **box))
    axes.text(3.55, 6.42, "latch (CMOS)", fontsize=6.5, ha="center", va="bottom")
    wire: dict[str, Any] = {"color": "0.3", "linewidth": 1.0}
    for x, turn in ((2.6, 1), (4.5, -1)):
        base = 5.0 - 0.35 * turn
        axes.add_patch(
            Polygon([(x - 0.4, base), (x + 0.4, base), (x, base + 0.7 * turn)], facecolor="0.9", edgecolor="0.3")
        )
        axes.plot([x], [base + 0.78 * turn], "o", markersize=3, color="white", markeredgecolor="0.3")
    axes.plot([2.6, 2.6, 4.5, 4.5], [5.48, 5.95, 5.95, 5.35], **wire)
    axes.plot([2.6, 2.6, 4.5, 4.5], [4.65, 4.25, 4.25, 4.52], **wire)
    axes.plot([2.6, 2.6], [3.5, 4.25], **wire)
    axes.plot([4.5, 4.5], [4.25, 3.15], **wire)
    axes.plot([4.5, 5.9], [3.15, 3.15], **wire)
    axes.add_patch(Rectangle((5.9, 3.02), 0.75, 0.26, facecolor="white", edgecolor="0.3", linewidth=1.0))
    axes.plot([6.65, 7.0], [3.15, 3.15], **wire)
    axes.text(6.28, 3.4, "reference", fontsize=6.5, ha="center", va="bottom")
    axes.plot([7.0, 7.0], [3.27, 3.03], **wire)
    axes.plot([1.2, 1.75], [4.6, 4.6], **wire)
    axes.text(1.1, 4.6, "clock", fontsize=6.5, ha="right", va="center")
    axes.plot([4.5, 6.3, 6.3], [5.95, 5.95, 6.45], **wire)
    axes.text(5.45, 6.03, "spike", fontsize=6.5, ha="left", va="bottom")
    axes.plot([5.95, 6.65], [6.55, 6.55], **wire)
    axes.plot([6.0, 6.6], [6.72, 6.72], **wire)
    axes.plot([6.0, 6.0, 5.6], [6.72, 7.15, 7.15], **wire)
    axes.plot([6.6, 6.6, 7.0], [6.72, 7.15, 7.15], **wire)
    axes.text(5.5, 7.15, "30 mV", fontsize=6.5, ha="right", va="center")
    axes.text(7.05, 7.15, "output", fontsize=6.5, ha="left", va="center")


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, *, both: bool = False
) -> None:
    from matplotlib.patches import FancyArrowPatch

    style: dict[str, Any] = {"arrowstyle": "<|-|>" if both else "-|>", "mutation_scale": 5, "linewidth": 0.8}
    axes.add_patch(FancyArrowPatch(start, end, color=colour, shrinkA=0, shrinkB=0, **style))
