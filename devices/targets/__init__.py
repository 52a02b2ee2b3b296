"""The generated forms of a device for other programs, a folder for each kind.

What all circuit simulators need stands here; nothing here simulates.
"""
