"""Former names that something still has."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain, seen

_SELECT = 'select=[Select("gold", where=tag("backup") == "gold")]'
_DAILY = 'rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))]'


class MovedFromLivingName(Rule):
    """A former name is nobody's any more."""

    CODE = "CHG001"
    NAME = "moved-from-living-name"
    SEVERITY = "warning"
    SUMMARY = "A plan or rule with `moved=` from a name that another one beside it still has"
    WHY = (
        "`moved=` says that the old thing goes on under the new name. If the old name is still there, one of the two "
        "takes over the id and the history of the other, and Terraform refuses the move."
    )
    SOURCES = (plain("one thing cannot have moved and stayed"), seen("Terraform: “Moved object still exists”"))
    VALID = (f'Plan("gold", moved="golden", {_DAILY}, {_SELECT})',)
    INVALID = (
        f'Plan("gold", moved="golden", {_DAILY}, {_SELECT}),\nPlan("golden", {_DAILY}, {_SELECT})',
        'Rule("daily", moved="nightly", at=daily("03:00"), into=primary, keep=days(35)),\n'
        'Rule("nightly", at=daily("15:00"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Former names of plans and rules among the names beside them."""
        for site in context.plans:
            plans = {one.name: one.where for shape in site.shapes for one in shape.plans}
            before = site.plan.moved
            if before in plans:
                yield self.problem(
                    site,
                    "moved",
                    f"plan `{site.plan.name}` was called `{before}`, and there still is a plan of that name",
                    label="still there",
                    help=f"drop `moved`, or take plan `{before}` out",
                    others=[(plans[before].span, f"plan `{before}`")],
                )
        for one in context.rules:
            rules = {rule.name: rule.where for rule in one.plan.rules}
            before = one.rule.moved
            if before in rules:
                yield self.problem(
                    one,
                    "moved",
                    f"rule `{one.rule.name}` was called `{before}`, and plan `{one.plan.name}` still has such a rule",
                    label="still there",
                    help=f"drop `moved`, or take rule `{before}` out",
                    others=[(rules[before].span, f"rule `{before}`")],
                )
