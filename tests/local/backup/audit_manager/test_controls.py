"""The eleven controls on real state: what complies, what does not, and what is out of their scope."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
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
LOCK = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"
LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"
RESTORE = "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"
AIR_GAP = "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT"

GOOD, BAD, UNTOLD = "COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"
OTHER = "999999999999"
WEST = "arn:aws:backup:us-west-2:123456789012:backup-vault:far"
FOREIGN = f"arn:aws:backup:us-east-1:{OTHER}:backup-vault:far"
THREE = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy")
ADMIN = "arn:aws:iam::123456789012:role/Admin"


def one(bucket: str) -> dict[str, Any]:
    """The scope that is a single bucket."""
    return {"ComplianceResourceTypes": ["S3"], "ComplianceResourceIds": [bucket]}


def planned(site: Any, rule: Callable[..., Any], bucket: str, *copies: str, vault: str = "v1") -> None:
    """A bucket with a plan that backs it up into a vault, and copies to others."""
    site.bucket(bucket, {"name": bucket, "kind": "planned"})
    actions = [{"DestinationBackupVaultArn": arn} for arn in copies]
    made = rule(TargetBackupVaultName=vault, CopyActions=actions)
    site.plan(made, name=bucket, select={"Resources": [f"arn:aws:s3:::{bucket}"]})


@pytest.fixture(scope="module")
def furnished(shared: Any, rule_maker: Any) -> Any:
    """Buckets that are in a plan, in none, copied far and copied to somebody else."""
    for vault in ("v1", "vmin", "vboth"):
        shared.site.vault(vault)
    lock = shared.backup.put_backup_vault_lock_configuration
    lock(BackupVaultName="vmin", MinRetentionDays=7)
    lock(BackupVaultName="vboth", MinRetentionDays=7, MaxRetentionDays=90)
    shared.site.bucket("bucket-out", {"name": "bucket-out"})
    planned(shared.site, rule_maker, "bucket-in")
    planned(shared.site, rule_maker, "bucket-west", WEST)
    planned(shared.site, rule_maker, "bucket-foreign", FOREIGN)
    planned(shared.site, rule_maker, "bucket-vmin", vault="vmin")
    planned(shared.site, rule_maker, "bucket-vboth", vault="vboth")
    return shared


IN, OUT, FAR, THEIRS = one("bucket-in"), one("bucket-out"), one("bucket-west"), one("bucket-foreign")
MIN, BOTH = one("bucket-vmin"), one("bucket-vboth")
CASES: list[tuple[str, dict[str, Any], dict[str, object], str | None]] = [
    (PLAN, IN, {}, GOOD),
    (PLAN, OUT, {}, BAD),
    (PLAN, {"Tags": {"name": "bucket-out"}}, {}, BAD),
    (PLAN, {"Tags": {"kind": "planned"}}, {}, GOOD),
    (PLAN, {"Tags": {"kind": ""}}, {}, GOOD),
    (PLAN, {"Tags": {"kind": "other"}}, {}, None),
    (PLAN, {"ComplianceResourceTypes": ["EFS"]}, {}, None),
    (REGION, OUT, {}, BAD),
    (REGION, IN, {}, BAD),
    (REGION, FAR, {}, GOOD),
    (REGION, THEIRS, {}, BAD),
    (REGION, FAR, {"crossRegionList": "us-west-2"}, GOOD),
    (REGION, FAR, {"crossRegionList": "eu-west-1"}, BAD),
    (REGION, FAR, {"crossRegionList": "us-west-2,eu-west-1"}, BAD),
    (REGION, {"Tags": {"kind": "other"}}, {}, None),
    (ACCOUNT, FAR, {}, BAD),
    (ACCOUNT, THEIRS, {}, GOOD),
    (ACCOUNT, THEIRS, {"crossAccountList": OTHER}, GOOD),
    (ACCOUNT, THEIRS, {"crossAccountList": "1" * 12}, BAD),
    (ACCOUNT, {"ComplianceResourceTypes": ["EFS"]}, {}, None),
    (LOCK, OUT, {}, BAD),
    (LOCK, IN, {}, BAD),
    (LOCK, MIN, {}, GOOD),
    (LOCK, MIN, {"minRetentionDays": 7}, GOOD),
    (LOCK, MIN, {"minRetentionDays": 8}, BAD),
    (LOCK, MIN, {"maxRetentionDays": 100}, BAD),
    (LOCK, BOTH, {"maxRetentionDays": 100}, GOOD),
    (LOCK, {"Tags": {"kind": "other"}}, {}, None),
    (LAST, OUT, {}, BAD),
    (AIR_GAP, OUT, {}, BAD),
    (AIR_GAP, {"ComplianceResourceTypes": ["EFS"]}, {}, None),
    (RESTORE, OUT, {}, UNTOLD),
]


@pytest.mark.parametrize(("name", "scope", "parameters", "found"), CASES)
def test_what_plans_do_for_resources(
    furnished: Any, control: Any, name: str, scope: dict[str, Any], parameters: dict[str, object], found: str | None
) -> None:
    """In a plan, copied, locked: as the rules of the plans say, before anything of it has happened."""
    results = set(furnished.findings(control(name, scope, **parameters)).values())
    assert results == ({found} if found else set())


@pytest.mark.parametrize(
    ("schedule", "keep", "parameters", "found"),
    [
        ("cron(0 5 ? * * *)", 35, {}, GOOD),
        ("cron(0 5 ? * * *)", None, {}, GOOD),
        ("cron(0 5 ? * * *)", 34, {}, BAD),
        ("cron(0 5 ? * MON *)", 35, {}, BAD),
        ("cron(0 5 ? * MON *)", 35, {"requiredFrequencyValue": 7}, GOOD),
        ("cron(0 0/12 ? * * *)", 35, {"requiredFrequencyUnit": "hours", "requiredFrequencyValue": 12}, GOOD),
        ("cron(0 5 ? * * *)", 35, {"requiredFrequencyUnit": "hours", "requiredFrequencyValue": 12}, BAD),
        ("cron(0 5 ? * * *)", 10, {"requiredRetentionDays": 10}, GOOD),
    ],
)
def test_frequent_and_kept(
    furnished: Any, control: Any, rule: Any, schedule: str, keep: Any, parameters: Any, found: str
) -> None:
    """One rule must do both, whatever summer time does to a day in its zone."""
    made = rule(schedule=schedule, keep=keep, ScheduleExpressionTimezone="Europe/Berlin")
    plan = {"BackupPlanName": uuid.uuid4().hex, "Rules": [made]}
    plan_id = furnished.backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"]
    scope = {"ComplianceResourceTypes": ["AWS::Backup::BackupPlan"], "ComplianceResourceIds": [plan_id]}
    assert furnished.findings(control(FREQUENCY, scope, **parameters)) == {plan_id: found}


def test_two_rules_do_not_add_up(site: Any, auditor: Any, control: Any, rule: Any) -> None:
    """A frequent rule that keeps briefly and a rare one that keeps long do not make a plan that complies."""
    plan_id = site.plan(rule(name="a", keep=7), rule(name="b", schedule="cron(0 5 1 * ? *)", keep=365), name="one")
    assert auditor.findings(control(FREQUENCY)) == {plan_id: BAD}


def deny(actions: tuple[str, ...] = THREE, **members: Any) -> dict[str, Any]:
    """A statement that denies actions to everybody."""
    return {"Effect": "Deny", "Principal": "*", "Action": list(actions), "Resource": "*", **members}


SPARED = {"ArnNotEquals": {"aws:PrincipalArn": ADMIN}}


@pytest.mark.parametrize(
    ("statements", "parameters", "found"),
    [
        ([], {}, BAD),
        ([deny()], {}, GOOD),
        ([deny(Principal={"AWS": "*"})], {}, GOOD),
        ([deny(THREE[:1]), deny(THREE[1:])], {}, GOOD),
        ([deny(THREE[:2])], {}, BAD),
        ([deny(Effect="Allow", Principal={"AWS": ADMIN})], {}, BAD),
        ([deny(Principal={"AWS": ADMIN})], {}, BAD),
        ([deny(Resource="arn:aws:ec2:us-east-1::snapshot/*")], {}, BAD),
        ([deny(Condition=SPARED)], {}, BAD),
        ([deny(Condition=SPARED)], {"principalArnList": ADMIN}, GOOD),
        ([deny(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})], {"principalArnList": ADMIN}, BAD),
    ],
)
def test_nobody_deletes_by_hand(
    furnished: Any, control: Any, statements: list[Any], parameters: Any, found: str
) -> None:
    """The policy must deny the three actions to everybody, save the roles that the control lists."""
    name = f"v{uuid.uuid4().hex[:12]}"
    furnished.site.vault(name)
    if statements:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        furnished.backup.put_backup_vault_access_policy(BackupVaultName=name, Policy=text)
    scope = {"ComplianceResourceTypes": ["AWS::Backup::BackupVault"], "ComplianceResourceIds": [name]}
    assert furnished.findings(control(DELETION, scope, **parameters)) == {name: found}


def test_recovery_points_are_encrypted_and_kept(site: Any, auditor: Any, control: Any) -> None:
    """Each recovery point says for itself whether it is encrypted and how long it is kept; for ever is long enough."""
    site.vault()
    short = site.take(site.volume(), Lifecycle={"DeleteAfterDays": 7})
    long = site.take(site.volume(Encrypted=True), Lifecycle={"DeleteAfterDays": 35})
    ever = site.take(site.bucket("bucket-one"))
    arn = auditor.framework(control(ENCRYPTED), control(RETENTION))
    auditor.bucket()
    auditor.plan("RESOURCE_COMPLIANCE_REPORT", FrameworkArns=[arn])
    rows = auditor.read(auditor.run())
    found = {(row["controlName"], row["resourceId"].partition("/")[2]): row["resourceComplianceStatus"] for row in rows}
    assert found == {
        (ENCRYPTED, short): BAD,
        (ENCRYPTED, long): GOOD,
        (ENCRYPTED, ever): GOOD,
        (RETENTION, short): BAD,
        (RETENTION, long): GOOD,
        (RETENTION, ever): GOOD,
    }
    assert {row["resourceType"] for row in rows} == {"AWS::Backup::RecoveryPoint"}


@pytest.mark.parametrize(("hours", "found"), [(20, GOOD), (30, BAD)])
def test_the_last_recovery_point(site: Any, auditor: Any, control: Any, hours: int, found: str) -> None:
    """It must be as new as asked when the control is evaluated; what was never backed up does not comply."""
    site.vault()
    site.take(site.bucket("bucket-one"))
    site.bucket("bucket-two")
    site.advance(hours=hours)
    found_now = auditor.findings(control(LAST, {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}))
    assert (found_now["bucket-one"], found_now["bucket-two"]) == (found, BAD)


def test_copies_are_no_recovery_points_of_their_resource(site: Any, auditor: Any, control: Any) -> None:
    """A fresh copy of an old recovery point does not make a resource comply."""
    site.vault()
    site.vault("v2")
    point = site.take(site.bucket("bucket-one"))
    site.advance(days=2)
    site.backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=f"arn:aws:backup:us-east-1:{site.account}:backup-vault:v2",
        IamRoleArn=site.role(),
    )
    site.settle()
    assert len(site.points("v2")) == 1
    assert auditor.findings(control(LAST, one("bucket-one"))) == {"bucket-one": BAD}


@pytest.mark.parametrize(
    ("settings", "restored", "minutes", "found"),
    [
        (Settings(never_restored="NON_COMPLIANT"), False, 60, BAD),
        (Settings(), True, 60, GOOD),
    ],
)
def test_restore_times(
    open_site: Any, audit: Any, control: Any, settings: Settings, restored: bool, minutes: int, found: str
) -> None:
    """The latest restore of a resource is compared with the target; without any there is nothing to say."""
    site = open_site(settings=settings)
    restore(site, restored=restored)
    assert audit(site).findings(control(RESTORE, one("bucket-one"), maxRestoreTime=minutes)) == {"bucket-one": found}


def restore(site: Any, *, restored: bool) -> None:
    """Back a bucket up and, if wanted, restore it."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    if restored:
        metadata = {"DestinationBucketName": "bucket-new", "NewBucket": "true"}
        site.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata)
        site.settle()


def test_only_active_resources_count(site: Any, auditor: Any, control: Any) -> None:
    """A stopped instance and a volume that is attached to nothing are not judged."""
    ec2 = site.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2)["Instances"]
    runs, stopped = (one["InstanceId"] for one in made)
    ec2.stop_instances(InstanceIds=[stopped])
    loose = site.volume().rpartition("/")[2]
    found = auditor.findings(control(PLAN, {"ComplianceResourceTypes": ["EC2", "EBS"]}))
    assert found[runs] == BAD
    assert stopped not in found
    assert loose not in found


def test_types_that_audit_manager_does_not_know(site: Any, auditor: Any, control: Any) -> None:
    """The control of air-gapped vaults has no rule for DynamoDB tables, the one of plans has."""
    site.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    site.bucket("bucket-one")
    assert "bucket-one" in auditor.findings(control(AIR_GAP))
    assert "orders" not in auditor.findings(control(AIR_GAP))
    assert auditor.findings(control(PLAN))["orders"] == BAD


def test_periodic_controls_wait_for_their_day(site: Any, auditor: Any, control: Any, rule: Any) -> None:
    """A resource that comes into a plan complies from the next daily evaluation on, not from the next report on."""
    site.vault()
    site.bucket("bucket-one")
    assert auditor.findings(control(PLAN, one("bucket-one"))) == {"bucket-one": BAD}
    site.plan(rule())
    (row,) = auditor.read(auditor.run())
    before = row["lastEvaluationTime"]
    assert row["resourceComplianceStatus"] == BAD
    site.advance(days=1)
    (row,) = auditor.read(auditor.run())
    assert row["resourceComplianceStatus"] == GOOD
    assert before < row["lastEvaluationTime"]
