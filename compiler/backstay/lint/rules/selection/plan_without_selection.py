"""A plan that takes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class PlanWithoutSelection(Rule):
    """A plan should select something."""

    CODE = "SEL030"
    NAME = "plan-without-selection"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A plan that selects nothing"
    WHY = "A plan without a selection is created and never makes a backup. Nothing fails, so nobody hears of it."
    SOURCES = (guide("assigning-resources"),)
    VALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")])',
    )
    INVALID = ('Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans without selections."""
        for site in context.plans:
            if not site.plan.selections:
                yield self.problem(
                    site,
                    None,
                    f"plan `{site.plan.name}` selects nothing, so it backs nothing up",
                    label="no `select=`",
                    help='add `select=[Select("gold", where=tag("backup") == "gold")]`',
                )
