"""Standard benches of cells and crossbars, and what their operations cost."""
