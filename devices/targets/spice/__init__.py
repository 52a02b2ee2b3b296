"""A device as a SPICE subcircuit, in each dialect; their differences are data, in ``dialects``.

What has to be compiled first is in ``modules``.
"""
