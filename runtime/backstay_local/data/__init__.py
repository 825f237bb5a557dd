"""What a backup holds: content-addressed, encrypted, incremental, with one driver for each resource type."""

from .errors import DataError
from .keeper import Data
from .resource import Resource, Stored

__all__ = ["Data", "DataError", "Resource", "Stored"]
