"""A device as a module that a circuit simulator compiles: Verilog-A, and C against OSDI.

Both are printed from the same equations, :mod:`~synaspice.devices.targets.modules.module_equations`.
"""
