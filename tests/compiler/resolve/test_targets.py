"""Targets: who is in one, where it stands in the tree, how it is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.dsl import Target, account, account_tag, ou, root
from backstay.resolve import targets
from backstay.resolve.targets import Level, Reads
from backstay.resolve.tree import Member, Tree, grow
from backstay_contract.organization import Organization

UNITS = ["Workloads", "Workloads/Prod", "Workloads/Dev", "Sandbox"]
ATOMS: list[Target] = [
    root(),
    *(ou(path) for path in UNITS),
    account("pay-prod"),
    account("100000000020"),
    account_tag("env") == "prod",
    account_tag("env") != "prod",
    account_tag("team") == "web",
]
TARGETS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def tree(organization: Organization) -> Tree:
    """The organization, laid out."""
    return grow(organization)


@pytest.mark.parametrize(
    ("target", "level"),
    [
        (root(), Level()),
        (ou("Workloads/Prod"), Level(("Workloads", "Prod"))),
        (account("pay-dev"), Level(("Workloads", "Dev"), "100000000020")),
        (ou("Workloads/Prod") | ou("Workloads/Dev"), Level(("Workloads",))),
        (ou("Workloads/Prod") | ou("Sandbox"), Level()),
        (ou("Workloads/Prod") | account("pay-prod"), Level(("Workloads", "Prod"))),
        (account("pay-prod") | account("web-prod"), Level(("Workloads", "Prod"))),
        (account("pay-prod") | account("100000000010"), Level(("Workloads", "Prod"), "100000000010")),
        (ou("Workloads") & ~account("pay-prod"), Level(("Workloads",))),
        (ou("Workloads") & (account_tag("env") == "prod"), Level(("Workloads",))),
        (account_tag("env") == "prod", Level()),
        (~ou("Workloads/Prod"), Level()),
    ],
)
def test_level_is_the_deepest_that_contains_all_by_construction(target: Target, level: Level, tree: Tree) -> None:
    """An attachment's level depends on how it is written, never on which accounts there are."""
    assert targets.level(target, tree) == level


@pytest.mark.parametrize(
    ("target", "names"),
    [
        (root(), {"management", "central", "pay-prod", "web-prod", "pay-dev", "twin"}),
        (ou("Workloads") & ~account("web-prod"), {"pay-prod", "pay-dev"}),
        (account_tag("env") == "prod", {"pay-prod", "web-prod"}),
        (account_tag("env") != "prod", {"management", "central", "pay-dev", "twin"}),
        (~(account_tag("env") != "prod"), {"pay-prod", "web-prod"}),
        (account("100000000020") | ou("Sandbox"), {"pay-dev", "twin"}),
    ],
)
def test_members(target: Target, names: set[str], tree: Tree) -> None:
    """The root includes the management account; an absent tag is unequal to everything."""
    assert {member.name for member in tree.members if targets.holds(target, member)} == names


@given(target=TARGETS, first=st.integers(0, 6), second=st.integers(0, 6))
def test_accounts_that_read_alike_are_in_the_same_targets(target: Target, first: int, second: int, tree: Tree) -> None:
    """The key of an equivalence class holds everything that a target reads of an account."""
    reads = Reads([target], tree)
    one, other = tree.members[first], tree.members[second]
    if reads.key(one) == reads.key(other):
        assert targets.holds(target, one) == targets.holds(target, other)


@given(target=TARGETS)
def test_level_contains_every_member(target: Target, tree: Tree) -> None:
    """No account of a target stands outside the target's level."""
    level = targets.level(target, tree)

    def inside(member: Member) -> bool:
        return level.holds(Level(member.path, member.id))

    assert all(inside(member) for member in tree.members if targets.holds(target, member))


def test_targets_are_named_in_the_authors_words() -> None:
    """Messages and provenance name a target as one would say it."""
    target = (ou("Workloads/Prod") | account("pay-dev")) & ~(account_tag("env") == "dev")
    assert targets.shown(target) == '(Workloads/Prod | pay-dev) & ~(env == "dev")'
