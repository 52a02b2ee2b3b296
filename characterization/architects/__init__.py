"""Numbers of a device that programs of architects read: cells of NVSim, synapses of NeuroSim.

Each is measured by a bench of its own. Netlists and modules for circuit simulators are in ``devices/targets``.
"""
