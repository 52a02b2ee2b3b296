"""VACASK as an engine: its programs, devices compiled for it, and the runs of its netlists.

VACASK is a circuit simulator whose devices are all compiled from Verilog-A, by OpenVAF-Reloaded. Both are under the GPL
and run as programs of their own.
"""
