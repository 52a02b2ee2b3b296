"""Commands that draw: figures, the gallery, reports, schematics, the explorer.

How things are drawn is in the other folders of figures.
"""
