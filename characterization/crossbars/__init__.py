"""Measurements of crossbars with what stands around them: errors of products by part, their energy and area.

Benches of one device in an array of its like are in ``benches``; the effect of wires alone is in ``cells``.
"""
