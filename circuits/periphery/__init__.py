"""What stands around a crossbar: converters and amplifiers by their resolution, range, noise, settling and cost.

Comparators and sense amplifiers of transistors are in ``cells``; what a product takes is told in ``characterization``.
"""
