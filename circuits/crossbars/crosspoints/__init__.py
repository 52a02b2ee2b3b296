"""What stands at the crossings of a crossbar: devices, access devices, stuck cells, and the pulses that write them.

The wires between them are in ``wires``.
"""
