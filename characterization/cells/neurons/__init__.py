"""Standard benches of the neurons.

Neurons of spin currents and domain walls are in ``spin``, what benches of all cells share is in the folder above.
"""
