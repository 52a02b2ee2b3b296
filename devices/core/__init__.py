"""Between declarations and targets: the base of all models, its system of equations, compiled functions.

No physics, and no form of one particular simulator.
"""
