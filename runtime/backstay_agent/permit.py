"""The guard: calls that nobody can undo are sent only while an action of a plan that allows that very call is done.

Whatever code makes them: the check hangs on every client of the agent. The permit is a context variable, so it holds in
the thread that does the action and ends with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

Final = Literal["always", "in-compliance-mode", "no"]
# Operations that need a permit: service, operation → whether the call can be undone by nobody ("always"), only with
# ChangeableForDays ("in-compliance-mode"), or is guarded without being final ("no").
# Source: AWS Backup API reference and developer guide ("AWS Backup Vault Lock", "Logically air-gapped vault", "Deleting
# backups", "Legal holds", "Backup tiering"); AWS KMS API reference (ScheduleKeyDeletion); read 2026-11.
GUARDED: Mapping[tuple[str, str], Final] = {
    ("backup", "PutBackupVaultLockConfiguration"): "in-compliance-mode",
    ("backup", "CreateLogicallyAirGappedBackupVault"): "always",
    ("backup", "DeleteRecoveryPoint"): "no",
    ("backup", "DisassociateRecoveryPoint"): "no",
    ("backup", "DisassociateRecoveryPointFromParent"): "no",
    ("backup", "DeleteBackupVault"): "no",
    ("backup", "DeleteBackupVaultLockConfiguration"): "no",
    ("backup", "CancelLegalHold"): "always",
    ("backup", "CreateTieringConfiguration"): "always",
    ("backup", "UpdateTieringConfiguration"): "no",
    ("kms", "ScheduleKeyDeletion"): "no",
}


class NotPermittedError(Exception):
    """A guarded call outside an approved plan: a defect of the code that makes it, which nobody catches."""


@dataclass(frozen=True, slots=True)
class Permit:
    """One call that may be made: service, operation and exactly these members."""

    service: str
    operation: str
    members: Mapping[str, Any]


_permit: ContextVar[Permit | None] = ContextVar("backstay_permit", default=None)


def is_final(service: str, operation: str, members: Mapping[str, Any]) -> bool:
    """Whether nobody can undo a call, be it after a time of grace."""
    match GUARDED.get((service, operation)):
        case "always":
            return True
        case "in-compliance-mode":
            return members.get("ChangeableForDays") is not None
        case "no" | None:
            return False


@contextmanager
def granted(service: str, operation: str, members: Mapping[str, Any]) -> Iterator[None]:
    """Within it, this very call may be made."""
    before = _permit.set(Permit(service, operation, dict(members)))
    try:
        yield
    finally:
        _permit.reset(before)


def check(service: str, operation: str, members: Mapping[str, Any], tokens: Collection[str] = ()) -> None:
    """Refuse a guarded call that no permit allows; raises NotPermittedError, and nothing is sent.

    `tokens`: names of members that the client may fill in by itself (idempotency tokens).
    """
    if (service, operation) not in GUARDED:
        return
    permit = _permit.get()
    sent = {name: value for name, value in members.items() if name not in tokens or (permit and name in permit.members)}
    if permit != Permit(service, operation, sent):
        raise NotPermittedError(f"{operation} is only sent for an action of a plan that somebody approved")


def before_parameter_build(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """The check as botocore calls it, before each call of each client."""
    check(model.service_model.service_name, model.name, params, model.idempotent_members)
