"""Requirements with the accounts that they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay.ir import AccountFacts, Requirement, Shape
from backstay.lint.context import Context
from backstay.lint.site import Site

if TYPE_CHECKING:  # neither is needed, nor what they need, where there is no requirement
    from backstay.dsl.requirement import Require
    from backstay.resolve.tree import Member


@dataclass(frozen=True, slots=True)
class RequirementSite(Site):
    """A requirement; it has no shape, and nobody "gets" it."""

    requirement: Requirement

    @property
    def node(self) -> Require:
        """The requirement as written."""
        return self.requirement.node


def requirements(context: Context) -> Iterator[RequirementSite]:
    """Every requirement."""
    for one in context.model.requirements:
        yield RequirementSite(one.where, (one.name,), (), (), one)


def member(account: AccountFacts) -> Member:
    """An account as targets look at it."""
    from backstay.resolve.tree import Member

    path = tuple(account.unit.split("/")) if account.unit else ()
    return Member(account.id, account.name, path, dict(account.tags), account.regions)


def means(node: Require, one: Member) -> bool:
    """Whether a requirement speaks of a member of the organization, whatever its Regions."""
    from backstay.resolve.targets import holds

    return node.under is not None and holds(node.under, one)


def under(node: Require, account: AccountFacts) -> bool:
    """Whether a requirement speaks of an account, whatever its Regions."""
    return means(node, member(account))


def concerns(node: Require, shape: Shape, context: Context) -> bool:
    """Whether a requirement speaks of some account of a shape, in the shape's Region."""
    if node.regions is not None and shape.region not in node.regions:
        return False
    return any(under(node, context.model.accounts[account]) for account in shape.accounts)


def regions_of(node: Require, context: Context) -> tuple[str, ...]:
    """The Regions that a requirement names, or all that the organization uses."""
    if node.regions is not None:
        return tuple(node.regions)
    return tuple(sorted({region for one in context.model.accounts.values() for region in one.regions}))
