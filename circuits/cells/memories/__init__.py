"""What cells with a memristor or a junction have in common: what fits into their slot, its states, its polarity.

Weights, and the bit cells of one transistor that they are made of, are in ``synapses``.
"""
