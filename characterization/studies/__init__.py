"""What is measured on devices beside the benches: agreement of engines, lookup tables, large ensembles.

Each is a function for Python alone; what registers with the decorator ``bench`` belongs to ``benches``.
"""
