"""A device as a SPICE subcircuit, in each dialect.

How the dialects differ is data, in :mod:`~synaspice.devices.targets.spice.dialects`.
"""
