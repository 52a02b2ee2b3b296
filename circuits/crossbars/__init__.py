"""Crossbars: arrays of devices, their wires, their programming, and weights on them; solved here or by ngspice.

The devices' own errors are in :mod:`synaspice.devices`, cells of a few devices in ``cells``.
"""
