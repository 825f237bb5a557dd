"""A grace time in which nobody finds a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import days
from backstay_aws.catalog import limit

_WEEK = 7


class ShortLockGrace(Rule):
    """The grace time is the only time to correct a compliance lock."""

    CODE = "VLT010"
    NAME = "short-lock-grace"
    SEVERITY = "advice"
    SUMMARY = "A compliance lock that can be corrected for less than a week"
    WHY = (
        "A lock whose bounds refuse a rule's retention shows when the first weekly or monthly job fails. After the "
        "lock date the bounds cannot be changed by anybody."
    )
    SOURCES = (guide("vault-lock"), seen("the default of 14 days in NHSDigital/terraform-aws-backup"))
    VALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))',)
    INVALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(3), acknowledged="SEC-1"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance locks with a legal grace time under a week."""
        least = limit("lock_grace_days_min")
        for site, lock in locks(context):
            if lock.grace is not None and least <= lock.grace < _WEEK:
                yield self.problem(
                    site,
                    "grace",
                    f"the compliance lock of vault `{site.vault.name}` can be corrected for {days(lock.grace)} only",
                    label=days(lock.grace),
                    help="give it days(14) or more",
                    where=lock.where,
                )
