"""Two rules of a plan with one name."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import seen


class DuplicateRuleName(Rule):
    """Rules of a plan have names of their own."""

    CODE = "GEN002"
    NAME = "duplicate-rule-name"
    SEVERITY = "warning"
    SUMMARY = "Two rules of a plan with the same name"
    WHY = (
        "AWS does not say whether it takes them. Jobs and reports name the rule that they come from, so nobody could "
        "tell the two apart."
    )
    SOURCES = (seen("luciantanase14/terraform-aws-backup refuses them; AWS's own answer is not documented"),)
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35)),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=years(1))',
    )
    INVALID = ()

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules after the first of a name."""
        for site in context.rules:
            first = next(rule for rule in site.plan.rules if rule.name == site.rule.name)
            if first is not site.rule:
                yield self.problem(
                    site,
                    "name",
                    f"plan `{site.plan.name}` has two rules named `{site.rule.name}`",
                    label="the second",
                    help="rename one of them",
                    others=[(first.where.field("name"), "the first")],
                )
