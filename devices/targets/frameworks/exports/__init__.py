"""What ``device.to(...)`` calls, one module for each framework, which is not imported before it is asked for.

What is made for a framework stands a folder higher, where its own classes can be derived from.
"""
