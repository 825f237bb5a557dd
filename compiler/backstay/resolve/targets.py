"""Targets: which accounts one holds for, at which level of the tree it stands, and what deciding that reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from backstay.dsl.target import AccountRef, AccountTag, AllTargets, AnyTarget, NotTarget, Ou, Root, Target
from backstay.resolve.tree import Member, Tree, UnitPath, is_id


@dataclass(frozen=True, slots=True)
class Level:
    """A unit, or an account in a unit: where an attachment stands in the tree."""

    path: UnitPath = ()
    account: str | None = None

    @property
    def depth(self) -> int:
        """How far below the root: the order in which an account gets things."""
        return len(self.path) + (self.account is not None)

    def holds(self, other: Level) -> bool:
        """Whether the other level is this one or stands below it."""
        return self == other or (self.account is None and other.path[: len(self.path)] == self.path)

    def __str__(self) -> str:
        return self.account or "/".join(self.path) or "the root"


def level(target: Target, tree: Tree) -> Level:
    """The deepest unit or account that contains all accounts of a target, whatever accounts there are."""
    match target:
        case Ou():
            return Level(unit_path(target))
        case AccountRef():
            found = tree.find(target.account)
            return Level(found[0].path, found[0].id) if found else Level()
        case AnyTarget():
            return _common([level(item, tree) for item in target.items])
        case AllTargets():
            return max((level(item, tree) for item in target.items), key=lambda one: one.depth)
        case Root() | AccountTag() | NotTarget():
            return Level()
    return _unknown(target)


def holds(target: Target, member: Member) -> bool:
    """Whether an account is in a target."""
    match target:
        case Root():
            return True
        case Ou():
            path = unit_path(target)
            return member.path[: len(path)] == path
        case AccountRef():
            return target.account == (member.id if is_id(target.account) else member.name)
        case AccountTag():
            return (member.tags.get(target.key) == target.value) == target.equals
        case AllTargets():
            return all(holds(item, member) for item in target.items)
        case AnyTarget():
            return any(holds(item, member) for item in target.items)
        case NotTarget():
            return not holds(target.item, member)
    return _unknown(target)


def atoms(target: Target) -> Iterator[Target]:
    """The comparisons that a target is made of."""
    match target:
        case AllTargets() | AnyTarget():
            for item in target.items:
                yield from atoms(item)
        case NotTarget():
            yield from atoms(target.item)
        case _:
            yield target


def shown(target: Target) -> str:
    """A target as messages and provenance name it: `Workloads/Prod | shared-services`."""
    match target:
        case Root():
            return "root"
        case Ou():
            return target.path
        case AccountRef():
            return target.account
        case AccountTag():
            return f'{target.key} {"==" if target.equals else "!="} "{target.value}"'
        case AllTargets():
            return " & ".join(_grouped(item, AnyTarget) for item in target.items)
        case AnyTarget():
            return " | ".join(shown(item) for item in target.items)
        case NotTarget():
            return "~" + _grouped(target.item, AnyTarget, AllTargets, AccountTag)
    return _unknown(target)


def unit_path(target: Ou) -> UnitPath:
    """The names of a unit's path."""
    return tuple(target.path.split("/"))


class Reads:
    """What some targets read of an account, so that accounts with equal `key` are in the same ones: exactly that."""

    def __init__(self, targets: Iterable[Target], tree: Tree) -> None:
        self._units: set[UnitPath] = set()
        self._tags: set[str] = set()
        self._accounts: set[str] = set()
        for atom in (atom for target in targets for atom in atoms(target)):
            if isinstance(atom, Ou):
                self._units.add(unit_path(atom))
            elif isinstance(atom, AccountTag):
                self._tags.add(atom.key)
            elif isinstance(atom, AccountRef):
                self._accounts.update(member.id for member in tree.find(atom.account))
        self._keys = tuple(sorted(self._tags))
        self._seen: dict[UnitPath, UnitPath] = {}

    def key(self, member: Member) -> tuple[object, ...]:
        """The unit path as far as read, the values of the tags read, the id if the account is named."""
        unit = self._seen.get(member.path)
        if unit is None:
            unit = self._seen[member.path] = self._deepest(member.path)
        tags = tuple(member.tags.get(key) for key in self._keys)
        return unit, tags, member.id if member.id in self._accounts else None

    def _deepest(self, path: UnitPath) -> UnitPath:
        return next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self._units), ())


def _common(levels: list[Level]) -> Level:
    if all(one == levels[0] for one in levels):
        return levels[0]
    shared: UnitPath = levels[0].path
    for one in levels[1:]:
        same = 0
        while same < min(len(shared), len(one.path)) and shared[same] == one.path[same]:
            same += 1
        shared = shared[:same]
    return Level(shared)


def _grouped(target: Target, *loose: type[Target]) -> str:
    return f"({shown(target)})" if isinstance(target, loose) else shown(target)


def _unknown(target: Target) -> NoReturn:
    raise AssertionError(f"no such target: {target!r}")
