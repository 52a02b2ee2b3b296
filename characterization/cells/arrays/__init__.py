"""Benches of cells that are arrays, and of crossbars over time.

Those of single cells are in the folder above.
"""
