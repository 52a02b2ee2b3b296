"""The pictures of the gallery: the figures that an example holds in its variables."""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from synaspice.figures.displayed import DisplayedFigure
from synaspice.figures.style import save

#: Dots per inch of figures that are not this package's.
RESOLUTION = 120


def package_figures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the figures that a block of an example made, and return what shows them."""
    shown = block_vars["example_globals"].setdefault("__shown__", [])
    paths = []
    for value in list(block_vars["example_globals"].values()):
        if isinstance(value, Figure) and not any(value is one for one in shown):
            shown.append(value)
            path = Path(next(block_vars["image_path_iterator"]))
            if isinstance(value, DisplayedFigure):
                save(value, path)
            else:
                value.savefig(path, dpi=RESOLUTION)
            paths.append(str(path))
    plt.close("all")
    return str(figure_rst(paths, gallery_conf["src_dir"]))
