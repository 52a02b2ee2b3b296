"""Benches of memories whose state moves by degrees: potentiation, cycles, loops over the frequency.

What every device can be asked is in the folder above.
"""
