"""Symbols of devices and circuits for schematics: what they look like, and as files for editors of schematics.

Nothing here places or connects symbols.
"""
