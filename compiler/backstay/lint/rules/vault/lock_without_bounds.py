"""A lock that allows any retention."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen


class LockWithoutBounds(Rule):
    """A lock should bound retentions."""

    CODE = "VLT012"
    NAME = "lock-without-bounds"
    SEVERITY = "warning"
    SUMMARY = "A lock with neither a minimum nor a maximum"
    WHY = (
        "Such a lock takes recovery points of one day, which are gone before anybody notices an attack, and of no end, "
        "which in compliance mode can never be deleted."
    )
    SOURCES = (guide("vault-lock"), seen("modules of dimagi and pagopa"))
    VALID = ('Vault("cage", lock=Lock.governance(min=days(7), max=years(8)))',)
    INVALID = ('Vault("cage", lock=Lock.governance())',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Locks without bounds."""
        for site, lock in locks(context):
            if lock.minimum is None and lock.maximum is None:
                yield self.problem(
                    site,
                    None,
                    f"the lock of vault `{site.vault.name}` bounds nothing: any retention passes, for ever too",
                    label="no `min`, no `max`",
                    help="add `min=days(7), max=years(8)`",
                    where=lock.where,
                )
