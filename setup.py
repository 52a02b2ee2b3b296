"""Packages of the distribution: the folders of the checkout, as parts of ``synaspice``. All else is in setup.cfg."""

from setuptools import find_packages, setup

PARTS = ("devices", "circuits", "characterization", "figures")
packages = [f"synaspice.{name}" for part in PARTS for name in (part, *(f"{part}.{p}" for p in find_packages(part)))]
setup(packages=["synaspice", *packages], package_dir={f"synaspice.{part}": part for part in PARTS})
