"""Numbers of the systems of the article: tasks, networks on the package's devices, readouts, controls.

What computes a table of a system is here; how it is drawn and ordered from the command line is in ``figures/systems``.
"""
