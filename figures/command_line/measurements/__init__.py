"""Commands that measure: benches, cells, sweeps, scattered samples, fits, reliability, summaries.

Commands that draw are in ``drawings``.
"""
