"""What requirements ask of the plans of an account: where not even the best rule could keep a promise.

This is less than a proof: it never looks at which resources a plan selects, so what it finds is sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstay.ir import Plan, Requirement, Rule, Shape
from backstay.lint.context import Context
from backstay.lint.requirements import requirements, under
from backstay.lint.site import Site


@dataclass(frozen=True, slots=True)
class Promise:
    """A requirement, a shape whose accounts may be under it, and every rule that those accounts have there."""

    requirement: Requirement
    shape: Shape
    rules: tuple[tuple[Plan, Rule], ...]

    def site(self, context: Context, plan: Plan | None = None) -> Site | None:
        """The accounts of the shape that the requirement means; None if it means none of them. `plan`: what they get
        that does not keep the promise, and so what brings the problem to them."""
        node, facts = self.requirement.node, context.model.accounts
        accounts = tuple(one for one in self.shape.accounts if under(node, facts[one]))
        where = self.requirement.where
        if plan is not None:
            where = replace(where, policy=plan.where.policy, target=plan.where.target)
        return Site(where, (self.requirement.name,), (self.shape,), accounts) if accounts else None


def promises(context: Context) -> Iterator[Promise]:
    """Every requirement with every shape in its Regions that has rules at all."""
    for site in requirements(context):
        regions = site.node.regions
        for shape in context.model.shapes:
            rules = tuple((plan, rule) for plan in shape.plans for rule in plan.rules)
            if rules and (regions is None or shape.region in regions):
                yield Promise(site.requirement, shape, rules)
