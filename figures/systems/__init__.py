"""Systems of the article, each one module: its command, its figures and its tables.

A system registers by the decorator ``system``; what it computes is in ``characterization/systems``.
"""
