"""A plan that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api


class PlanWithoutRules(Rule):
    """AWS wants a rule in a plan."""

    CODE = "SEL031"
    NAME = "plan-without-rules"
    SEVERITY = "error"
    SUMMARY = "A plan that has no rule"
    WHY = "The member is required: AWS refuses a plan without rules, and its selections with it."
    SOURCES = (api("BackupPlanInput"),)
    VALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")])',
    )
    INVALID = ('Plan("gold", select=[Select("gold", where=tag("backup") == "gold")])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans without rules."""
        for site in context.plans:
            if not site.plan.rules:
                yield self.problem(
                    site,
                    "rules",
                    f"plan `{site.plan.name}` has no rule; AWS refuses it",
                    label="no rule",
                    help='add `rules=[Rule("daily", at=daily("03:00"), into=…, keep=days(35))]`',
                )
