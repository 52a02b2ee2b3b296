"""The command that writes devices and cells for other simulators.

How a format is written is in the targets of ``devices``.
"""
