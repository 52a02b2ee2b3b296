"""Benches of the cells around spin currents and domain walls, and how surely these decide and hold their weights.

What benches of all cells share is in the folder above.
"""
