"""Cells of devices and transistors: neurons, synapses, readout; and the technologies of their transistors.

Their benches are in :mod:`synaspice.characterization.cells`.
"""
