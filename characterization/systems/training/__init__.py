"""Training with the hardware in the loop, and the simulated substrates it runs on.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
