"""What thermal noise does to cells: errors of decisions and writes, margins, lifetimes.

What benches of several cells ask is here; errors that one family alone has are in its own folder.
"""
