"""What equations are written with beyond SymPy's own: functions that all targets know, and physical constants.

Formulas of physics that several models share are in ``physics``.
"""
