"""Crossbars as netlists, for ngspice and VACASK.

How a simulator is run is in ``engine``.
"""
