"""A name that AWS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import PlanSite
from backstay.lint.source import api
from backstay_aws.catalog import limit

_SHORT = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")
_PLAN = re.compile(r"[a-zA-Z0-9\-_.]+")
_LABEL = "1 to 50 letters, digits, `-`, `_` and `.`"


class RefusedName(Rule):
    """Plans, rules and selections have names that AWS takes."""

    CODE = "GEN003"
    NAME = "refused-name"
    SEVERITY = "error"
    SUMMARY = "The name of a plan, rule or selection that AWS refuses"
    WHY = (
        "AWS refuses the plan, so nothing in it is backed up. A plan's name of 51 to 200 characters is a warning: "
        "two places of the API reference disagree."
    )
    SOURCES = (api("BackupRuleInput"), api("BackupSelection"), api("BackupPlanInput"))
    VALID = ('Rule("daily-35_d.1", at=daily("03:00"), into=primary, keep=days(35))',)
    INVALID = (
        'Rule("every day", at=daily("03:00"), into=primary, keep=days(35))',
        'Select("gold/prod", where=tag("backup") == "gold")',
        'Plan("Gold: all", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '     select=[Select("gold", where=tag("backup") == "gold")])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Names outside their patterns."""
        for plan in context.plans:
            yield from self._plan(plan)
        for rule in context.rules:
            if not _SHORT.fullmatch(rule.rule.name):
                message = f"AWS refuses the rule name `{rule.rule.name}`"
                yield self.problem(rule, "name", message, label=_LABEL, help="rename the rule")
        for selection in context.selections:
            if not _SHORT.fullmatch(selection.selection.name):
                own = author_name(selection)
                name = selection.selection.name if _SHORT.fullmatch(own) else own
                message = f"AWS refuses the selection name `{name}`"
                yield self.problem(selection, "name", message, label=_LABEL, help="rename the selection")

    def _plan(self, site: PlanSite) -> Iterator[Problem]:
        name = site.plan.name
        most, advised = limit("plan_name_length"), limit("plan_name_length_console")
        if not _PLAN.fullmatch(name) or len(name) > most:
            yield self.problem(
                site,
                "name",
                f"AWS refuses the plan name `{name}`",
                label=f"1 to {advised} letters, digits, `-`, `_` and `.`",
                help="rename the plan",
            )
        elif len(name) > advised:
            yield self.problem(
                site,
                "name",
                f"the plan name `{name}` has {len(name)} characters; AWS may refuse more than {advised}",
                label=f"{len(name)} characters",
                help="shorten the name",
                severity="warning",
            )
