"""The organization file: `org.yaml` or `org.json`, with the places of what it says."""

from backstay.org.beside import beside
from backstay.org.file import OrgFile, unreadable
from backstay.org.reader import read

__all__ = ["OrgFile", "beside", "read", "unreadable"]
