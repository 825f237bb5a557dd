"""Runs policy files without trusting them: an allow-list, a child process without rights, JSON out, checked again.

The names are fetched when they are asked for, since the child process imports this package too and needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstay.load.loaded import Loaded, unreadable
    from backstay.load.loader import load

__all__ = ["Loaded", "load", "unreadable"]

_HOMES = {"Loaded": "loaded", "unreadable": "loaded", "load": "loader"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
