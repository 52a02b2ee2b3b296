"""A figure that shows itself where it is the last expression of a notebook's cell."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from .style import package_style

#: Pixels of the picture for each that a notebook shows, so that it is sharp on fine screens.
FINENESS = 2


class DisplayedFigure(Figure):
    """A figure of Matplotlib with the picture that IPython and Jupyter ask an object for.

    Matplotlib shows figures of pyplot only. This one belongs to no window, and is drawn when it is displayed.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture, and the size in pixels in which to show it."""
        picture = io.BytesIO()
        with package_style():
            self.savefig(picture, format="png", dpi=FINENESS * self.dpi)
        width, height = (round(float(size * self.dpi)) for size in self.get_size_inches())
        return picture.getvalue(), {"width": width, "height": height}
