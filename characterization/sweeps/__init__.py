"""Grids: a bench at every combination of values of parameters, options, devices and settings, with Monte Carlo there.

Each point is a row, with the reason where there is no result. Scattered parameters alone belong to ``statistics``.
"""
