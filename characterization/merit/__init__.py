"""Figures of merit of devices: what a reviewer asks for, in one table.

They are read off the benches and the protocols of a device; what is measured against a drive or in time is a bench.
"""
