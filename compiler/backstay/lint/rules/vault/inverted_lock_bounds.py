"""A lock whose minimum is over its maximum."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.vaults import locked
from backstay.lint.words import days


class InvertedLockBounds(Rule):
    """The minimum is not over the maximum."""

    CODE = "VLT011"
    NAME = "inverted-lock-bounds"
    SEVERITY = "error"
    SUMMARY = "A lock whose minimum retention is over its maximum"
    WHY = "AWS refuses the lock; if it did not, no recovery point could enter the vault."
    SOURCES = (guide("vault-lock"),)
    VALID = ('Vault("cage", lock=Lock.governance(min=days(7), max=days(400)))',)
    INVALID = (
        'Vault("cage", lock=Lock.governance(min=days(400), max=days(7)))',
        'AirGappedVault("cage", min=days(400), max=days(7))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Locks with exchanged bounds."""
        for site, lock in locked(context):
            if lock.minimum is not None and lock.maximum is not None and lock.minimum > lock.maximum:
                yield self.problem(
                    site,
                    "min",
                    f"the lock of vault `{site.vault.name}` asks for at least {days(lock.minimum)} "
                    f"and at most {days(lock.maximum)}",
                    label=f"at least {days(lock.minimum)}",
                    help="exchange the two",
                    others=[(lock.where.fields.get("max"), f"at most {days(lock.maximum)}")],
                    where=lock.where,
                )
