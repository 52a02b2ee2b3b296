"""Crossbars over time: their wires' capacitances, how outputs settle, what a product costs.

Operating points and programming belong to the folder above.
"""
