"""`AWS::Backup::BackupPlan` and `AWS::Backup::BackupSelection`.

Source: CloudFormation template reference, pages of these types, read 2026-11; the properties have other names than the
API's members in two places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kind import Kind, Made, Place, Properties, retag


def _body(given: Properties) -> dict[str, Any]:
    plan = dict(given.get("BackupPlan", {}))
    rules = plan.pop("BackupPlanRule", [])
    return {**plan, "Rules": [_rule(rule) for rule in rules]}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {"TargetBackupVaultName" if name == "TargetBackupVault" else name: value for name, value in rule.items()}


def _create(place: Place, given: Properties) -> Made:
    tags = given.get("BackupPlanTags")
    return _made(place.call("backup", "CreateBackupPlan", BackupPlan=_body(given), BackupPlanTags=tags))


def _made(answer: dict[str, Any]) -> Made:
    names = ("BackupPlanArn", "BackupPlanId", "VersionId")
    return Made(answer["BackupPlanId"], {name: answer[name] for name in names})


def _change(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if _body(old) != _body(new):
        made = _made(place.call("backup", "UpdateBackupPlan", BackupPlanId=made.id, BackupPlan=_body(new)))
    tags = (one.get("BackupPlanTags") or {} for one in (old, new))
    retag(place, made.attributes["BackupPlanArn"], *tags)
    return made


def _delete(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("backup", "DeleteBackupPlan", BackupPlanId=made.id)


def _select(place: Place, given: Properties) -> Made:
    plan = given.get("BackupPlanId")
    answer = place.call(
        "backup", "CreateBackupSelection", BackupPlanId=plan, BackupSelection=given.get("BackupSelection")
    )
    own = answer["SelectionId"]
    return Made(own, {"BackupPlanId": answer["BackupPlanId"], "Id": own, "SelectionId": own})


def _never(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    raise AssertionError(f"every property of a selection makes a new one: {place.logical_id}, {made}, {old}, {new}")


def _unselect(place: Place, made: Made, given: Properties) -> None:
    place.call("backup", "DeleteBackupSelection", BackupPlanId=given["BackupPlanId"], SelectionId=made.id)


_SELECTION = frozenset({"BackupPlanId", "BackupSelection"})

KINDS = {
    "AWS::Backup::BackupPlan": Kind(
        properties=frozenset({"BackupPlan", "BackupPlanTags"}),
        create=_create,
        change=_change,
        delete=_delete,
        tags=("BackupPlanTags", False),
    ),
    "AWS::Backup::BackupSelection": Kind(
        properties=_SELECTION, create=_select, change=_never, delete=_unselect, fixed=_SELECTION
    ),
}
"""What there is of each type."""
