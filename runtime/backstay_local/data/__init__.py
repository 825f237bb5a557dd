"""What a backup holds: content-addressed, encrypted, incremental, with one driver for each resource type."""

from .errors import DataError
from .keeper import Data
from .pieces import Content
from .resource import Resource, Stored

__all__ = ["Content", "Data", "DataError", "Resource", "Stored"]
