"""The hybrid of spin neurons and domain-wall synapses: a layer for digits, its behavioural neuron, its netlist.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
