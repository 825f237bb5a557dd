"""A copy of a continuous backup, which is a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.spacing import longest
from backstay.lint.words import listed, minutes


class CopyOfContinuousBackup(Rule):
    """The log of changes stays where it is."""

    CODE = "PIT005"
    NAME = "copy-of-continuous-backup"
    SEVERITY = "advice"
    SUMMARY = "Copies of a continuous rule, which cannot be restored to any second"
    WHY = (
        "For a copy AWS takes a snapshot at each start of the schedule, and copies that. Whoever loses the account or "
        "the Region in which the log is loses as much as lies between two starts, however continuous the rule is."
    )
    SOURCES = (guide("point-in-time-recovery-copying"),)
    VALID = (
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        'Rule("daily", at=daily("12:30"), into=primary, keep=days(35), copies=[Copy(to=central)])',
    )
    INVALID = (
        'Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True, copies=[Copy(to=central)])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules with copies."""
        for site in context.rules:
            gap = longest(site.rule, context.start)
            if site.rule.continuous and site.rule.copies and gap is not None:
                names = listed(dict.fromkeys(copy.destination.name for copy in site.rule.copies))
                yield self.problem(
                    site,
                    "copies",
                    f"rule `{site.rule.name}` is continuous, but what it copies to {names} are snapshots, "
                    f"up to {minutes(gap)} apart",
                    label="snapshots",
                    help="let a snapshot rule of the plan make the copies, as often as they are needed there",
                    others=[(site.where.fields.get("continuous"), "continuous")],
                )
