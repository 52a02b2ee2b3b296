"""Numerical methods that know of no device: Newton's method, small matrices, random numbers, threads.

What makes machine code of them is in ``machine``.
"""
