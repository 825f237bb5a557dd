"""The base of everything that a policy file can say: frozen, checked when made, aware of where it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from backstay.dsl import place
from backstay_contract.findings import Span


class PolicyError(Exception):
    """A node that cannot be: says what is wrong, and which keyword argument (`field`) of the call at `span` it is."""

    def __init__(self, message: str, *, field: str | None = None, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.message = message
        self.field = field
        self.help = help
        self.span = place.caller()


@dataclass(frozen=True)
class Node:
    """Something written in a policy file. Two nodes are equal if they say the same, wherever they stand."""

    span: Span | None = field(default=None, init=False, compare=False, repr=False)

    registry: ClassVar[dict[str, type[Node]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Node.registry[cls.__name__] = cls

    def __post_init__(self) -> None:
        object.__setattr__(self, "span", place.caller())
        self.check()

    def check(self) -> None:
        """Raise `PolicyError` if the values make no node; called for nodes that come from a file and from JSON."""


_SAFE_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,256}")


def expect(value: object, kind: type | tuple[type, ...], what: str, name: str) -> None:
    """Refuse a value of another type, in the author's words. `bool` never passes for a number."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool) and bool not in kinds:
        raise PolicyError(f"`{name}` must be {what}, not {value!r}", field=name)
    if not isinstance(value, kinds):
        raise PolicyError(f"`{name}` must be {what}, not {shown(value)}", field=name)


def expect_name(value: object, name: str = "name") -> None:
    """Refuse a name that is no text, is empty, or holds control characters."""
    expect(value, str, "text", name)
    if not isinstance(value, str) or not _SAFE_NAME.fullmatch(value):
        raise PolicyError(f"`{name}` must be 1 to 256 printable characters", field=name)


def expect_moved(name: str, before: object) -> None:
    """Refuse a former name that is no text, or the present one. None: there was no other name."""
    if before is None:
        return
    expect_name(before, "moved")
    if before == name:
        raise PolicyError(f"`moved` is the name from before, and `{name}` is the name now", field="moved")


def expect_items(value: object, kind: type | tuple[type, ...], what: str, name: str) -> None:
    """Refuse a sequence with a foreign element."""
    expect(value, tuple, f"a list of {what}", name)
    for item in value if isinstance(value, tuple) else ():
        if not isinstance(item, kind):
            raise PolicyError(f"`{name}` must hold {what}, not {shown(item)}", field=name)


def shown(value: object) -> str:
    """A value as a complaint names it: its type where its text says little."""
    if isinstance(value, int | float | str) or value is None:
        return repr(value)
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def as_tuple(node: Node, name: str) -> None:
    """Let authors write lists where the frozen node keeps a tuple."""
    value = getattr(node, name)
    if isinstance(value, list):
        object.__setattr__(node, name, tuple(value))


def as_pairs(node: Node, name: str) -> None:
    """Check a dictionary of text to text and keep it sorted, so that equal dictionaries give equal nodes."""
    value = getattr(node, name)
    if value is None:
        return
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise PolicyError(f"`{name}` must be a dictionary of text to text", field=name)
    object.__setattr__(node, name, tuple(sorted(value.items())))
