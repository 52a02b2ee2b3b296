"""Arguments and options: those that several commands share, those made of a bench's arguments, and completion.

What a command does with them is in the folders beside this one.
"""
