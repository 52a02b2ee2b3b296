"""``python -m synaspice``: the command line."""

from .figures.command_line.main import main

if __name__ == "__main__":
    main()
