"""Where the values of the rarer nouns were written: frameworks, reports, restore tests, holds, tiering, keys, roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay import ir

Trace = Iterator[tuple[str, ir.Where, str]]
"""JSON pointers of a shape's document, each with the construct that says the value there, and the keyword that does."""

_FRAMEWORK = {"FrameworkName": "name", "FrameworkDescription": "description", "FrameworkTags": "tags"}
_CONTROL = {
    # `resource` and `types` also narrow one control down to a single resource of a type
    "ControlScope/ComplianceResourceIds": "resource",
    "ControlScope/ComplianceResourceTypes": "types",
    "ControlScope/Tags": "on",
}
_REPORT = {
    "ReportPlanName": "name",
    "ReportPlanDescription": "description",
    "ReportDeliveryChannel/S3BucketName": "bucket",
    "ReportDeliveryChannel/S3KeyPrefix": "prefix",
    "ReportDeliveryChannel/Formats": "formats",
    "ReportSetting/ReportTemplate": "template",
    "ReportSetting/FrameworkNames": "frameworks",
    "ReportSetting/Accounts": "accounts",
    "ReportSetting/OrganizationUnits": "units",
    "ReportSetting/Regions": "regions",
    "ReportPlanTags": "tags",
}
_TEST = {
    "RestoreTestingPlan/RestoreTestingPlanName": "name",
    "RestoreTestingPlan/ScheduleExpression": "at",
    "RestoreTestingPlan/StartWindowHours": "start_within",
    "RestoreTestingPlan/RecoveryPointSelection/Algorithm": "latest",
    "RestoreTestingPlan/RecoveryPointSelection/IncludeVaults": "vaults",
    "RestoreTestingPlan/RecoveryPointSelection/ExcludeVaults": "exclude_vaults",
    "RestoreTestingPlan/RecoveryPointSelection/RecoveryPointTypes": "points",
    "RestoreTestingPlan/RecoveryPointSelection/SelectionWindowDays": "look_back",
    "Tags": "tags",
}
_RESTORED = {
    "RestoreTestingSelectionName": "name",
    "ProtectedResourceType": "type",
    "IamRoleArn": "role",
    "ProtectedResourceArns": "resources",
    "ProtectedResourceConditions": "where",
    "RestoreMetadataOverrides": "overrides",
    "ValidationWindowHours": "validate_within",
}
_HOLD = {
    "Title": "title",
    "Description": "description",
    "RecoveryPointSelection/VaultNames": "vaults",
    "RecoveryPointSelection/ResourceIdentifiers": "resources",
    "RecoveryPointSelection/DateRange/FromDate": "since",
    "RecoveryPointSelection/DateRange/ToDate": "until",
    "Tags": "tags",
}
_TIERING = {
    "TieringConfiguration/TieringConfigurationName": "name",
    "TieringConfiguration/BackupVaultName": "vault",
    "TieringConfigurationTags": "tags",
}
_TIER = {"ResourceType": "types", "Resources": "resources", "TieringDownSettingsInDays": "after"}
_KEY = {"AliasName": "alias"}
_ROLE = {"RoleName": "name", "Path": "name"}


def rare(shape: ir.Shape) -> Trace:
    """The places of everything in a shape that few shapes have."""
    yield from _audits(shape)
    yield from _restores(shape)
    for number, hold in enumerate(shape.legal_holds):
        yield from placed(f"/legal_holds/{number}", hold.where, _HOLD)
    for number, tiering in enumerate(shape.tiering):
        yield from placed(f"/tiering_configurations/{number}", tiering.where, _TIERING)
        for row in range(len(tiering.resources)):
            place = f"/tiering_configurations/{number}/TieringConfiguration/ResourceSelection/{row}"
            yield from placed(place, tiering.where, _TIER)
    for number, key in enumerate(shape.keys):
        yield from placed(f"/keys/{number}", key.where, _KEY)
    for number, role in enumerate(shape.roles):
        yield from placed(f"/roles/{number}", role.where, _ROLE)


def _audits(shape: ir.Shape) -> Trace:
    for number, framework in enumerate(shape.frameworks):
        place = f"/frameworks/{number}"
        yield from placed(place, framework.where, _FRAMEWORK)
        for count, control in enumerate(framework.controls):
            yield from placed(f"{place}/FrameworkControls/{count}", control.where, _CONTROL)
    for number, report in enumerate(shape.reports):
        yield from placed(f"/report_plans/{number}", report.where, _REPORT)


def _restores(shape: ir.Shape) -> Trace:
    for number, test in enumerate(shape.restore_tests):
        place = f"/restore_testing_plans/{number}"
        yield from placed(place, test.where, _TEST)
        yield f"{place}/RestoreTestingPlan/ScheduleExpressionTimezone", test.where, zone(test.where)
    chosen = [(test, one) for test in shape.restore_tests for one in test.selections]
    for number, (test, one) in enumerate(chosen):
        place = f"/restore_testing_selections/{number}"
        yield from placed(f"{place}/RestoreTestingSelection", one.where, _RESTORED)
        yield place, one.where, ""
        yield f"{place}/RestoreTestingPlanName", test.where, "name"


def placed(pointer: str, where: ir.Where, members: Mapping[str, str]) -> Trace:
    """A construct, and those members of it that one keyword each says (`member/of/a/member` → keyword)."""
    yield pointer, where, ""
    yield from ((f"{pointer}/{member}", where, keyword) for member, keyword in members.items())


def zone(where: ir.Where) -> str:
    """The keyword that says the time zone of a schedule: its own, or that of the schedule."""
    return "tz" if "tz" in where.fields else "at"


def escaped(key: str) -> str:
    """A member's name as a JSON pointer has it."""
    return key.replace("~", "~0").replace("/", "~1")
