"""Quantities as users write them: numbers with SPICE suffixes, and units.

Checks of numbers that are read already are one folder up.
"""
