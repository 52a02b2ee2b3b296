"""Benches of single devices: each a function of a device that returns a table.

Benches of cells are in :mod:`~synaspice.characterization.cells`.
"""
