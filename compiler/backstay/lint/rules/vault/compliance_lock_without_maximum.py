"""A lock for ever that takes what is kept for ever."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class ComplianceLockWithoutMaximum(Rule):
    """What nobody can delete needs an end."""

    CODE = "VLT046"
    NAME = "compliance-lock-without-maximum"
    SEVERITY = "warning"
    SUMMARY = "A compliance lock with a minimum and no maximum"
    WHY = (
        "One job without a lifecycle (an on-demand backup made in a hurry, a rule that forgot `keep`) leaves a "
        "recovery point that nobody can ever delete, and a vault that can never be removed: both are paid for until "
        "the account is closed. After the lock date no maximum can be added."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = (
        'Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))',
        'Vault("cage", lock=Lock.governance(min=days(7)))',
    )
    INVALID = ('Vault("cage", lock=Lock.compliance(min=days(7), grace=days(14), acknowledged="SEC-1"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance locks whose only bound is the lower one."""
        for site, lock in locks(context):
            if lock.mode == "compliance" and lock.minimum is not None and lock.maximum is None:
                yield self.problem(
                    site,
                    None,
                    f"the compliance lock of vault `{site.vault.name}` has no maximum: "
                    "what is kept for ever stays for ever",
                    label="no `max`",
                    help="add `max=` with the longest retention that you will ever need, such as `max=years(8)`",
                    where=lock.where,
                )
