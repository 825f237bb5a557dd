"""Two plans of an account with one name."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import seen


class DuplicatePlanName(Rule):
    """Plans of an account have names of their own."""

    CODE = "GEN022"
    NAME = "duplicate-plan-name"
    SEVERITY = "warning"
    SUMMARY = "Two plans with the same name in one account and Region"
    WHY = (
        "AWS refuses two plans that are equal in name and body, and silently takes two with one name and different "
        "bodies: resources are then backed up twice, and nobody can tell the plans apart."
    )
    SOURCES = (seen("ansible/ansible pull 53655"), seen("aws/aws-cdk issue 38318"))
    VALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")])',
    )
    INVALID = ()

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans after the first of a name in their shape."""
        for site in context.plans:
            first = next(plan for plan in site.shape.plans if plan.name == site.plan.name)
            if first is not site.plan:
                yield self.problem(
                    site,
                    "name",
                    f"two plans are named `{site.plan.name}` where this one is used",
                    label="the second",
                    help='rename one of them, or let one policy override the other with `extends="…"`',
                    others=[(first.where.field("name"), "the first")],
                )
