"""The loops of the integrators, in the part of Python that :mod:`~synaspice.devices.simulation.machine.writer` knows.

What calls them from Python is one folder up.
"""
