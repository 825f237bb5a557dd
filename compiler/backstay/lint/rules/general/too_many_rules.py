"""A plan with more rules than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.catalog import limit


class TooManyRules(Rule):
    """A plan has ten rules at most."""

    CODE = "GEN019"
    NAME = "too-many-rules"
    SEVERITY = "error"
    SUMMARY = "A plan with more than ten rules"
    WHY = "The quota is fixed: AWS refuses the plan, so nothing in it is backed up."
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('*[Rule(f"r{n}", at=daily(f"{n:02}:00"), into=primary, keep=days(35)) for n in range(10)]',)
    INVALID = ('*[Rule(f"r{n}", at=daily(f"{n:02}:00"), into=primary, keep=days(35)) for n in range(11)]',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans over the quota."""
        most = limit("rules_per_plan")
        for site in context.plans:
            count = len(site.plan.rules)
            if count > most:
                yield self.problem(
                    site,
                    "rules",
                    f"plan `{site.plan.name}` has {count} rules; AWS takes at most {most}",
                    label=f"{count} rules",
                    help="split the plan in two",
                )
