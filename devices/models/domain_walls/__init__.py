"""Devices whose state is the position of a domain wall."""
