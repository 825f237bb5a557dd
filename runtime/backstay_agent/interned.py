"""Equal documents are kept once: hundreds of accounts hold the same plans, and differ in a few ARNs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")


class Interned:
    """Gives for each value an equal one whose parts are shared; nobody may change it any more. For all threads."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def of(self, value: T) -> T:
        """The value with shared parts: dataclasses, mappings, lists and tuples are gone into."""
        given: Any = value
        known: Any
        if is_dataclass(given) and not isinstance(given, type):
            known = replace(given, **{name.name: self.of(getattr(given, name.name)) for name in fields(given)})
        elif isinstance(given, Mapping):
            mapping = {self.of(name): self.of(item) for name, item in given.items()}
            key = ("mapping", *((name, _mark(item)) for name, item in mapping.items()))
            known = self._known.setdefault(key, mapping)
        elif isinstance(given, list | tuple):
            items = type(given)(self.of(item) for item in given)
            known = self._known.setdefault((type(given), *map(_mark, items)), items)
        elif isinstance(given, str):
            known = self._known.setdefault(given, given)
        else:
            known = value
        return known  # type: ignore[no-any-return]  # it is what came in


def _mark(value: Any) -> Any:
    """What two equal values have in common: what they are, or, of parts that are shared, which one."""
    return id(value) if isinstance(value, Mapping | list | tuple) or is_dataclass(value) else (type(value), value)
