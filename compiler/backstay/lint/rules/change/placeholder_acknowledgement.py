"""Locks for ever that are acknowledged by a word that means nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain

# fmt: off
_EMPTY = frozenset({
    "ack", "acknowledged", "agreed", "approved", "asdf", "change", "changeme", "confirmed", "dummy", "example",
    "fixme", "foo", "iknow", "me", "na", "none", "null", "okay", "placeholder", "reason", "some", "sure", "tba",
    "tbc", "tbd", "temp", "test", "testing", "text", "ticket", "todo", "true", "understood", "wip", "xxx", "xxxx",
    "yes",
})
# fmt: on
_LEAST = 3
_SIGNS = re.compile(r"[\W_]+")


class PlaceholderAcknowledgement(Rule):
    """Who acknowledges a lock for ever names a decision that can be looked up."""

    CODE = "CHG003"
    NAME = "placeholder-acknowledgement"
    SEVERITY = "error"
    SUMMARY = "A compliance lock whose `acknowledged=` names no decision"
    WHY = (
        "After its grace time the lock can be removed by nobody, and what is in the vault is paid for until it "
        "expires. `acknowledged=` is there so that somebody decides that, and can be asked; `TODO` decides nothing."
    )
    SOURCES = (guide("vault-lock"), plain("a word that is always true acknowledges nothing"))
    VALID = ('Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-412"))',)
    INVALID = (
        'Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="TODO"))',
        'Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="x"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Acknowledgements of compliance locks that are words of no meaning."""
        for site, lock in locks(context):
            said = (lock.acknowledged or "").strip()
            if lock.mode == "compliance" and said and _means_nothing(said):
                yield self.problem(
                    site,
                    "acknowledged",
                    f"the lock of vault `{site.vault.name}`, which nobody can ever remove, is acknowledged by `{said}`",
                    label="names no decision",
                    help="name the change or the minute that decided it, such as `change SEC-412`",
                    where=lock.where,
                )


def _means_nothing(said: str) -> bool:
    plainly = _SIGNS.sub("", said).casefold()
    return len(plainly) < _LEAST or plainly in _EMPTY
