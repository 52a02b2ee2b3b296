"""References of publications, as text and as BibTeX.

Which of them a device or a result rests on is said in ``core`` and in characterization.
"""
