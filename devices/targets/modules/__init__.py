"""A device as a module that a circuit simulator compiles: Verilog-A, and C against OSDI.

Text that a simulator reads unchanged, as a subcircuit, is in ``spice``.
"""
