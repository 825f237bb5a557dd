"""DuckDB as the audit uses it: in memory, with bounded memory, in UTC, reading nothing that it was not given."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "800MB"
THREADS = 2


class MissingDuckDBError(Exception):
    """DuckDB is not installed."""


def connect(threads: int = THREADS, memory: str = MEMORY) -> DuckDBPyConnection:
    """A database in memory; raises MissingDuckDBError."""
    try:
        import duckdb
    except ImportError:
        raise MissingDuckDBError("tables need DuckDB: pip install 'backstay[audit]'") from None
    # Not the working directory, which is DuckDB's default, nor a folder that may be somebody else's on this machine.
    spill = str(Path(tempfile.gettempdir()) / f"backstay-audit-{os.getpid()}")
    found = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
        },
    )
    found.execute("SET TimeZone='UTC'; SET preserve_insertion_order=true")
    return found


def literal(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"
