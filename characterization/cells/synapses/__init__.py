"""Standard benches of the synapses.

Bit cells are in ``memories``, synapses of domain walls in ``spin``, what all benches share is in the folder above.
"""
