"""A grace time that AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import days
from backstay_aws.catalog import limit


class LockGraceOutOfRange(Rule):
    """A lock can be taken back for 3 to 36500 days."""

    CODE = "VLT009"
    NAME = "lock-grace-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A grace time outside 3 to 36500 days"
    WHY = "AWS refuses the lock, so the vault stays unlocked while the policy says that it is not."
    SOURCES = (guide("vault-lock"), api("PutBackupVaultLockConfiguration"))
    VALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))',)
    INVALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(2), acknowledged="SEC-1"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance locks with a grace time out of range."""
        least, most = limit("lock_grace_days_min"), limit("lock_grace_days_max")
        for site, lock in locks(context):
            if lock.grace is not None and not least <= lock.grace <= most:
                yield self.problem(
                    site,
                    "grace",
                    f"the lock of vault `{site.vault.name}` has a grace time of {days(lock.grace)}; "
                    f"AWS takes {least} to {most}",
                    label=f"{least} to {most} days",
                    help="14 days leave time to see the first jobs succeed",
                    where=lock.where,
                )
