"""Benches of single devices: each a function of a device that returns a table and is a command.

Functions that are no command are in ``studies``, benches of cells in ``cells``.
"""
