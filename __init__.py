"""For a Python that starts in the folder above a clone named ``synaspice``, which takes the clone for the package.

Without this file it would find an empty namespace there, before the package of the environment. It is not installed.
"""

import importlib.util
import sys
from pathlib import Path

_clone = Path(__file__).parent
_spec = importlib.util.spec_from_file_location(
    __name__, _clone / "synaspice" / "__init__.py", submodule_search_locations=[str(_clone / "synaspice"), str(_clone)]
)
if _spec is not None and _spec.loader is not None:
    sys.modules[__name__] = _module = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(_module)
