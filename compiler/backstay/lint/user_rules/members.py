"""What a rule of the house has to say of itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Final

from backstay.lint.rule import Rule
from backstay.lint.source import Source
from backstay_contract.findings import SEVERITIES

TEXTS: Final = ("CODE", "NAME", "SUMMARY", "WHY")
EXAMPLES: Final = ("VALID", "INVALID")
MEMBERS: Final = ("CODE", "NAME", "SEVERITY", "SUMMARY", "WHY", "SOURCES", *EXAMPLES)
_CODE = re.compile(r"[A-Z]{3}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")

Fault = tuple[str | None, str, str | None]
"""The member (None: the class itself), what is wrong with it, and what to do."""


def is_rule(value: object, module: str) -> bool:
    """Whether a value of a module is a rule: a class made there that is no base for others."""
    if not inspect.isclass(value) or not issubclass(value, Rule) or value.__module__ != module:
        return False
    base = inspect.isabstract(value) and not hasattr(value, "CODE") and not hasattr(value, "NAME")
    return not base and not value.__name__.startswith("_")


def faults(rule: type[Rule]) -> Iterator[Fault]:
    """What is missing in a rule, or of the wrong kind."""
    missing = [f"`{name}`" for name in MEMBERS if not hasattr(rule, name)]
    missing += ["`check`"] if inspect.isabstract(rule) else []
    if missing:
        yield None, f"rule `{rule.__name__}` lacks {_listed(missing)}", "`docs/lint.md` shows a whole rule"
    for name in MEMBERS:
        if hasattr(rule, name):
            yield from _wrong(name, getattr(rule, name))


def _wrong(name: str, value: object) -> Iterator[Fault]:
    if name in TEXTS and not (isinstance(value, str) and value.strip()):
        yield name, f"`{name}` has to be a text", None
    elif name == "CODE" and not _CODE.fullmatch(str(value)):
        yield name, f"`{value}` is no code", "three capital letters of the house and three digits, such as `ACM001`"
    elif name == "NAME" and not _NAME.fullmatch(str(value)):
        yield name, f"`{value}` is no name of a rule", "two small words or more with hyphens, such as `short-weekly`"
    elif name == "SEVERITY" and value not in SEVERITIES:
        yield name, f"`{value}` is no severity", f"one of {_listed([f'`{one}`' for one in SEVERITIES])}"
    elif name == "SOURCES" and not (isinstance(value, tuple) and all(isinstance(one, Source) for one in value)):
        yield name, "`SOURCES` has to be a tuple of `Source`", 'such as `(Source("our handbook, chapter 3"),)`'
    elif name in EXAMPLES and not (isinstance(value, tuple) and all(isinstance(one, str) for one in value)):
        comma = "put a comma behind it" if isinstance(value, str) else None
        yield name, f"`{name}` has to be a tuple of texts", comma


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
