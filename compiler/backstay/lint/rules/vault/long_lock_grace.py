"""A compliance lock that will not be one for years."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days
from backstay_aws.catalog import limit

_YEAR = 366


class LongLockGrace(Rule):
    """Until the lock date a compliance lock can be removed."""

    CODE = "VLT052"
    NAME = "long-lock-grace"
    SEVERITY = "warning"
    SUMMARY = "A compliance lock with a grace time of more than a year"
    WHY = (
        "Until the grace time is over, whoever may remove a governance lock may remove this one too, so for all that "
        "time the vault is not what its policy says. Meant to try the lock out, it should be a governance lock."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(30), acknowledged="SEC-1"))',)
    INVALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=years(10), acknowledged="S-1"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance locks with a legal grace time of more than a year."""
        most = limit("lock_grace_days_max")
        for site, lock in locks(context):
            if lock.grace is not None and _YEAR < lock.grace <= most:
                yield self.problem(
                    site,
                    "grace",
                    f"the compliance lock of vault `{site.vault.name}` can be removed for {days(lock.grace)}",
                    label=days(lock.grace),
                    help="shorten it to some weeks, or use `Lock.governance` until the decision is made",
                    where=lock.where,
                )
