"""Networks of devices of one model: the loop that is generated from their equations, with what couples them in it.

Devices that do not drive each other are in ``ensembles``; what a user asks of a network is in characterization.
"""
