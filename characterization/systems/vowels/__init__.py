"""Vowels by the synchronisation of four coupled oscillators.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
