"""Sphinx configuration."""

from importlib.metadata import version as installed_version

project = "synaspice"
author = "The synaspice authors"
version = release = installed_version("synaspice")
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "myst_parser",
]
html_theme = "furo"
myst_enable_extensions = ["dollarmath", "deflist"]
napoleon_google_docstring = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
exclude_patterns = ["_build"]
