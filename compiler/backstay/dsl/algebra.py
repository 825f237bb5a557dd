"""What targets and conditions share: `&`, `|`, `~` build them, and nothing gives them a truth value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from backstay.dsl.node import Node, PolicyError, shown


@dataclass(frozen=True)
class Expression(Node):
    """A boolean expression over accounts (`Target`) or over resources (`Condition`)."""

    def __bool__(self) -> NoReturn:
        raise PolicyError(
            "a condition has no truth value here: `and`, `or`, `not`, `in`, `if`, chained comparisons",
            help='use `&`, `|`, `~` and parentheses: `(tag("a") == "x") & (tag("b") == "y")`',
        )

    def __rand__(self, other: object) -> NoReturn:
        raise PolicyError(
            f"a condition is combined with conditions, not with {shown(other)}: `&` and `|` bind tighter than `==`",
            help='put parentheses around each comparison: `(tag("a") == "x") & (…)`',
        )

    __ror__ = __rand__


class Key:
    """A tag key waiting for its comparison. Not a node: `tag("a")` alone says nothing."""

    __slots__ = ("key",)
    example = 'tag("a")'

    def __init__(self, key: str) -> None:
        if not isinstance(key, str) or not key:
            raise PolicyError(f"a tag key is text of at least one character, not {key!r}", field="key")
        self.key = key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key!r})"

    def __bool__(self) -> NoReturn:
        raise PolicyError(f"{self.example} alone is no condition", help=f'compare it: `{self.example} == "x"`')

    def _unparenthesised(self, _other: Any) -> NoReturn:
        raise PolicyError(
            "`&` and `|` bind tighter than `==` in Python, so this is no comparison of two tags",
            help=f'put parentheses around each comparison: `({self.example} == "x") & (…)`',
        )

    def __invert__(self) -> NoReturn:
        self._unparenthesised(None)

    __and__ = __rand__ = __or__ = __ror__ = _unparenthesised
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _unparenthesised

    def __hash__(self) -> int:
        return hash((type(self), self.key))


def text(value: object, name: str = "value") -> str:
    """A tag value, which AWS compares case-sensitively; numbers and booleans are refused rather than spelt by us."""
    if not isinstance(value, str):
        raise PolicyError(f"a tag value is text, not {value!r}", field=name, help=f'write "{value}"')
    return value
