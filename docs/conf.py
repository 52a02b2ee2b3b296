"""Sphinx configuration."""

import os
import re
import sys
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from sphinx.addnodes import toctree

sys.path.insert(0, str(Path(__file__).parent))  # for gallery_pictures

project = "synaspice"
author = copyright = "The synaspice authors"
version = release = installed_version("synaspice")
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "matplotlib.sphinxext.roles",  # of the docstrings that figures inherit
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
sphinx_gallery_conf = {
    "examples_dirs": ["../examples/gallery"],
    "gallery_dirs": ["gallery"],
    "filename_pattern": "/plot_",
    "image_scrapers": ("gallery_pictures.package_figures",),
    "capture_repr": (),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "min_reported_time": 1e6,
    "show_memory": False,
    "parallel": os.cpu_count() or 1,
}
html_theme = "furo"
html_title = f"synaspice {version}"
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3  # links to headings: page.md#heading
napoleon_google_docstring = False
autodoc_typehints = "none"  # docstrings have the types; those of a device's parameters stand on its own page
autodoc_member_order = "bysource"
exclude_patterns = [
    "_build",
    "accuracy/reliability-table.md",
    "accuracy/cells-table.md",
    "accuracy/checks-*.md",
]  # the latter are parts of other pages
# MathJax from a package, whose own extension would hinder parallel work: equations render without the network.
html_static_path = [f"{place}/static" for place in find_spec("sphinx-mathjax-offline").submodule_search_locations]
mathjax_path = "mathjax/tex-chtml.js"
templates_path = ["_templates"]
autosummary_ignore_module_all = False
# only what is not installed: with a library its module is read as it is
autodoc_mock_imports = [name for name in ("torch", "jax", "brian2", "reservoirpy") if not find_spec(name)]

# Types of the same short name in several modules: either is meant where a signature names it.
suppress_warnings = ["ref.python"]


def _skip(_app, _what, _name, obj, skip, _options):
    """Leave out what Matplotlib makes of its figures anew: its text names labels of Matplotlib's documentation."""
    return skip or getattr(obj, "__module__", None) == "matplotlib.artist"


#: The list beside pages of modules, by their folder: to make it is three quarters of the work of such a page.
_LISTS = {}


def _shallow(_app, page, _template, context, _doctree):
    """Leave the modules' own pages out of the list that the theme puts beside every page; theirs mark no page."""
    whole = context.get("toctree")
    if not whole:
        return
    folder = page.rpartition("/")[0]
    if not folder.startswith(("api", "_modules")):
        context["toctree"] = lambda **options: whole(**{**options, "maxdepth": 2})
        return
    if folder not in _LISTS:
        listed = whole(collapse=False, titles_only=True, maxdepth=2, includehidden=True)
        _LISTS[folder] = re.sub(r" ?\bcurrent\b(?=[^<>]*>)", "", listed)
    context["toctree"] = lambda **options: _LISTS[folder]


def _without_branches(_app, env):
    """Leave the modules out of the tree from which every page has its list: to walk it is a quarter of the work."""
    for name, contents in env.tocs.items():
        if name.startswith("api/"):
            for branch in list(contents.findall(toctree)):
                branch.parent.remove(branch)


def setup(app):
    """Connect them."""
    app.connect("env-updated", _without_branches)
    app.connect("autodoc-skip-member", _skip)
    app.connect("html-page-context", _shallow, priority=400)  # before that of the theme
