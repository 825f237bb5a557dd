"""A lock for ever that nobody signed."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import days


class UnacknowledgedComplianceLock(Rule):
    """What can never be undone names the decision."""

    CODE = "VLT018"
    NAME = "unacknowledged-compliance-lock"
    SEVERITY = "error"
    SUMMARY = "A compliance lock that does not name who decided it"
    WHY = (
        "After its grace time a compliance lock can be removed by nobody, neither root nor AWS; the vault and what is "
        "in it are paid for until the last recovery point expires. Teams have locked production by merging a default."
    )
    SOURCES = (guide("vault-lock"), seen("nationalarchives/terraform-aws-immutable-aws-backup pull 64"))
    VALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-412"))',)
    INVALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14)))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance locks without `acknowledged`."""
        for site, lock in locks(context):
            if lock.mode == "compliance" and not (lock.acknowledged or "").strip():
                yield self.problem(
                    site,
                    "acknowledged",
                    f"vault `{site.vault.name}` gets a compliance lock that nobody can ever remove, "
                    f"{days(lock.grace)} after it is applied",
                    label="does not name the decision",
                    help='add `acknowledged="…"` with the change or minute that decided it, or use `Lock.governance`',
                    where=lock.where,
                )
