"""Measured data: files of instruments and of colleagues, read into tables with units.

How a model is compared with them is in :mod:`synaspice.characterization.fitting`.
"""
