"""Frameworks and report plans of Audit Manager in stacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_frameworks_and_report_plans(stacks: Any, template: Callable[..., str]) -> None:
    """They are made, changed in place and deleted with their stack; a description is not needed."""

    def add(days: int) -> Callable[[dict[str, Any]], None]:
        def change(resources: dict[str, Any]) -> None:
            kept = {"ParameterName": "requiredRetentionDays", "ParameterValue": days}
            control = {
                "ControlName": "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
                "ControlInputParameters": [kept],
                "ControlScope": {"Tags": [{"Key": "team", "Value": ""}]},
            }
            resources["Framework"] = {"Type": "AWS::Backup::Framework", "Properties": {"FrameworkControls": [control]}}
            properties = {
                "ReportDeliveryChannel": {"S3BucketName": "reports"},
                "ReportSetting": {
                    "ReportTemplate": "CONTROL_COMPLIANCE_REPORT",
                    "FrameworkArns": [{"Fn::GetAtt": ["Framework", "FrameworkArn"]}],
                },
                "ReportPlanTags": [{"Key": "days", "Value": str(days)}],
            }
            resources["Report"] = {"Type": "AWS::Backup::ReportPlan", "Properties": properties}

        return change

    def there() -> tuple[list[str], list[str]]:
        frameworks = stacks.backup.list_frameworks()["Frameworks"]
        plans = stacks.backup.list_report_plans()["ReportPlans"]
        return [one["FrameworkArn"] for one in frameworks], [one["ReportPlanArn"] for one in plans]

    assert stacks.create(template(add(7)))["StackStatus"] == "CREATE_COMPLETE"
    made = there()
    assert made == ([stacks.ids()["Framework"]], [stacks.ids()["Report"]])
    assert stacks.update(template(add(8)))["StackStatus"] == "UPDATE_COMPLETE"
    assert there() == made
    assert stacks.backup.list_tags(ResourceArn=made[1][0])["Tags"] == {"days": "8"}
    assert stacks.update(template(lambda resources: None))["StackStatus"] == "UPDATE_COMPLETE"
    assert there() == ([], [])
