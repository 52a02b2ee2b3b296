"""Benches of oscillators: orbits, lines, locking.

What every device can be asked is in the folder above.
"""
