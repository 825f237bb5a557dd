"""What a thing cannot be without: where that is undecided, leaving out the member alone would change what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backstay.importer.bodies.selections import wrong_tests
from backstay.importer.bodies.shapes import TAG
from backstay.importer.found import Found, Kind, Unknown
from backstay.importer.write.things import OWN_ACCOUNT, OWN_REGION, strings
from backstay_aws.selection import TAG_PREFIX
from backstay_contract.findings import Span

NEEDED: Final[Mapping[Kind, tuple[str, ...]]] = {
    # kind → members of its body
    "air_gapped_vault": ("MinRetentionDays", "MaxRetentionDays"),
    "lock": ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays"),
    "legal_hold": ("RecoveryPointSelection",),
    "tiering": ("BackupVaultName", "ResourceSelection"),
    "notifications": ("BackupVaultEvents",),
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
_ARNS = ("Resources", "NotResources", "ProtectedResourceArns")
_TAGS = ("ListOfTags", "Conditions", "ProtectedResourceConditions")
_OWN = "it stands for what the account or the Region is called, for which policies have no word there"


def what_is_open(one: Found) -> Unknown | None:
    """What is undecided in the members that a thing cannot be without.

    Of a lock also whether it is there: one that is made and should not be is worse than one that is missing.
    """
    body = _body(one)
    if isinstance(body, Unknown):
        return body
    if one.kind == "lock" and one.maybe is not None:
        return one.maybe
    if one.kind == "access":
        return _open_policy(body.get("Policy"))
    if one.kind == "report_plan":
        setting = body.get("ReportSetting")
        return first_open(setting.get("ReportTemplate") if isinstance(setting, Mapping) else setting)
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


def _open_policy(policy: Any) -> Unknown | None:
    """What is undecided in an access policy, and may not be.

    An open part of what is allowed allows nothing until somebody puts it right; of what is denied it may deny more.
    """
    if not isinstance(policy, Mapping):
        return first_open(policy)
    statements = policy.get("Statement")
    for one in statements if isinstance(statements, list | tuple) else (statements,):
        denied = not isinstance(one, Mapping) or one.get("Effect") == "Deny"
        open_ = first_open(one if denied else [one.get(member) for member in ("Effect", "Action", "NotAction")])
        if open_ is not None:
            return open_
    return None


def takes_nothing(one: Found) -> bool:
    """Whether this is a selection that names nothing to take. AWS refuses it; a policy would have to say everything."""
    body = _body(one)
    if one.kind != "selection" or not isinstance(body, Mapping):
        return False
    conditions = body.get("Conditions")
    said = conditions.values() if isinstance(conditions, Mapping) else [conditions]
    return not any(said) and not any(body.get(member) for member in ("Resources", "ListOfTags", "NotResources"))


def refused(one: Found) -> str | None:
    """What AWS refuses of a selection, and no policy can say: an ARN that is none, a tag without a key."""
    body = _body(one)
    if one.kind not in ("selection", "restore_testing_selection") or not isinstance(body, Mapping):
        return None
    arns = [arn for member in _ARNS for arn in strings(body.get(member)) if arn != "*" and not arn.startswith("arn:")]
    if arns:
        return f"`{arns[0]}` is no ARN"
    tests = body.get("ListOfTags")
    for test in tests if isinstance(tests, list | tuple) else ():
        if isinstance(test, Mapping) and any(one.severity == "error" for one in wrong_tests(TAG, test)):
            return f"AWS compares no tags by `{test['ConditionType']}` there"
    keys = (key for member in _TAGS for key in _keys(body.get(member)))
    return "it asks for a tag without a key" if any(key in ("", TAG_PREFIX) for key in keys) else None


def _keys(value: Any) -> Iterator[Any]:
    """The tag keys of comparisons, which stand in a list, or in one for each operator."""
    if isinstance(value, Mapping):
        for listed in value.values():
            yield from _keys(listed)
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one.get("ConditionKey", one.get("Key", ""))


def place_of(one: Found, unknown: Unknown) -> Span:
    """Where something undecided stands, or the nearest thing around it whose place is known."""
    pointer = next(_pointers(one.body, unknown, ""), "")
    while pointer and pointer not in one.places:
        pointer = pointer.rpartition("/")[0]
    return one.places.get(pointer, one.place)


def first_open(value: Any) -> Unknown | None:
    """The first value inside a value that is undecided, and for which the source itself has no default."""
    if isinstance(value, Unknown):
        return value if value.default is None else None
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next((one for part in parts if (one := first_open(part)) is not None), None)


def _pointers(value: Any, wanted: Unknown, at: str) -> Iterator[str]:
    if value == wanted:
        yield at
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _pointers(member, wanted, f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _pointers(item, wanted, f"{at}/{number}")


def _body(one: Found) -> Any:
    return one.body.get(WRAPPED[one.kind], one.body) if one.kind in WRAPPED else one.body


def _barred(one: Found, body: Mapping[str, Any]) -> Unknown | None:
    """What a selection must not take and no policy can name: without it, the selection would take more."""
    barred = strings(body.get("NotResources")) if one.kind == "selection" else ()
    said = next((arn for arn in barred if OWN_ACCOUNT in arn or OWN_REGION in arn), None)
    return Unknown(said, _OWN, "barred") if said is not None else None
