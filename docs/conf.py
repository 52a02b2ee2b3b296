"""Sphinx configuration."""

from importlib.metadata import version as installed_version
from importlib.util import find_spec

project = "synaspice"
author = "The synaspice authors"
version = release = installed_version("synaspice")
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "matplotlib.sphinxext.roles",  # of the docstrings that figures inherit
    "myst_parser",
]
html_theme = "furo"
myst_enable_extensions = ["dollarmath", "deflist"]
napoleon_google_docstring = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
exclude_patterns = ["_build", "reliability-table.md"]  # the latter is a part of cells.md
templates_path = ["_templates"]
autosummary_ignore_module_all = False
# only what is not installed: with a library its module is read as it is
autodoc_mock_imports = [name for name in ("torch", "jax", "brian2", "reservoirpy") if not find_spec(name)]

# Types of the same short name in several modules: either is meant where a signature names it.
# Labels of Matplotlib's own documentation are not here: a figure's inherited docstrings name them.
suppress_warnings = ["ref.python", "ref.ref"]
