"""What an operation, an event and an inference of the systems cost, and how each number was got.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
