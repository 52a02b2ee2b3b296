"""The version of the package."""

import importlib.metadata

try:
    __version__ = importlib.metadata.version("synaspice")
except importlib.metadata.PackageNotFoundError:  # it runs from a checkout that is not installed
    __version__ = "unknown"
