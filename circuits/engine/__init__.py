"""The one door to ngspice: decks, analyses, native devices, and the process that runs them.

Cells and crossbars are made elsewhere; nothing else imports PySpice.
"""
