"""Spin circuits: channels, their magnets, and the networks that they form."""
