"""Targets: which accounts a policy is attached to."""

from __future__ import annotations

from dataclasses import dataclass

from backstay.dsl.algebra import Expression, Key, text
from backstay.dsl.node import PolicyError, expect_items, expect_name


@dataclass(frozen=True)
class Target(Expression):
    """A set of accounts."""

    def __and__(self, other: Target) -> Target:
        return AllTargets((*_chain(self, AllTargets), _target(other)))

    def __or__(self, other: Target) -> Target:
        return AnyTarget((*_chain(self, AnyTarget), _target(other)))

    def __invert__(self) -> Target:
        return NotTarget(self)


@dataclass(frozen=True)
class Root(Target):
    """Every account, the management account included."""


@dataclass(frozen=True)
class Ou(Target):
    """The accounts of an organizational unit and of the units below it; `path` like `Workloads/Prod`."""

    path: str

    def check(self) -> None:
        """The path is text with no empty part."""
        expect_name(self.path, "path")
        if not all(self.path.split("/")):
            raise PolicyError(f'{self.path!r} is no path of a unit; write it like "Workloads/Prod"', field="path")


@dataclass(frozen=True)
class AccountRef(Target):
    """One account, by its name or its twelve digits."""

    account: str

    def check(self) -> None:
        """The name is text."""
        expect_name(self.account, "account")


@dataclass(frozen=True)
class AccountTag(Target):
    """Accounts by a tag of theirs. An absent tag: equals is false, not-equals is true."""

    key: str
    value: str
    equals: bool = True

    def check(self) -> None:
        """Key and value are text."""
        expect_name(self.key, "key")
        text(self.value)


@dataclass(frozen=True)
class AllTargets(Target):
    """Accounts in all of the targets."""

    items: tuple[Target, ...]

    def check(self) -> None:
        """Targets only."""
        expect_items(self.items, Target, "targets", "items")


@dataclass(frozen=True)
class AnyTarget(Target):
    """Accounts in any of the targets."""

    items: tuple[Target, ...]

    def check(self) -> None:
        """Targets only."""
        expect_items(self.items, Target, "targets", "items")


@dataclass(frozen=True)
class NotTarget(Target):
    """Accounts that are not in the target."""

    item: Target

    def check(self) -> None:
        """A target."""
        _target(self.item)


class AccountTagKey(Key):
    """`account_tag("env")`, waiting for `==` or `!=`."""

    __slots__ = ()
    example = 'account_tag("env")'

    def __eq__(self, value: object) -> AccountTag:  # type: ignore[override]
        return AccountTag(self.key, text(value))

    def __ne__(self, value: object) -> AccountTag:  # type: ignore[override]
        return AccountTag(self.key, text(value), equals=False)

    __hash__ = Key.__hash__


def root() -> Root:
    """Every account of the organization, the management account included."""
    return Root()


def ou(path: str) -> Ou:
    """An organizational unit and all below it, by its path from the root: `ou("Workloads/Prod")`."""
    return Ou(path)


def account(name: str) -> AccountRef:
    """One account, by name or by its twelve digits."""
    return AccountRef(name)


def account_tag(key: str) -> AccountTagKey:
    """Accounts by tag: `account_tag("env") == "prod"`."""
    return AccountTagKey(key)


def _target(value: object) -> Target:
    if not isinstance(value, Target):
        raise PolicyError(f"a target is combined with targets, not with {value!r}", help='`ou("A") | account("b")`')
    return value


def _chain(left: Target, kind: type[AllTargets] | type[AnyTarget]) -> tuple[Target, ...]:
    """The parts of `a | b` when `| c` follows: a chain of hundreds stays one flat node, in source order."""
    return left.items if isinstance(left, kind) else (left,)
