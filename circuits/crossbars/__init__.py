"""Crossbars: arrays of devices, their wires, their programming, and weights on them.

They are solved here; ngspice is one of the solvers.
"""
