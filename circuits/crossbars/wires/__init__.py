"""Wires of a crossbar, and the solution of the network that they make with the cells.

The same network in other simulators is in ``netlists``, over time in ``transients``.
"""
