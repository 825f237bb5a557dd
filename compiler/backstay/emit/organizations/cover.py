"""Cover: the fewest nodes of the organization that together hold exactly some accounts.

Organizations cannot subtract: what is attached to a unit reaches every account below it. So a document goes to the
highest nodes whose accounts all get it, and to single accounts where their neighbours do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from backstay import ir
from backstay.emit.organizations.pieces import Class


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """The root, a unit (its path) or an account (its id). `order`: parents first, in the order of the tree."""

    kind: Literal["root", "unit", "account"]
    name: str
    order: int

    def __str__(self) -> str:
        return "the root" if self.kind == "root" else f"{self.kind} `{self.name}`"


@dataclass(slots=True)
class Branch:
    """The root or a unit, and what stands below it.

    `own`: as bits, the classes of its own accounts; `classes`: those of all accounts below it (0: there is none).
    """

    node: Node
    accounts: list[Node] = field(default_factory=list)
    by_class: dict[int, list[Node]] = field(default_factory=lambda: defaultdict(list))
    branches: list[Branch] = field(default_factory=list)
    own: int = 0
    classes: int = 0


@dataclass(frozen=True, slots=True)
class Organization:
    """The tree, ready for covers. Accounts that get nothing at all are of a class of their own."""

    root: Branch

    def cover(self, classes: int) -> tuple[Node, ...]:
        """The highest nodes all of whose accounts are of these classes, in the order of the tree."""
        found: list[Node] = []
        _cover(self.root, classes, found)
        return tuple(sorted(found, key=lambda node: node.order))

    def branches(self) -> Iterator[Branch]:
        """The root and all units that have accounts below them, parents first."""
        waiting = [self.root]
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting += [below for below in reversed(branch.branches) if below.classes]


def organization(tree: Sequence[ir.Unit], classes: Sequence[Class]) -> Organization:
    """Lay the classes of accounts out on the units; a tree without units has nothing but its root."""
    number = {account: n for n, group in enumerate(classes) for account in group.accounts}
    below: dict[str | None, list[ir.Unit]] = defaultdict(list)
    for unit in tree:
        below[unit.parent].append(unit)
    root = next(iter(below[None]), ir.Unit("", None, (), ()))
    return Organization(_branch(root, below, number, len(classes), count()))


def _branch(
    unit: ir.Unit,
    below: Mapping[str | None, Sequence[ir.Unit]],
    number: Mapping[str, int],
    nothing: int,
    order: Iterator[int],
) -> Branch:
    branch = Branch(Node("unit" if unit.path else "root", unit.path, next(order)))
    for account in unit.accounts:
        node = Node("account", account, next(order))
        branch.accounts.append(node)
        branch.by_class[number.get(account, nothing)].append(node)
    branch.branches = [_branch(child, below, number, nothing, order) for child in below.get(unit.path, ())]
    branch.own = _union(1 << one for one in branch.by_class)
    branch.classes = branch.own | _union(child.classes for child in branch.branches)
    return branch


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _cover(branch: Branch, classes: int, found: list[Node]) -> None:
    if not branch.classes & classes:
        return
    if not branch.classes & ~classes:
        found.append(branch.node)
        return
    wanted = branch.own & classes
    while wanted:
        number = wanted.bit_length() - 1
        found += branch.by_class[number]
        wanted ^= 1 << number
    for below in branch.branches:
        _cover(below, classes, found)
