"""`AWS::Backup::Framework` and `AWS::Backup::ReportPlan`: `Ref` gives their ARNs.

Source: CloudFormation template reference, pages of these types, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kind import Kind, Made, Place, Properties, mapped, retag


def _controls(given: Properties) -> list[dict[str, Any]]:
    return [_control(one) for one in given.get("FrameworkControls", [])]


def _control(control: Mapping[str, Any]) -> dict[str, Any]:
    scope = control.get("ControlScope")
    if not isinstance(scope, Mapping) or "Tags" not in scope:
        return dict(control)
    return {**control, "ControlScope": {**scope, "Tags": mapped(scope["Tags"])}}


def _framework(place: Place, given: Properties) -> Made:
    answer = place.call(
        "backup",
        "CreateFramework",
        FrameworkName=given.get("FrameworkName") or place.fresh_name(),
        FrameworkDescription=given.get("FrameworkDescription"),
        FrameworkControls=_controls(given),
        FrameworkTags=mapped(given.get("FrameworkTags")) or None,
    )
    arn, name = answer["FrameworkArn"], answer["FrameworkName"]
    told = place.call("backup", "DescribeFramework", FrameworkName=name)
    attributes = {"FrameworkArn": arn, "FrameworkName": name, "CreationTime": told["CreationTime"].isoformat()}
    return Made(arn, attributes | {member: told[member] for member in ("DeploymentStatus", "FrameworkStatus")})


def _change_framework(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    place.call(
        "backup",
        "UpdateFramework",
        FrameworkName=made.attributes["FrameworkName"],
        FrameworkDescription=new.get("FrameworkDescription"),
        FrameworkControls=_controls(new),
    )
    retag(place, made.id, mapped(old.get("FrameworkTags")), mapped(new.get("FrameworkTags")))
    return made


def _delete_framework(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001
    place.call("backup", "DeleteFramework", FrameworkName=made.attributes["FrameworkName"])


def _report(place: Place, given: Properties) -> Made:
    answer = place.call(
        "backup",
        "CreateReportPlan",
        ReportPlanName=given.get("ReportPlanName") or place.fresh_name(),
        ReportPlanDescription=given.get("ReportPlanDescription"),
        ReportDeliveryChannel=given.get("ReportDeliveryChannel"),
        ReportSetting=given.get("ReportSetting"),
        ReportPlanTags=mapped(given.get("ReportPlanTags")) or None,
    )
    arn = answer["ReportPlanArn"]
    return Made(arn, {"ReportPlanArn": arn, "ReportPlanName": answer["ReportPlanName"]})


def _change_report(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    place.call(
        "backup",
        "UpdateReportPlan",
        ReportPlanName=made.attributes["ReportPlanName"],
        ReportPlanDescription=new.get("ReportPlanDescription"),
        ReportDeliveryChannel=new.get("ReportDeliveryChannel"),
        ReportSetting=new.get("ReportSetting"),
    )
    retag(place, made.id, mapped(old.get("ReportPlanTags")), mapped(new.get("ReportPlanTags")))
    return made


def _delete_report(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001
    place.call("backup", "DeleteReportPlan", ReportPlanName=made.attributes["ReportPlanName"])


KINDS = {
    "AWS::Backup::Framework": Kind(
        properties=frozenset({"FrameworkControls", "FrameworkDescription", "FrameworkName", "FrameworkTags"}),
        create=_framework,
        change=_change_framework,
        delete=_delete_framework,
        fixed=frozenset({"FrameworkName"}),
        tags=("FrameworkTags", True),
    ),
    "AWS::Backup::ReportPlan": Kind(
        properties=frozenset(
            {"ReportDeliveryChannel", "ReportPlanDescription", "ReportPlanName", "ReportPlanTags", "ReportSetting"}
        ),
        create=_report,
        change=_change_report,
        delete=_delete_report,
        fixed=frozenset({"ReportPlanName"}),
        tags=("ReportPlanTags", True),
    ),
}
"""What there is of each type."""
