"""The objects that a backup access point shows, and what a reader wants of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from backstay_local.data.listing import Entry
from backstay_local.data.pieces import Held
from backstay_local.wire.call import AwsError

ENCRYPTION = "aws:backup"
"""ServerSideEncryption of every object that is read through a backup access point (S3's model)."""

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def root(name: str) -> Element:
    """The outermost element of an answer in XML."""
    return Element(name, xmlns=_NAMESPACE)


@dataclass(frozen=True, slots=True)
class Content:
    """What one access point shows."""

    name: str
    """The alias, which answers give as the bucket's name."""
    region: str
    held: Held
    low_cost: Callable[[Entry], bool]

    def find(self, key: str) -> Entry:
        """The object of a key, or NoSuchKey."""
        found = next((entry for entry in self.held.entries() if entry.name == key), None)
        if found is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", status=404)
        return found

    def sorted(self, prefix: str) -> list[Entry]:
        """The objects whose keys begin with a prefix, in the order in which S3 lists them."""
        return sorted((entry for entry in self.held.entries() if entry.name.startswith(prefix)), key=lambda e: e.name)

    def storage_class(self, entry: Entry) -> str:
        """The tier that an object of the backup lies in (StorageClass in S3's model)."""
        return "AWS_BACKUP_LOW_COST_WARM" if self.low_cost(entry) else "AWS_BACKUP_WARM"


@dataclass(frozen=True, slots=True)
class Read:
    """One request to read."""

    method: str
    key: str
    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in lower case."""
