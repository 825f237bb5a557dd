"""What a thing cannot be without: where that is undecided, leaving out the member alone would change what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backstay.importer.found import Found, Kind, Unknown
from backstay.importer.write.things import OWN_ACCOUNT, OWN_REGION, strings

NEEDED: Final[Mapping[Kind, tuple[str, ...]]] = {
    # kind → members of its body
    "air_gapped_vault": ("MinRetentionDays", "MaxRetentionDays"),
    "lock": ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays"),
    "legal_hold": ("RecoveryPointSelection",),
    "tiering": ("BackupVaultName", "ResourceSelection"),
    "selection": ("Resources", "NotResources", "ListOfTags", "Conditions"),
    "restore_testing_selection": ("ProtectedResourceType", "ProtectedResourceArns", "ProtectedResourceConditions"),
}
WRAPPED: Final[Mapping[Kind, str]] = {
    # kind → the member in which a request has its body
    "selection": "BackupSelection",
    "restore_testing_plan": "RestoreTestingPlan",
    "restore_testing_selection": "RestoreTestingSelection",
    "tiering": "TieringConfiguration",
}
_OWN = "it stands for what the account or the Region is called, for which policies have no word there"


def what_is_open(one: Found) -> Unknown | None:
    """What is undecided in the members that a thing cannot be without. Of an access policy: all of it."""
    body = _body(one)
    if isinstance(body, Unknown):
        return body
    if one.kind == "access":
        policy = body.get("Policy")
        return policy if isinstance(policy, Unknown) and policy.default is None else None
    found = (first_open(body.get(member)) for member in NEEDED.get(one.kind, ()))
    return next((unknown for unknown in found if unknown is not None), None) or _barred(one, body)


def open_vaults(one: Found) -> Unknown | None:
    """What is undecided in the vaults of a restore testing plan."""
    body = _body(one)
    if one.kind != "restore_testing_plan" or isinstance(body, Unknown):
        return None
    points = body.get("RecoveryPointSelection")
    if not isinstance(points, Mapping):
        return first_open(points)
    return first_open([points.get(member) for member in ("IncludeVaults", "ExcludeVaults")])


def first_open(value: Any) -> Unknown | None:
    """The first value inside a value that is undecided, and for which the source itself has no default."""
    if isinstance(value, Unknown):
        return value if value.default is None else None
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next((one for part in parts if (one := first_open(part)) is not None), None)


def _body(one: Found) -> Any:
    return one.body.get(WRAPPED[one.kind], one.body) if one.kind in WRAPPED else one.body


def _barred(one: Found, body: Mapping[str, Any]) -> Unknown | None:
    """What a selection must not take and no policy can name: without it, the selection would take more."""
    barred = strings(body.get("NotResources")) if one.kind == "selection" else ()
    said = next((arn for arn in barred if OWN_ACCOUNT in arn or OWN_REGION in arn), None)
    return Unknown(said, _OWN, "barred") if said is not None else None
