"""All checks, found by looking into `checks/`: a check is one file there that says `CHECK = Check(...)`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from backstay_agent.doctor import checks
from backstay_agent.doctor.check import GROUPS, Check


@cache
def every() -> tuple[Check[Any], ...]:
    """Every check, in the order in which they are told."""
    found = (import_module(f"{checks.__name__}.{module.name}").CHECK for module in iter_modules(checks.__path__))
    return tuple(sorted(found, key=lambda check: (GROUPS.index(check.group), check.order, check.name)))
