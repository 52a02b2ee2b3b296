"""The standard figures of cells, in modules of the same names as the cells'."""
