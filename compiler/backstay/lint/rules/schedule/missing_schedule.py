"""A rule without a schedule."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen


class MissingSchedule(Rule):
    """A rule should say when it starts."""

    CODE = "SCH005"
    NAME = "missing-schedule"
    SEVERITY = "warning"
    SUMMARY = "A rule that does not say when it starts"
    WHY = (
        "AWS fills in 05:00 UTC every day without telling. Backups then run at a time that nobody chose, which may be "
        "the middle of a working day, and tools that compare configurations see a difference for ever."
    )
    SOURCES = (api("BackupRuleInput"), seen("hashicorp/terraform-provider-aws issues 22627 and 23976"))
    VALID = ('Rule("daily", at=daily("05:00"), into=primary, keep=days(35))',)
    INVALID = ('Rule("daily", into=primary, keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose author wrote no schedule."""
        for site in context.rules:
            if not site.rule.scheduled:
                yield self.problem(
                    site,
                    None,
                    f"rule `{site.rule.name}` has no schedule; it would start every day at 05:00 UTC",
                    label="no `at=`",
                    help='say when: `at=daily("05:00")`',
                )
