"""A lock that freezes every retention at one number."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vaults import locked
from backstay.lint.words import days


class NarrowLock(Rule):
    """Bounds should leave room."""

    CODE = "VLT015"
    NAME = "narrow-lock"
    SEVERITY = "warning"
    SUMMARY = "A lock whose minimum and maximum are the same, or a day apart"
    WHY = (
        "All rules and copies into the vault must then keep for exactly that long, now and later: a monthly rule, or "
        "a new requirement, needs another vault. In compliance mode, and in an air-gapped vault, that holds for ever."
    )
    SOURCES = (guide("vault-lock"), seen("cds-snc 7/8, NHSDigital 365/365, modernisation-platform issue 7265"))
    VALID = ('Vault("cage", lock=Lock.governance(min=days(7), max=days(400)))',)
    INVALID = (
        'Vault("cage", lock=Lock.governance(min=days(30), max=days(30)))',
        'AirGappedVault("cage", min=days(30), max=days(30))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Locks with a band of at most a day."""
        for site, lock in locked(context):
            if lock.minimum is not None and lock.maximum is not None and 0 <= lock.maximum - lock.minimum <= 1:
                band = days(lock.minimum) if lock.minimum == lock.maximum else f"{lock.minimum} or {days(lock.maximum)}"
                yield self.problem(
                    site,
                    "max",
                    f"the lock of vault `{site.vault.name}` lets everything be kept for {band} only",
                    label="no room",
                    help="lower the minimum or raise the maximum to what rules may ever need",
                    where=lock.where,
                )
