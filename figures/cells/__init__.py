"""The standard figures of cells, in modules of the same names as the cells'.

Figures of benches of devices are in ``benches``; what all figures share is one folder up.
"""
