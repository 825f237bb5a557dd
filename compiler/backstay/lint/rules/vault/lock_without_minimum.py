"""A lock that lets recovery points go at once."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide


class LockWithoutMinimum(Rule):
    """A lock should say how long everything stays at least."""

    CODE = "VLT016"
    NAME = "lock-without-minimum"
    SEVERITY = "warning"
    SUMMARY = "A lock with a maximum and no minimum"
    WHY = (
        "The vault takes recovery points that are kept for one day: whoever may start a backup or change a plan makes "
        "the history run out, and the lock lets it. CloudFormation knows no lock without a minimum, so the emitted "
        "template says one day."
    )
    SOURCES = (guide("vault-lock"), api("PutBackupVaultLockConfiguration"))
    VALID = ('Vault("cage", lock=Lock.governance(min=days(7), max=years(8)))',)
    INVALID = ('Vault("cage", lock=Lock.governance(max=years(8)))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Locks whose only bound is the upper one."""
        for site, lock in locks(context):
            if lock.minimum is None and lock.maximum is not None:
                yield self.problem(
                    site,
                    None,
                    f"the lock of vault `{site.vault.name}` has no minimum: what is kept for one day passes",
                    label="no `min`",
                    help="add `min=days(7)`",
                    where=lock.where,
                )
