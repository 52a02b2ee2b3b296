"""Standard benches of the synapses and bit cells.

Synapses of domain walls are in ``spin``, what benches of all cells share is in the folder above.
"""
