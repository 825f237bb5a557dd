"""Who wrote last what an action is about: which events of CloudTrail tell, and what follows from them. Pure.

AWS keeps management events of an account and Region for 90 days, and shows them a few minutes after the call
(CloudTrail user guide, "Working with CloudTrail event history", read 2026-11-29).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from backstay_contract.plan import Action, CreatePlan, CreateSelection, DeleteSelection, Drift, UpdatePlan

AGENT = "backstay"
"""By this name CloudTrail knows our calls: the product in the user agent, and the session of the roles that we take."""
DAYS = 90
"""How far CloudTrail's event history goes back."""
_CLOCK = "%Y-%m-%dT%H:%M:%SZ"
Named = Literal["vault", "plan", "deleted plan", "selection", "arn", "opt-ins", "settings"]


@dataclass(frozen=True, slots=True)
class Write:
    """A call that AWS carried out, as CloudTrail tells it. `request` and `response` in CloudTrail's spelling."""

    operation: str
    by: str
    at: datetime
    event: str
    agent: str = ""
    through: str | None = None
    request: Mapping[str, Any] | None = None
    response: Mapping[str, Any] | None = None

    def asked(self, member: str) -> Any:
        """A parameter of the call; None where it has none of that name."""
        return (self.request or {}).get(member)

    def answered(self, member: str) -> Any:
        """A member of the answer; None where there is none of that name."""
        return (self.response or {}).get(member)


@dataclass(frozen=True, slots=True)
class Row:
    """How CloudTrail tells of one kind of action: the operations that write the same thing, and how they name it.

    `makes`: the action sets what was not there, so that no event at all only means that the policy wants it now.
    """

    named: Named
    operations: tuple[str, ...]
    makes: bool = False


_LOCKS = ("PutBackupVaultLockConfiguration", "DeleteBackupVaultLockConfiguration")
_POLICIES = ("PutBackupVaultAccessPolicy", "DeleteBackupVaultAccessPolicy")
_EVENTS = ("PutBackupVaultNotifications", "DeleteBackupVaultNotifications")
# One row a kind of action. Kinds without a row say themselves that a policy is the reason: what no policy wants goes.
# Source: AWS Backup API reference, request parameters of each operation; read 2026-11-29.
ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "create-vault": Row("vault", ("DeleteBackupVault",), makes=True),
        "put-vault-lock": Row("vault", _LOCKS),
        "delete-vault-lock": Row("vault", _LOCKS),
        "put-vault-policy": Row("vault", _POLICIES),
        "delete-vault-policy": Row("vault", _POLICIES),
        "put-vault-notifications": Row("vault", _EVENTS),
        "delete-vault-notifications": Row("vault", _EVENTS),
        "create-plan": Row("deleted plan", ("DeleteBackupPlan",), makes=True),
        "update-plan": Row("plan", ("UpdateBackupPlan", "CreateBackupPlan")),
        "create-selection": Row("selection", ("DeleteBackupSelection", "CreateBackupSelection"), makes=True),
        "delete-selection": Row("selection", ("CreateBackupSelection",)),
        "tag-resource": Row("arn", ("TagResource", "UntagResource"), makes=True),
        "update-region-settings": Row("opt-ins", ("UpdateRegionSettings",)),
        "update-global-settings": Row("settings", ("UpdateGlobalSettings",)),
    }
)


def row_of(action: Action) -> Row | None:
    """The row of an action; None where there is nothing to ask: the reason tells it all, or all of it is new."""
    if isinstance(action, CreateSelection) and action.plan_id is None:
        return None
    return ROWS.get(action.kind)


def read_write(event: Mapping[str, Any]) -> Write | None:
    """An event of `LookupEvents`; None for one that changed nothing: refused, read-only, or not readable."""
    try:
        record = json.loads(event["CloudTrailEvent"])
        if record.get("errorCode") or record.get("readOnly") is True:
            return None
        who = record.get("userIdentity") or {}
        service = who.get("invokedBy")
        by = who.get("arn") or service or who.get("principalId") or who.get("type")
        at = datetime.strptime(record["eventTime"], _CLOCK).replace(tzinfo=UTC)
        return Write(
            str(record["eventName"]),
            str(by or "somebody"),
            at,
            str(record.get("eventID") or event.get("EventId") or ""),
            str(record.get("userAgent") or ""),
            str(service) if service and service != by else None,
            record.get("requestParameters"),
            record.get("responseElements"),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def is_ours(write: Write, role: str) -> bool:
    """Whether Backstay made a call: its program, or its session of its role (a name without a path)."""
    return f"{AGENT}/" in write.agent or write.by.endswith(f":assumed-role/{role}/{AGENT}")


def is_about(action: Action, write: Write, names: Mapping[str, str]) -> bool:
    """Whether a call wrote what an action is about. `names`: of plans and selections that are gone, by their id."""
    row = row_of(action)
    if row is None or write.operation not in row.operations:
        return False
    match row.named:
        case "vault":
            return bool(write.asked("backupVaultName") == action.name)
        case "plan":
            wanted = action.plan_id if isinstance(action, UpdatePlan) else None
            return wanted in (write.asked("backupPlanId"), write.answered("backupPlanId"))
        case "deleted plan":
            return isinstance(action, CreatePlan) and names.get(str(write.asked("backupPlanId"))) == action.name
        case "selection":
            return _is_selection(action, write, names)
        case "arn":
            return bool(write.asked("resourceArn") == getattr(action, "arn", ""))
        case "opt-ins":
            return _shares(write.asked("resourceTypeOptInPreference"), action)
        case "settings":
            return _shares(write.asked("globalSettings"), action)


def _is_selection(action: Action, write: Write, names: Mapping[str, str]) -> bool:
    if isinstance(action, DeleteSelection):
        return bool(write.answered("selectionId") == action.selection_id)
    if not isinstance(action, CreateSelection) or write.asked("backupPlanId") != action.plan_id:
        return False
    name = _created(write) or names.get(str(write.asked("selectionId")))
    return name is None or name in (action.name, action.name_if_taken)


def _created(write: Write) -> str | None:
    body = write.asked("backupSelection")
    return str(body["selectionName"]) if isinstance(body, Mapping) and body.get("selectionName") else None


def _shares(settings: Any, action: Action) -> bool:
    return isinstance(settings, Mapping) and bool(settings.keys() & getattr(action, "after", {}).keys())


def selection_names(writes: Iterable[Write]) -> dict[str, str]:
    """The names of the selections whose creation is told, by id."""
    found = ((write.answered("selectionId"), _created(write)) for write in writes)
    return {str(identity): name for identity, name in found if identity and name}


def last_writer(
    action: Action, writes: Sequence[Write], names: Mapping[str, str], role: str, unknown: str | None
) -> Drift | None:
    """What the calls (of each operation the newest first) say about an action; None where there is nothing to say.

    `unknown`: why the calls may not be all that there were; None where they are.
    """
    row = row_of(action)
    if row is None:
        return None
    about = [write for write in writes if is_about(action, write, names)]
    if not about:
        if unknown is None and (row.makes or getattr(action, "before", row) is None):
            return None  # there was none before, and nobody took it away: the policy wants it now
        return Drift(cause="unknown", reason=unknown or f"CloudTrail tells of no change to it in the last {DAYS} days")
    last = max(about, key=lambda write: write.at)  # of two in a second the one that CloudTrail tells first
    return Drift(
        cause="policy" if is_ours(last, role) else "aws",
        by=last.by,
        through=last.through,
        at=last.at.isoformat(),
        operation=last.operation,
        event=last.event,
    )
