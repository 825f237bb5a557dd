"""Bounds of a lock that AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api
from backstay.lint.words import days
from backstay_aws.catalog import limit


class LockBoundsOutOfRange(Rule):
    """Locks bound retentions between 1 and 36500 days."""

    CODE = "VLT045"
    NAME = "lock-bounds-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A lock with a bound outside 1 to 36500 days"
    WHY = "AWS refuses the lock, so the vault stays unlocked while the policy says that it is not."
    SOURCES = (api("PutBackupVaultLockConfiguration"),)
    VALID = ('Vault("cage", lock=Lock.governance(min=days(1), max=days(36500)))',)
    INVALID = ('Vault("cage", lock=Lock.governance(min=days(0), max=years(8)))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Bounds out of range."""
        least, most = limit("lock_retention_days_min"), limit("lock_retention_days_max")
        for site, lock in locks(context):
            for field, bound in (("min", lock.minimum), ("max", lock.maximum)):
                if bound is not None and not least <= bound <= most:
                    yield self.problem(
                        site,
                        field,
                        f"the lock of vault `{site.vault.name}` has a bound of {days(bound)}; "
                        f"AWS takes {least} to {most}",
                        label=f"{least} to {most} days",
                        help="leave the bound out if there is none",
                        where=lock.where,
                    )
