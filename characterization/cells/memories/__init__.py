"""Standard benches of the bit cells, and how surely what stands in them is written, read and kept.

Benches of synapses are in ``synapses``, what benches of all cells share is in the folder above.
"""
