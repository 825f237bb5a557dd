"""Where the embedded AWS Backup keeps its state: one SQLite file, typed rows, every acknowledged call on disk."""

from .codec import moment
from .database import LostError, Store, StoreError
from .table import Table

__all__ = ["LostError", "Store", "StoreError", "Table", "moment"]
