"""Where the embedded AWS Backup keeps its state: one SQLite file, typed rows, every acknowledged call on disk."""

from .codec import moment
from .database import Store
from .table import Table

__all__ = ["Store", "Table", "moment"]
