"""What ``device.to(...)`` calls, one module for each framework, which is not imported before it is asked for.

The forms themselves are a folder higher, where they can derive from a framework's classes.
"""
