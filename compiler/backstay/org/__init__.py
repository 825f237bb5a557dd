"""The organization file: `org.yaml` or `org.json`, with the places of what it says.

What reads it is fetched when it is asked for: it checks with pydantic, which takes a tenth of a second to come.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from backstay.org.beside import beside
from backstay.org.file import OrgFile, unreadable

if TYPE_CHECKING:
    from backstay.org.reader import read

__all__ = ["OrgFile", "beside", "read", "unreadable"]


def __getattr__(name: str) -> Any:
    if name != "read":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.reader").read
