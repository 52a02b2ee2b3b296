"""The tool that ends runs at chosen moments, for tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location("fault_table", Path(__file__).parent.parent / "tools" / "fault_table.py")
assert _spec is not None and _spec.loader is not None
fault_table = importlib.util.module_from_spec(_spec)
sys.modules["fault_table"] = fault_table
_spec.loader.exec_module(fault_table)
