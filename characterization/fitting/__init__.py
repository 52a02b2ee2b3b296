"""Parameters of a model from measured data: fits, their errors, and the preset that comes of one.

How measured files are read is in :mod:`synaspice.characterization.measured`.
"""
