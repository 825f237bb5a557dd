"""Restore tests, legal holds and tiering, as CloudFormation has them.

Source: CloudFormation template reference, pages of these types, read 2026-11.
"""

from __future__ import annotations

from .kind import Kind, Made, Place, Properties, mapped, retag

_PLAN, _SELECTION, _TIERING = "RestoreTestingPlan", "RestoreTestingSelection", "TieringConfiguration"
_PLAN_MEMBERS = frozenset({
    "RecoveryPointSelection", "RestoreTestingPlanName", "ScheduleExpression", "ScheduleExpressionTimezone",
    "StartWindowHours",
})  # fmt: skip
_SELECTION_MEMBERS = frozenset({
    "IamRoleArn", "ProtectedResourceArns", "ProtectedResourceConditions", "ProtectedResourceType",
    "RestoreMetadataOverrides", "RestoreTestingSelectionName", "ValidationWindowHours",
})  # fmt: skip
_TIERING_MEMBERS = frozenset({"BackupVaultName", "ResourceSelection", "TieringConfigurationName"})


def _only(given: Properties, names: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in given.items() if name in names}


def _test(place: Place, given: Properties) -> Made:
    body = _only(given, _PLAN_MEMBERS)
    tags = mapped(given.get("Tags")) or None
    answer = place.call("backup", "CreateRestoreTestingPlan", RestoreTestingPlan=body, Tags=tags)
    return Made(answer["RestoreTestingPlanName"], {"RestoreTestingPlanArn": answer["RestoreTestingPlanArn"]})


def _change_test(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    body = _only(new, _PLAN_MEMBERS - {"RestoreTestingPlanName"})
    place.call("backup", "UpdateRestoreTestingPlan", RestoreTestingPlanName=made.id, RestoreTestingPlan=body)
    retag(place, made.attributes["RestoreTestingPlanArn"], mapped(old.get("Tags")), mapped(new.get("Tags")))
    return made


def _delete_test(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("backup", "DeleteRestoreTestingPlan", RestoreTestingPlanName=made.id)


def _restored(place: Place, given: Properties) -> Made:
    plan, body = given.get("RestoreTestingPlanName"), _only(given, _SELECTION_MEMBERS)
    place.call("backup", "CreateRestoreTestingSelection", RestoreTestingPlanName=plan, RestoreTestingSelection=body)
    return Made(f"{plan}|{given['RestoreTestingSelectionName']}")


def _change_restored(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    fixed = {"ProtectedResourceType", "RestoreTestingSelectionName"}
    place.call(
        "backup",
        "UpdateRestoreTestingSelection",
        RestoreTestingPlanName=old["RestoreTestingPlanName"],
        RestoreTestingSelectionName=old["RestoreTestingSelectionName"],
        RestoreTestingSelection=_only(new, _SELECTION_MEMBERS - fixed),
    )
    return made


def _delete_restored(place: Place, made: Made, given: Properties) -> None:
    plan, _, name = made.id.partition("|")
    assert plan == given["RestoreTestingPlanName"], "the id is made of the two names"
    place.call("backup", "DeleteRestoreTestingSelection", RestoreTestingPlanName=plan, RestoreTestingSelectionName=name)


def _tiering(place: Place, given: Properties) -> Made:
    body, tags = _only(given, _TIERING_MEMBERS), given.get("TieringConfigurationTags")
    answer = place.call(
        "backup", "CreateTieringConfiguration", TieringConfiguration=body, TieringConfigurationTags=tags
    )
    arn = answer["TieringConfigurationArn"]
    made = {"TieringConfigurationArn": arn, "CreationTime": answer["CreationTime"].isoformat()}
    return Made(answer["TieringConfigurationName"], made)


def _change_tiering(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    body = _only(new, _TIERING_MEMBERS - {"TieringConfigurationName"})
    place.call("backup", "UpdateTieringConfiguration", TieringConfigurationName=made.id, TieringConfiguration=body)
    tags = (one.get("TieringConfigurationTags") or {} for one in (old, new))
    retag(place, made.attributes["TieringConfigurationArn"], *tags)
    return made


def _delete_tiering(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("backup", "DeleteTieringConfiguration", TieringConfigurationName=made.id)


def _hold(place: Place, given: Properties) -> Made:
    members = {name: given.get(name) for name in ("Title", "Description", "RecoveryPointSelection")}
    answer = place.call("backup", "CreateLegalHold", **members, Tags=mapped(given.get("Tags")) or None)
    arn = answer["LegalHoldArn"]
    made = {"Arn": arn, "LegalHoldId": answer["LegalHoldId"], "Status": answer["Status"]}
    return Made(arn, made | {"CreationDate": answer["CreationDate"].isoformat()})


def _change_hold(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    retag(place, made.id, mapped(old.get("Tags")), mapped(new.get("Tags")))
    return made


def _cancel(place: Place, made: Made, given: Properties) -> None:
    why = f"Deleted with stack {place.stack}: {given['Title']}"
    place.call("backup", "CancelLegalHold", LegalHoldId=made.attributes["LegalHoldId"], CancelDescription=why)


_HOLD = frozenset({"Description", "RecoveryPointSelection", "Title"})

KINDS = {
    f"AWS::Backup::{_PLAN}": Kind(
        properties=_PLAN_MEMBERS | {"Tags"},
        create=_test,
        change=_change_test,
        delete=_delete_test,
        fixed=frozenset({"RestoreTestingPlanName"}),
        tags=("Tags", True),
    ),
    f"AWS::Backup::{_SELECTION}": Kind(
        properties=_SELECTION_MEMBERS | {"RestoreTestingPlanName"},
        create=_restored,
        change=_change_restored,
        delete=_delete_restored,
        fixed=frozenset({"ProtectedResourceType", "RestoreTestingPlanName", "RestoreTestingSelectionName"}),
    ),
    f"AWS::Backup::{_TIERING}": Kind(
        properties=_TIERING_MEMBERS | {"TieringConfigurationTags"},
        create=_tiering,
        change=_change_tiering,
        delete=_delete_tiering,
        fixed=frozenset({"TieringConfigurationName"}),
        tags=("TieringConfigurationTags", False),
    ),
    "AWS::Backup::LegalHold": Kind(
        properties=_HOLD | {"Tags"},
        create=_hold,
        change=_change_hold,
        delete=_cancel,
        fixed=_HOLD,
        tags=("Tags", True),
    ),
}
"""What there is of each type."""
