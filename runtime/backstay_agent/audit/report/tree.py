"""The organization as a tree of units and accounts, each with its coverage and its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.audit.report import coverage
from backstay_agent.audit.report.coverage import Coverage
from backstay_agent.controls.facts import Facts, Member, Place
from backstay_contract.findings import AuditReport

_OPEN_UP_TO = 60
MOST_WRITTEN = 200
"""Accounts that the page writes out; in a larger organization those of a unit are made when it is unfolded."""
_UNFOLDED = 2
"""Levels of a large organization that are open at first."""
_OUTSIDE = "Not in the build"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An account."""

    id: str
    name: str
    coverage: Coverage
    failing: int
    unread: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit with what is below it; the counts hold for all of it."""

    name: str
    branches: tuple[Branch, ...]
    leaves: tuple[Leaf, ...]
    coverage: Coverage
    failing: int
    accounts: int
    open: bool
    written: bool


def view(report: AuditReport, facts: Facts) -> Branch:
    """The tree from the root on; accounts that the build does not name stand in a branch of their own."""
    failing = Counter(finding.account for finding in report.findings if finding.status == "NON_COMPLIANT")
    unread = {one.account: one.error for one in tally.blind(facts)}
    places: dict[str, list[Place]] = {}
    for place in facts.places:
        places.setdefault(place.account, []).append(place)
    wide, written = len(facts.members) > _OPEN_UP_TO, len(facts.members) <= MOST_WRITTEN

    def leaf(member: Member) -> Leaf:
        covered = coverage.of(places.get(member.id, ()))
        return Leaf(member.id, member.name, covered, failing[member.id], unread.get(member.id, ""))

    by_path: dict[tuple[str, ...], list[Leaf]] = {}
    for member in facts.members:
        path = tuple(filter(None, member.unit.split("/"))) if member.governed else (_OUTSIDE,)
        by_path.setdefault(path, []).append(leaf(member))
    return _branch("Root", (), by_path, wide=wide, written=written)


def _branch(
    name: str, path: tuple[str, ...], leaves: Mapping[tuple[str, ...], Sequence[Leaf]], *, wide: bool, written: bool
) -> Branch:
    depth = len(path)
    below = {one[depth] for one in leaves if len(one) > depth and one[:depth] == path}
    children = sorted(below, key=lambda child: (child == _OUTSIDE and not path, child))
    branches = tuple(_branch(child, (*path, child), leaves, wide=wide, written=written) for child in children)
    own = tuple(sorted(leaves.get(path, ()), key=lambda leaf: (leaf.name, leaf.id)))
    parts: list[Leaf | Branch] = [*own, *branches]
    return Branch(
        name,
        branches,
        own,
        sum((part.coverage for part in parts), Coverage()),
        sum(part.failing for part in parts),
        len(own) + sum(branch.accounts for branch in branches),
        open=not (wide and own and path) and (written or depth < _UNFOLDED),
        written=written,
    )


def every_leaf(branch: Branch) -> Iterator[Leaf]:
    """The accounts in the order in which the tree shows them."""
    yield from branch.leaves
    for below in branch.branches:
        yield from every_leaf(below)
