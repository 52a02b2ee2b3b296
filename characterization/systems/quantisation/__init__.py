"""Networks with few levels for each weight, and the methods that win back what that costs.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
