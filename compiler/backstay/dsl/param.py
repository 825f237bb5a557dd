"""Parameters: values that differ by unit or account, given by `Policy(params=…)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, TypeVar, cast

from backstay.dsl.node import Node, PolicyError, expect, expect_name, shown

T = TypeVar("T")

# The nodes that can be the value of a parameter, by name: their files import this one.
VALUES = ("Days", "Minutes", "Schedule", "Vault", "AirGappedVault", "Key", "Role")


@dataclass(frozen=True)
class Param(Node):
    """A value that the policies of an account give by name; where none of them does, `default`.

    It has no value while a file runs, so it is neither true nor false there, equals nothing, and has no text.
    """

    name: str
    default: Any = None

    running: ClassVar[bool] = False  # true in the loader's process, where a comparison would be an author's

    def check(self) -> None:
        """The name is text, and the default a value that a field can have."""
        expect_name(self.name)
        if self.default is not None:
            expect_value(self.default, "default")

    def __bool__(self) -> NoReturn:
        raise PolicyError(
            f"parameter `{self.name}` has no value yet, so nothing can be decided by it",
            help="its value may differ from account to account; write a policy for each case",
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Param):
            return (self.name, self.default) == (other.name, other.default)
        if Param.running:
            self.__bool__()
        return False

    def __format__(self, _format: str) -> NoReturn:
        raise PolicyError(
            f"parameter `{self.name}` has no value yet, so it can be no part of a text",
            help="make the whole text the parameter's value",
        )

    def __str__(self) -> str:
        return self.__format__("")


def param(name: str, default: T | None = None) -> T:
    """A parameter, in the place of a value: `keep=param("retention", days(35))`.

    The policies that reach an account give its value by `params={"retention": days(90)}`, the one nearest to the
    account wins; without any the default holds, and without a default that is an error.
    """
    return cast(T, Param(name, default))


def expect_value(value: object, name: str) -> None:
    """Refuse what can be no value of a field: None, a number, a list, a dictionary, a parameter, a plan or a rule."""
    nodes = tuple(Node.registry[kind] for kind in VALUES)
    if not isinstance(value, str | bool) and not isinstance(value, nodes):
        raise PolicyError(
            f"the value of a parameter is a duration, a schedule, a vault, text, True or False, not {shown(value)}",
            field=name,
        )


def accept(node: Node, name: str, kind: type | tuple[type, ...], what: str) -> Any:
    """Check a field that may be left out, and for which a parameter may stand whose default fits the field.

    Returns what was checked: the value, a parameter's default, or None.
    """
    value = getattr(node, name)
    if isinstance(value, Param):
        value = value.default
    if value is not None:
        expect(value, kind, what, name)
    if isinstance(value, str):
        expect_name(value, name)
    return value
