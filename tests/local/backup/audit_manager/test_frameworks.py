"""Frameworks: what is refused, what is answered, and how they come and go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

PLAN = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"
FREQUENCY = "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"
DELETION = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"
ENCRYPTED = "BACKUP_RECOVERY_POINT_ENCRYPTED"
RETENTION = "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"
REGION = "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION"
ACCOUNT = "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT"
LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"
RESTORE = "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"
AIR_GAP = "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT"
ROLE = "arn:aws:iam::123456789012:role/Admin"


def test_a_framework_is_there_as_it_was_made(auditor: Any, control: Any) -> None:
    """Name, description, controls, tags: all come back; the list has the number of controls."""
    controls = [control(PLAN, {"ComplianceResourceTypes": ["S3"]}), control(RETENTION, requiredRetentionDays=7)]
    arn = auditor.framework(*controls, FrameworkDescription="all of it", FrameworkTags={"team": "a"})
    assert arn.startswith(f"arn:aws:backup:us-east-1:{auditor.account}:framework:frame-")
    found = auditor.backup.describe_framework(FrameworkName="frame")
    assert (found["FrameworkArn"], found["FrameworkControls"]) == (arn, controls)
    assert (found["DeploymentStatus"], found["FrameworkStatus"]) == ("COMPLETED", "ACTIVE")
    assert found["FrameworkDescription"] == "all of it"
    auditor.backup.tag_resource(ResourceArn=arn, Tags={"b": "c"})
    assert auditor.backup.list_tags(ResourceArn=arn)["Tags"] == {"team": "a", "b": "c"}
    (listed,) = auditor.backup.list_frameworks()["Frameworks"]
    assert (listed["FrameworkName"], listed["NumberOfControls"]) == ("frame", 2)


def test_frameworks_are_listed_in_pages(auditor: Any, control: Any) -> None:
    """Pages follow the names, without a gap and without a double."""
    for number in range(5):
        auditor.framework(control(RETENTION, requiredRetentionDays=number + 1), name=f"f{number}")
    names, token = [], {}
    while token is not None:
        page = auditor.backup.list_frameworks(MaxResults=2, **token)
        names += [one["FrameworkName"] for one in page["Frameworks"]]
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert names == [f"f{number}" for number in range(5)]


BAD: list[tuple[str, dict[str, Any] | None, dict[str, object]]] = [
    ("NO_SUCH_CONTROL", None, {}),
    (PLAN, None, {"requiredRetentionDays": 1}),
    (RETENTION, None, {"requiredRetentionDays": "many"}),
    (RETENTION, None, {"requiredRetentionDays": 0}),
    (FREQUENCY, None, {"requiredFrequencyUnit": "weeks"}),
    (FREQUENCY, None, {"requiredFrequencyUnit": "hours", "requiredFrequencyValue": 25}),
    (FREQUENCY, None, {"requiredFrequencyValue": 32}),
    (LAST, None, {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": 745}),
    (AIR_GAP, None, {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": 23}),
    (AIR_GAP, None, {"recoveryPointAgeValue": 92}),
    (DELETION, None, {"principalArnList": ",".join([ROLE] * 6)}),
    (DELETION, None, {"principalArnList": "arn:aws:iam::123456789012:user/Me"}),
    (ACCOUNT, None, {"crossAccountList": "12345"}),
    (REGION, None, {"crossRegionList": "eu-west-1;eu-west-2"}),
    (PLAN, {"Tags": {"a": "1", "b": "2"}}, {}),
    (PLAN, {"Tags": {"a": "1"}, "ComplianceResourceTypes": ["S3"]}, {}),
    (PLAN, {"ComplianceResourceTypes": ["Floppy"]}, {}),
    (PLAN, {"ComplianceResourceIds": ["one"]}, {}),
    (PLAN, {"ComplianceResourceIds": ["one", "two"], "ComplianceResourceTypes": ["S3"]}, {}),
    (AIR_GAP, {"Tags": {"a": "1"}}, {}),
    (ENCRYPTED, {"ComplianceResourceTypes": ["EBS"]}, {}),
]


@pytest.mark.parametrize(("name", "scope", "parameters"), BAD)
def test_what_a_control_does_not_take_is_refused(
    shared: Any, control: Any, refusal: Any, name: str, scope: dict[str, Any] | None, parameters: dict[str, object]
) -> None:
    """Unknown names, values outside of AWS's ranges, and scopes that a control does not have."""
    code, _ = refusal(lambda: shared.framework(control(name, scope, **parameters)))
    assert code == "InvalidParameterValueException"


def test_what_a_control_takes(auditor: Any, control: Any) -> None:
    """The ends of the ranges, lists, and every kind of scope."""
    arn = auditor.framework(
        control(FREQUENCY, {"Tags": {"a": ""}}, requiredFrequencyUnit="hours", requiredFrequencyValue=24),
        control(LAST, {"ComplianceResourceTypes": ["AWS::EFS::FileSystem", "S3"]}, recoveryPointAgeValue=31),
        control(AIR_GAP, recoveryPointAgeUnit="hours", recoveryPointAgeValue=2184),
        control(DELETION, principalArnList=",".join(f"{ROLE}{number}" for number in range(5))),
        control(REGION, crossRegionList="eu-west-1, us-gov-west-1"),
        control(PLAN, {"ComplianceResourceTypes": ["S3"], "ComplianceResourceIds": ["one"]}),
        control(ENCRYPTED, {"ComplianceResourceTypes": ["AWS::Backup::RecoveryPoint"]}),
    )
    assert ":framework:" in arn
    found = auditor.backup.describe_framework(FrameworkName="frame")["FrameworkControls"]
    scopes = {one["ControlName"]: one.get("ControlScope") for one in found}
    assert (scopes[FREQUENCY], scopes[AIR_GAP]) == ({"Tags": {"a": ""}}, None)
    assert scopes[PLAN] == {"ComplianceResourceTypes": ["S3"], "ComplianceResourceIds": ["one"]}


def test_no_twins(auditor: Any, control: Any, refusal: Any) -> None:
    """A name, or the same controls with the same parameters in whatever order and spelling, exists only once."""
    auditor.framework(control(PLAN), control(RETENTION), name="one")
    assert refusal(lambda: auditor.framework(control(ENCRYPTED), name="one"))[0] == "AlreadyExistsException"
    same = (control(RETENTION, requiredRetentionDays=35), control(PLAN))
    assert refusal(lambda: auditor.framework(*same, name="two"))[0] == "AlreadyExistsException"
    auditor.framework(control(ENCRYPTED), name="two")
    found = refusal(
        lambda: auditor.backup.update_framework(FrameworkName="two", FrameworkControls=[control(PLAN), same[0]])
    )
    assert found[0] == "AlreadyExistsException"


def test_quotas(auditor: Any, control: Any, refusal: Any) -> None:
    """15 frameworks, and 50 controls over all of them, fit into a Region."""
    assert refusal(lambda: auditor.framework())[0] == "InvalidParameterValueException"
    many = [control(RETENTION, requiredRetentionDays=number + 1) for number in range(36)]
    auditor.framework(*many, name="many")
    assert refusal(lambda: auditor.framework(*many[:15], name="more"))[0] == "LimitExceededException"
    for number in range(14):
        auditor.framework(many[number], name=f"f{number}")
    assert refusal(lambda: auditor.framework(many[20], name="last"))[0] == "LimitExceededException"


def test_same_token_same_framework(auditor: Any, control: Any, refusal: Any) -> None:
    """The same token and body answers as the first time; another body with it exists already."""
    first = auditor.framework(control(PLAN), IdempotencyToken="t1")
    assert auditor.framework(control(PLAN), IdempotencyToken="t1") == first
    found = refusal(lambda: auditor.framework(control(ENCRYPTED), IdempotencyToken="t1"))
    assert found[0] == "AlreadyExistsException"
    assert auditor.backup.describe_framework(FrameworkName="frame")["IdempotencyToken"] == "t1"


def test_a_busy_framework_is_left_alone(open_site: Any, audit: Any, control: Any, refusal: Any) -> None:
    """While it is made, changed or deleted, it can be neither changed nor deleted; then it is ready, or gone."""
    site = open_site(settings=Settings(deploy_time=timedelta(minutes=1)))
    auditor = audit(site)
    arn = auditor.framework(control(PLAN))

    def deployment() -> str:
        return str(auditor.backup.describe_framework(FrameworkName="frame")["DeploymentStatus"])

    def change() -> object:
        return auditor.backup.update_framework(FrameworkName="frame", FrameworkDescription="new")

    def delete() -> object:
        return auditor.backup.delete_framework(FrameworkName="frame")

    for begin, status in ((lambda: None, "CREATE_IN_PROGRESS"), (change, "UPDATE_IN_PROGRESS")):
        begin()
        assert deployment() == status
        assert refusal(change)[0] == refusal(delete)[0] == "ConflictException"
        site.advance(minutes=1)
        assert deployment() == "COMPLETED"
    delete()
    assert deployment() == "DELETE_IN_PROGRESS"
    site.advance(minutes=1)
    assert refusal(deployment)[0] == "ResourceNotFoundException"
    assert refusal(lambda: auditor.backup.list_tags(ResourceArn=arn))[0] == "ResourceNotFoundException"
    assert refusal(delete)[0] == "ResourceNotFoundException"


def test_a_framework_is_updated(auditor: Any, control: Any) -> None:
    """What the update names is new, what it leaves out is as it was."""
    arn = auditor.framework(control(PLAN), FrameworkDescription="old")
    answer = auditor.backup.update_framework(FrameworkName="frame", FrameworkControls=[control(ENCRYPTED)])
    found = auditor.backup.describe_framework(FrameworkName="frame")
    assert (answer["FrameworkArn"], answer["CreationTime"]) == (arn, found["CreationTime"])
    assert (found["FrameworkControls"], found["FrameworkDescription"]) == ([control(ENCRYPTED)], "old")


def test_the_recorder_of_config_decides_when_it_is_asked(open_site: Any, audit: Any, control: Any) -> None:
    """Nothing recorded is INACTIVE, something PARTIALLY_ACTIVE, all ACTIVE; what is not recorded is not evaluated."""
    site = open_site(settings=Settings(config_recording="asked", framework_arn="/"))
    auditor, config = audit(site), site.client("config")
    site.vault()
    site.plan({"RuleName": "r", "TargetBackupVaultName": "v1"})
    arn = auditor.framework(control(FREQUENCY), control(DELETION))
    assert ":framework/frame-" in arn

    def record(*types: str) -> str:
        group = {"allSupported": not types, "includeGlobalResourceTypes": False, "resourceTypes": list(types)}
        recorder = {"name": "default", "roleARN": site.role(), "recordingGroup": group}
        config.put_configuration_recorder(ConfigurationRecorder=recorder)
        if types:
            bucket = f"config-{len(types)}"
            site.client("s3").create_bucket(Bucket=bucket)
            config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": bucket})
            config.start_configuration_recorder(ConfigurationRecorderName="default")
        return str(auditor.backup.describe_framework(FrameworkName="frame")["FrameworkStatus"])

    assert auditor.backup.describe_framework(FrameworkName="frame")["FrameworkStatus"] == "INACTIVE"
    assert record("AWS::Backup::BackupPlan") == "PARTIALLY_ACTIVE"
    auditor.bucket()
    auditor.plan("CONTROL_COMPLIANCE_REPORT", FrameworkArns=[arn])
    rows = auditor.read(auditor.run())
    assert [row["controlComplianceStatus"] for row in rows] == ["COMPLIANT", "INSUFFICIENT_DATA"]
    assert [bool(row["lastEvaluationTime"]) for row in rows] == [True, False]
    assert record("AWS::Backup::BackupPlan", "AWS::Backup::BackupVault") == "ACTIVE"
    assert record() == "ACTIVE"
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    assert auditor.backup.describe_framework(FrameworkName="frame")["FrameworkStatus"] == "INACTIVE"


def test_restore_time_needs_no_recording(open_site: Any, audit: Any, control: Any) -> None:
    """The control of restore times asks AWS Config for nothing, so its framework is active at once."""
    auditor = audit(open_site(settings=Settings(config_recording="asked")))
    auditor.framework(control(RESTORE, maxRestoreTime=720))
    assert auditor.backup.describe_framework(FrameworkName="frame")["FrameworkStatus"] == "ACTIVE"
