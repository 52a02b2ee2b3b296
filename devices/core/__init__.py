"""What a declaration becomes before any target: the base of all models, its system of equations, compiled functions.

No physics, and no form of one particular simulator.
"""
