"""What every cell is made of: its declaration, slots, assembly, sizes, tolerances, transistors, and its netlist.

No cell stands here: those are in the rooms beside this one.
"""
