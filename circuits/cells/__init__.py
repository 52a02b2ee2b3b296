"""Cells of devices and transistors: neurons, synapses, readout; and the technologies of their transistors.

What runs a netlist is in ``engine``, benches in :mod:`synaspice.characterization.cells`.
"""
