"""Generated forms of a compact model, one module per target."""
