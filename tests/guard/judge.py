"""Which calls nobody can take back, and under which id a person has to have approved each. Pure.

It knows the agent by what it promises in its documentation alone: "the same wish at the same place has the same id in
every plan". So it says itself which id a lock has, from the request that is on its way, and asks no part of the agent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

_ID_LENGTH = 12
POINTS = "--delete-recovery-points"
"""The option, or what a saved plan says of itself, without which no recovery point is deleted."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it leaves: what it asks for, where, and in which account (None: the guard never heard whose key)."""

    operation: str
    account: str | None
    region: str
    url: str
    body: Mapping[str, Any]


Approval = Callable[[Sent], str]


def verdict(sent: Sent, approved: Collection[str]) -> str | None:
    """Why a request must not leave, as a sentence; None when it may."""
    if sent.operation in NEVER:
        return f"{sent.operation} in {sent.account}, {sent.region}: {NEVER[sent.operation]}"
    for operation, final, needed in FINAL:
        if sent.operation == operation and final(sent):
            wanted = needed(sent)
            if not _among(wanted, approved):
                given = ", ".join(sorted(approved)) or "none"
                return f"{operation} in {sent.account}, {sent.region} ({sent.url}) needs {wanted}; approved: {given}"
    return None


def _among(wanted: str, approved: Collection[str]) -> bool:
    """Whether it was approved; what ends in a hyphen is the beginning of an id."""
    return wanted in approved or (wanted.endswith("-") and any(one.startswith(wanted) for one in approved))


def _lock_id(sent: Sent) -> str:
    """The id under which the plan shows a lock: of its account, Region, vault and wish."""
    found = re.search(r"/backup-vaults/([^/]+)/vault-lock", urlsplit(sent.url).path)
    name = unquote(found[1]) if found else ""
    return action_id("lock", sent, name, dict(sent.body))


def action_id(prefix: str, sent: Sent, *content: Any) -> str:
    """The id that every plan gives a wish at a place."""
    from backstay_contract.canonical import digest

    return f"{prefix}-{digest([prefix, sent.account, sent.region, *content])[:_ID_LENGTH]}"


# Operation, whether it is final, and the id that stands for it. A lock without ChangeableForDays is one in governance
# mode, which an administrator can remove (API reference, PutBackupVaultLockConfiguration; 2026-11).
FINAL: tuple[tuple[str, Callable[[Sent], bool], Approval], ...] = (
    ("PutBackupVaultLockConfiguration", lambda sent: "ChangeableForDays" in sent.body, _lock_id),
    # The ids of these hold more than their requests show, so that only the kind can be told.
    ("CreateLogicallyAirGappedBackupVault", lambda _: True, lambda _: "air-gapped-vault-"),
    ("CreateTieringConfiguration", lambda _: True, lambda _: "tiering-configuration-"),
    ("CancelLegalHold", lambda _: True, lambda _: "nolegal-hold-"),
    ("DeleteRecoveryPoint", lambda _: True, lambda _: POINTS),
)

# What the agent has no business to do, approved or not.
NEVER: Mapping[str, str] = {
    "DisassociateRecoveryPoint": "the agent lets go of no recovery point",
    "ScheduleKeyDeletion": "the agent deletes no key",
    "CloseAccount": "the agent closes no account",
    "RemoveAccountFromOrganization": "the agent removes no account",
    "DeleteOrganization": "the agent deletes no organization",
}
