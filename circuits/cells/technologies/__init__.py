"""The technologies, a module for each; it registers in :data:`synaspice.circuits.cells.cmos.TECHNOLOGIES`."""
