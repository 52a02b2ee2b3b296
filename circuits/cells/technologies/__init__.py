"""The technologies, a module for each, which registers in :data:`synaspice.circuits.cells.building.cmos.TECHNOLOGIES`.

What a technology is, and what cells ask of it, is in that module.
"""
