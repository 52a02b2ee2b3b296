"""Weights in crossbars: as conductances, in cells of one kind, and in layers of PyTorch.

How cells are programmed to them is one folder up.
"""
